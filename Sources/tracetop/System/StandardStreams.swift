import Glibc
import Store

/// What the program prints: raw writes, so nothing waits in a buffer and a reader that went away is no crash.
enum StandardOutput {
  /// Whether stdout is a terminal, and not a pipe or a file.
  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// How many columns the terminal has; nil where stdout is none.
  static var columns: Int? { size.map { Int($0.ws_col) } }

  /// How many rows it has; where it does not say, as many as terminals had.
  static var rows: Int { size.map { Int($0.ws_row) } ?? 24 }

  private static var size: winsize? {
    var size = winsize()
    // Safe: written by the call.
    let result = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
    return result == 0 && size.ws_col > 0 ? size : nil
  }

  /// Writes everything; ends the program quietly where nobody reads any more (`tracetop trace | head`),
  /// and with a word where it cannot be written, as on a full disk.
  static func write(_ text: String) { write(Array(text.utf8)) }

  static func write(_ bytes: [UInt8]) {
    guard !FileDescriptor.writeAll(bytes, to: STDOUT_FILENO) else { return }
    guard errno != EPIPE else { end(with: 0) }
    StandardError.say("cannot write to stdout: \(PrivateFiles.reason(errno))")
    end(with: 1)
  }

  /// Writes everything if somebody reads it; for a program that goes on either way.
  static func offer(_ text: String) {
    _ = FileDescriptor.writeAll(Array(text.utf8), to: STDOUT_FILENO)
  }

  static func end(with code: Int32) -> Never { exit(code) }
}

/// Where errors and warnings go.
enum StandardError {
  /// One line with the program's name in front.
  static func say(_ message: String) { write("tracetop: \(VisibleText.of(message))\n") }

  /// Whether stderr is a terminal, where progress is worth showing.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  static func write(_ text: String) {
    _ = FileDescriptor.writeAll(Array(text.utf8), to: STDERR_FILENO)
  }
}

/// Plain system calls on a descriptor.
enum FileDescriptor {
  /// Opens /dev/null for a standard stream that is closed, or the next socket would be taken for it.
  static func fillStandardStreams() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // Safe: the path is a constant. The lowest free number is the one that was closed.
      _ = unsafe open("/dev/null", O_RDWR)
    }
  }

  /// Writes all bytes, however many calls it takes; false where it fails, with the reason in `errno`.
  static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < bytes.count {
      let rest = bytes[written...]
      // Safe: the buffer holds exactly the bytes that are left and is not kept.
      let count = unsafe rest.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EAGAIN {
          waitUntilWritable(descriptor)
          continue
        }
        return false
      }
      written += count
    }
    return true
  }

  /// A terminal that another program left non-blocking takes its time.
  private static func waitUntilWritable(_ descriptor: Int32) {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // Safe: one entry, valid for the call.
    _ = unsafe poll(&wanted, 1, 1_000)
  }
}
