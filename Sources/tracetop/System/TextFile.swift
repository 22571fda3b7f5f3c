import Glibc

/// Files that a person names on the command line, read whole.
///
/// Each `unsafe` hands a path or a buffer to the C library for the length of one call.
enum TextFile {
  /// No configuration is longer, in bytes; a longer file is another file.
  private static let longest = 4 << 20

  /// The bytes of a file; throws one line that names it.
  static func read(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure("cannot read \(path): \(PrivateFiles.reason(errno))")
    }
    defer { _ = close(descriptor) }
    return try contents(of: descriptor, path)
  }

  /// The bytes of a file that must be this user's alone: a secret that others can read is none.
  static func readPrivate(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure("cannot read \(path): \(PrivateFiles.reason(errno))")
    }
    defer { _ = close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw Failure("cannot read \(path): \(PrivateFiles.reason(errno))")
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw Failure("\(path): another user owns this file; the secret must be in one of yours")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw Failure("\(path): others can read this file; make it yours alone (chmod 600)")
    }
    return try contents(of: descriptor, path)
  }

  /// A file of UTF-8; nil where there is none.
  static func textIfThere(_ path: String) throws(Failure) -> String? {
    guard unsafe access(path, F_OK) == 0 else { return nil }
    return try text(path)
  }

  static func text(_ path: String) throws(Failure) -> String {
    let bytes = try read(path)
    // A byte order mark is no part of the text.
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
    guard let text = String(validating: content, as: UTF8.self) else {
      throw Failure("\(path): this is no UTF-8 text")
    }
    return text
  }

  private static func contents(of descriptor: Int32, _ path: String) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw Failure("cannot read \(path): \(PrivateFiles.reason(errno))")
      }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= longest else {
        throw Failure("\(path): longer than \(longest >> 20) MiB, which no configuration is")
      }
    }
  }
}
