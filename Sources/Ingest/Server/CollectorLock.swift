internal import Glibc

/// Says that a collector runs on a socket: a file beside it, locked for as long as the process lives.
///
/// The lock is what counts. It goes with the process, however that ends, so a file that was left behind
/// means nothing; its content, the number of the process, is for people and for the message below.
public struct CollectorLock: Sendable {
  let path: String
  private let descriptor: CInt

  /// Where the file of a socket is: `collector.pid` for `collector.sock`.
  public static func path(beside socket: String) -> String {
    (socket.hasSuffix(".sock") ? String(socket.dropLast(".sock".count)) : socket) + ".pid"
  }

  /// Takes the lock; nil where the file system has none, or where there is no place for the file: then
  /// the socket itself has to tell the living from the dead.
  static func take(beside socket: String) throws(IngestError) -> CollectorLock? {
    let path = path(beside: socket)
    while true {
      let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else { return nil }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let code = errno
        let owner = process(in: descriptor)
        close(descriptor)
        guard code == EWOULDBLOCK else { return nil }
        throw inUse(socket, owner)
      }
      // Whoever ends removes the file: it may be gone from under the lock.
      guard isSame(descriptor, path) else {
        close(descriptor)
        continue
      }
      let lock = CollectorLock(path: path, descriptor: descriptor)
      lock.write()
      return lock
    }
  }

  /// Whether a living collector holds the lock; nil where there is no file to tell.
  public static func isHeld(beside socket: String) -> Bool? {
    let descriptor = unsafe open(path(beside: socket), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // A shared lock, for a moment: two who look do not see each other.
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Removes the file and lets go.
  func release() {
    if Self.isSame(descriptor, path) { unsafe unlink(path) }
    close(descriptor)
  }

  /// What a second collector on a socket is told.
  static func inUse(_ socket: String, _ owner: String?) -> IngestError {
    let process = owner.map { " (process \($0))" } ?? ""
    return IngestError(
      .inUse,
      "another collector runs on \(socket)\(process); look at it with `tracetop attach`, "
        + "end it with `tracetop stop`, or choose another --socket")
  }

  // MARK: - Details

  private func write() {
    _ = fchmod(descriptor, 0o600)
    _ = ftruncate(descriptor, 0)
    let line = Array("\(getpid())\n".utf8)
    _ = unsafe Glibc.write(descriptor, line, line.count)
  }

  /// The number in the file; nil where there is none.
  private static func process(in descriptor: CInt) -> String? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
    let digits = bytes.prefix(max(0, count)).prefix { $0 >= 48 && $0 <= 57 }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }

  private static func isSame(_ descriptor: CInt, _ path: String) -> Bool {
    var held = stat()
    var there = stat()
    return unsafe fstat(descriptor, &held) == 0 && lstat(path, &there) == 0
      && held.st_ino == there.st_ino && held.st_dev == there.st_dev
  }
}
