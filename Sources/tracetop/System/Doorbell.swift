import Glibc

/// Lets one thread sleep until another has something for it, or until a moment has come.
final class Doorbell: Sendable {
  private let read: Int32
  private let write: Int32

  init() throws(Failure) {
    var ends: [Int32] = [-1, -1]
    // Safe: the call fills the two numbers that are there.
    guard unsafe pipe(&ends) == 0 else {
      throw Failure("cannot make a pipe: \(PrivateFiles.reason(errno))")
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    read = ends[0]
    write = ends[1]
  }

  deinit {
    _ = close(read)
    _ = close(write)
  }

  /// Wakes whoever waits, or will.
  func ring() {
    var byte: UInt8 = 0
    // Safe: one byte, valid for the call. A full pipe rings already.
    _ = unsafe Glibc.write(write, &byte, 1)
  }

  /// Waits for a ring, at most this long; nil waits for ever.
  func wait(milliseconds: Int?) {
    var wanted = pollfd(fd: read, events: Int16(POLLIN), revents: 0)
    // Safe: one entry, valid for the call.
    guard unsafe poll(&wanted, 1, milliseconds.map { Int32(clamping: $0) } ?? -1) > 0 else {
      return
    }
    var bytes = [UInt8](repeating: 0, count: 256)
    // Safe: the buffer is as long as the call is told.
    while unsafe Glibc.read(read, &bytes, bytes.count) == bytes.count {}
  }
}
