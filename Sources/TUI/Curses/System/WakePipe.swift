import Glibc
import Synchronization

/// A pipe that makes a thread leave poll(): at most one byte stands in it, however often it is signalled.
///
/// Any thread may ``signal()``; one thread waits on ``descriptor`` and calls ``drain()``. What the signal is about
/// must be in its place before the signal, and is to be looked at after the drain.
final class WakePipe: Sendable {
  /// The end to wait on.
  let descriptor: Int32
  /// The end that a signal handler may write a byte to, past ``isPending``.
  let writeDescriptor: Int32
  /// Whether a byte is on its way; set before the write, cleared after the read.
  private let isPending = Atomic<Bool>(false)

  /// Fails only where the process has no file descriptors left.
  init() throws(TerminalError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw TerminalError("no pipe could be opened: \(errorText(errno))")
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    descriptor = ends[0]
    writeDescriptor = ends[1]
  }

  deinit {
    close(descriptor)
    close(writeDescriptor)
  }

  /// Wakes the waiting thread; a few nanoseconds where it is about to wake anyway.
  func signal() {
    if isPending.exchange(true, ordering: .acquiringAndReleasing) { return }
    var byte: UInt8 = 1
    _ = unsafe write(writeDescriptor, &byte, 1)
  }

  /// Takes the bytes out and makes room for the next signal.
  func drain() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while unsafe read(descriptor, &bytes, bytes.count) == bytes.count {}
    isPending.store(false, ordering: .sequentiallyConsistent)
  }
}

/// The C library's words for an error number.
func errorText(_ number: Int32) -> String {
  guard let text = unsafe strerror(number) else { return "error \(number)" }
  return unsafe String(cString: text)
}
