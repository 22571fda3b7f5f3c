import Glibc

/// Files and folders that are nobody else's business: 0600 and 0700, whatever the umask.
///
/// Each `unsafe` hands a Swift string to the C library as a path for the length of one call.
enum PrivateFiles {
  /// Sees to it that whatever is made from now on is for this user alone.
  static func restrictCreation() { _ = umask(0o077) }

  /// Makes a folder and those above it where they are missing, each 0700.
  static func makeFolder(_ path: String) throws(Failure) {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/\(part)"
      if unsafe mkdir(made, 0o700) != 0, errno != EEXIST, errno != EROFS, errno != EACCES {
        throw Failure("cannot make the folder \(made): \(reason(errno))")
      }
    }
    guard unsafe access(path, W_OK | X_OK) == 0 else {
      throw Failure("cannot write to the folder \(path): \(reason(errno))")
    }
  }

  /// Opens a file for lines to be added at its end, 0600; nil where it cannot be.
  static func openForAppending(_ path: String) -> Int32? {
    let descriptor = unsafe open(
      path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return nil }
    _ = fchmod(descriptor, 0o600)
    return descriptor
  }

  static func rename(_ path: String, to other: String) { _ = unsafe Glibc.rename(path, other) }

  /// Whether the file at a path is the one that is open.
  static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    var held = stat()
    var there = stat()
    // Safe: both are written by the calls.
    return unsafe fstat(descriptor, &held) == 0 && lstat(path, &there) == 0
      && held.st_ino == there.st_ino && held.st_dev == there.st_dev
  }

  /// The size of a file in bytes; 0 where there is none.
  static func size(of path: String) -> Int64 {
    var status = stat()
    // Safe: written by the call.
    return unsafe stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }

  /// The C library's words for an error number.
  static func reason(_ number: Int32) -> String {
    // Safe: the text is copied at once; another thread may overwrite it later.
    unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  }
}
