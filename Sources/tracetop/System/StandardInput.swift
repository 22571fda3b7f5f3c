import Glibc

/// Standard input, where it brings traces and not keys.
enum StandardInput {
  /// Moves what stdin is to another descriptor, which is returned, and puts the terminal in its place.
  static func handOver() throws(Failure) -> Int32 {
    let moved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
    guard moved >= 0 else {
      throw Failure("cannot read stdin: \(PrivateFiles.reason(errno))")
    }
    // Safe: the path is a constant.
    let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else {
      throw Failure("the explorer needs a terminal; \"tracetop import -\" does not")
    }
    _ = dup2(terminal, STDIN_FILENO)
    _ = close(terminal)
    return moved
  }
}
