import Glibc

/// A file that a command writes: this user's alone, and never another one's end by mistake.
///
/// Each `unsafe` hands a path to the C library for the length of one call.
struct OutputFile: ~Copyable {
  private let path: String
  /// What is written to until the file is whole; the path itself, or a name beside it.
  private let draft: String
  private let descriptor: Int32
  /// Whether the path is a device or a pipe, which is not removed where writing fails.
  private let isStream: Bool

  private init(path: String, draft: String, descriptor: Int32, isStream: Bool) {
    self.path = path
    self.draft = draft
    self.descriptor = descriptor
    self.isStream = isStream
  }

  /// Opens the file; one that is there is refused, or with `replacing` stays until ``finish()``.
  static func open(_ path: String, replacing: Bool) throws(Failure) -> OutputFile {
    var status = stat()
    let exists = unsafe stat(path, &status) == 0
    let kind = status.st_mode & S_IFMT
    if exists, kind == S_IFDIR { throw Failure("cannot write \(path): it is a folder") }
    let isStream = exists && (kind == S_IFCHR || kind == S_IFIFO)
    let draft = exists && !isStream && replacing ? "\(path).\(getpid()).part" : path
    let flags = isStream ? O_WRONLY : O_WRONLY | O_CREAT | O_EXCL
    let descriptor = unsafe Glibc.open(draft, flags | O_CLOEXEC | O_NOCTTY, 0o600)
    guard descriptor >= 0 else {
      guard errno == EEXIST else {
        throw Failure("cannot write \(path): \(PrivateFiles.reason(errno))")
      }
      throw Failure("\(path) is there already; --force replaces it")
    }
    if !isStream { _ = fchmod(descriptor, 0o600) }
    return OutputFile(path: path, draft: draft, descriptor: descriptor, isStream: isStream)
  }

  func write(_ bytes: [UInt8]) throws(Failure) {
    guard FileDescriptor.writeAll(bytes, to: descriptor) else {
      throw Failure("cannot write \(path): \(PrivateFiles.reason(errno))")
    }
  }

  /// The file is whole and takes its name.
  consuming func finish() throws(Failure) {
    var isDone = close(descriptor) == 0
    if isDone, draft != path { isDone = unsafe rename(draft, path) == 0 }
    guard isDone else {
      let reason = PrivateFiles.reason(errno)
      if !isStream { _ = unsafe unlink(draft) }
      throw Failure("cannot write \(path): \(reason)")
    }
  }

  /// The file is not to be; what was there before stays.
  consuming func discard() {
    _ = close(descriptor)
    if !isStream { _ = unsafe unlink(draft) }
  }
}
