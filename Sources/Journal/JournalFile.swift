internal import Glibc

/// The journal's file from outside: whose it is, what it is, and who writes it. Nothing here changes a
/// file that is not ours.
///
/// Each `unsafe` hands a path or a buffer to the C library for the length of one call.
struct JournalFile {
  /// "tctp": says in a file's header that it is a journal of tracetop.
  static let applicationID = 0x7463_7470
  /// The layout that this program reads and writes.
  static let version = 1

  /// Which file it was, so that one that was deleted or replaced is noticed.
  struct Identity: Equatable {
    var device: UInt
    var number: UInt
  }

  enum Content: Equatable { case nothing, journal }

  let path: String

  /// A path that SQLite does not take for anything else, as it would "file:x" or "", and that is no
  /// symbolic link: the log and the lock lie beside the file itself, under whatever name it is opened.
  init(path: String) { self.path = Self.followed(path.hasPrefix("/") ? path : "./\(path)") }

  /// What a symbolic link leads to, whether anything is there or not.
  private static func followed(_ path: String) -> String {
    var path = path
    // As many as the system follows.
    for _ in 0..<40 {
      var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let count = unsafe readlink(path, &bytes, bytes.count)
      guard count > 0, count < bytes.count else { break }
      let target = String(decoding: bytes.prefix(count), as: UTF8.self)
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      path = target.hasPrefix("/") ? target : folder + target
    }
    return path
  }

  var logPath: String { path + "-wal" }
  var lockPath: String { path + ".lock" }

  // MARK: - Looking

  /// What is at the path; throws where it is not for this program to write.
  func inspect() throws(JournalFault) -> Content {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return .nothing }
      throw fault(errno, "cannot open \(path)")
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw foreign()
    }
    // SQLite makes its files empty at first; whoever was interrupted left nothing behind.
    if status.st_size == 0 { return .nothing }
    var header = [UInt8](repeating: 0, count: 100)
    let count = unsafe pread(descriptor, &header, header.count, 0)
    guard count == header.count, header.starts(with: Array("SQLite format 3\0".utf8)),
      JournalPages.number(header, 68, bytes: 4) == Self.applicationID
    else { throw foreign() }
    let version = JournalPages.number(header, 60, bytes: 4)
    guard version <= Self.version else {
      throw JournalFault(
        .newer,
        "\(path) was written by a newer tracetop (layout \(version), this one knows "
          + "\(Self.version)); use that one, or choose another --journal")
    }
    guard version > 0 else { throw foreign() }
    return .journal
  }

  private func foreign() -> JournalFault {
    JournalFault(.foreign, "\(path) is no journal of tracetop; choose another --journal")
  }

  /// Which file is at the path now; nil where there is none.
  func identity() -> Identity? { Self.identity(of: path) }

  static func identity(of path: String) -> Identity? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return Identity(device: UInt(status.st_dev), number: UInt(status.st_ino))
  }

  /// Whether there is a log that is not merged.
  var hasLog: Bool {
    var status = stat()
    return unsafe stat(logPath, &status) == 0 && status.st_size > 0
  }

  /// The file for SQLite as one that nobody changes (https://sqlite.org/uri.html).
  var immutableAddress: String { address(asking: "immutable=1") }

  /// The file for SQLite, which is not to make it where it is gone.
  var existingAddress: String { address(asking: "mode=rw") }

  private func address(asking query: String) -> String {
    let digits = Array("0123456789abcdef")
    let escaped = path.utf8.reduce(into: "") { text, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "/"), UInt8(ascii: "."):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
    return "file:\(escaped)?\(query)"
  }

  /// Room that the file and its log take, in bytes.
  var bytesOnDisk: UInt64 {
    [path, logPath].reduce(0) { sum, path in
      var status = stat()
      return unsafe stat(path, &status) == 0 ? sum + UInt64(max(0, status.st_size)) : sum
    }
  }

  // MARK: - Taking

  /// Makes the folders that are missing, for this user alone.
  func makeFolder() throws(JournalFault) {
    let parts = path.split(separator: "/").dropLast()
    var made = path.hasPrefix("/") ? "" : "."
    for part in parts {
      made += "/\(part)"
      if unsafe mkdir(made, 0o700) != 0, errno != EEXIST, errno != EROFS, errno != EACCES {
        throw fault(errno, "cannot make the folder \(made)")
      }
    }
  }

  /// Takes the file itself, which must be there, for this process too: by another name, or where somebody
  /// deleted the lock, it is the same file. To be closed after SQLite has closed it, whose locks go with
  /// any descriptor of the file.
  func hold() throws(JournalFault) -> Int32 {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw fault(errno, "cannot open \(path)") }
    // A file system that cannot has refused the lock's file before.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      close(descriptor)
      throw JournalFault(
        .inUse, "\(path) is written by another collector; choose another --journal")
    }
    return descriptor
  }

  /// Takes the journal for this process; it is let go when the descriptor is closed, however the
  /// process ends. The lock's file stays: what counts is who holds it open.
  func lock() throws(JournalFault) -> Int32 {
    let descriptor = unsafe open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw fault(errno, "cannot open \(lockPath)") }
    fchmod(descriptor, 0o600)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      defer { close(descriptor) }
      guard errno == EWOULDBLOCK else { throw fault(errno, "cannot lock \(lockPath)") }
      throw JournalFault(
        .inUse,
        "\(path) is written by another collector\(holder(descriptor)); choose another --journal")
    }
    let text = Array("\(getpid())\n".utf8)
    ftruncate(descriptor, 0)
    _ = unsafe pwrite(descriptor, text, text.count, 0)
    return descriptor
  }

  /// ", process 4711" as the lock's holder wrote it.
  private func holder(_ descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
    let digits = bytes.prefix(max(0, count)).prefix { $0 >= 48 && $0 <= 57 }
    return digits.isEmpty ? "" : ", process \(String(decoding: digits, as: UTF8.self))"
  }

  /// Closes the file and what SQLite keeps beside it to everybody else, whatever the umask was.
  func restrict() {
    for path in [path, logPath, path + "-shm"] {
      var status = stat()
      if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
        status.st_mode & 0o077 != 0
      {
        unsafe chmod(path, 0o600)
      }
    }
  }

  /// Sees to it that nothing of an older journal is taken for a part of a new one: its log, where the
  /// file itself was deleted, is put aside and never read into the new file.
  func setOrphansAside() throws(JournalFault) {
    unsafe unlink(path + "-shm")
    for orphan in [logPath, path + "-journal"] where Self.identity(of: orphan) != nil {
      let aside = "\(orphan).orphan-\(JournalClock.read(CLOCK_REALTIME) / 1_000_000_000)"
      guard unsafe rename(orphan, aside) == 0 else {
        throw fault(errno, "cannot move \(orphan) out of the way")
      }
    }
  }

  /// Puts a new file in its place, which must be free or empty.
  func moveIn(from temporary: String) throws(JournalFault) {
    guard unsafe rename(temporary, path) == 0 else {
      throw fault(errno, "cannot make \(path)")
    }
  }

  private func fault(_ code: Int32, _ what: String) -> JournalFault {
    let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    let kind: JournalFault.Kind =
      switch code {
      case EROFS, EACCES, EPERM: .readOnly
      case ENOSPC, EDQUOT: .full
      default: .failed
      }
    return JournalFault(kind, "\(what): \(reason)")
  }
}
