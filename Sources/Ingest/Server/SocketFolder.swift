internal import Glibc

/// The folder of a Unix socket. tracetop's own folder is made as needed; any other must be there.
struct SocketFolder {
  let path: String
  /// Whether it is the folder of ``CollectorAddress/defaultSocketPath``, which nobody else may get
  /// into.
  let isOwn: Bool

  init(path: String, isOwn: Bool) {
    self.path = path
    self.isOwn = isOwn
  }

  init(of socket: String) {
    self.init(
      path: Self.parent(of: socket), isOwn: socket == CollectorAddress.defaultSocketPath)
  }

  /// Makes the folder if it is tracetop's own, and checks who may write into it.
  func prepare() throws(IngestError) {
    if isOwn, unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
      let reason =
        errno == ENOENT ? "\(Self.parent(of: path)) does not exist" : SystemError.text(errno)
      throw IngestError("cannot make the folder \(path): \(reason); choose a --socket elsewhere")
    }
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      throw IngestError("the folder \(path) does not exist; make it or choose another --socket")
    }
    if !isOwn, status.st_mode & S_IFMT == S_IFLNK, unsafe stat(path, &status) != 0 {
      throw IngestError("the folder \(path) does not exist; make it or choose another --socket")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw IngestError("\(path) is not a folder; choose another --socket")
    }
    guard isOwn else { return }
    guard status.st_uid == getuid() else {
      throw IngestError(
        "the folder \(path) belongs to another user, who could listen in; "
          + "choose a --socket elsewhere")
    }
    if status.st_mode & 0o077 != 0, unsafe chmod(path, 0o700) != 0 {
      throw IngestError("others may enter \(path), and it cannot be closed to them")
    }
  }

  private static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
