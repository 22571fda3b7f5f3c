import Glibc

/// A copy of this program in the background: a session of its own, no terminal, its first lines passed on.
enum Detached {
  /// POSIX_SPAWN_SETSID, which Glibc's module does not show without `_GNU_SOURCE`.
  private static let inOwnSession: Int16 = 0x80

  /// Starts the copy with the same arguments but `--detach`; returns once it has said that it is ready.
  static func run(_ arguments: [String]) throws(Failure) {
    var ends: [Int32] = [-1, -1]
    // Safe: the call fills the two numbers that are there.
    guard unsafe pipe(&ends) == 0 else {
      throw Failure("cannot make a pipe: \(PrivateFiles.reason(errno))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let copied = arguments.map { $0 == "--detach" ? "--detached" : $0 }
    let child = try spawn(copied, output: ends[1])
    _ = close(ends[1])
    let isReady = passOn(from: ends[0])
    _ = close(ends[0])
    guard !isReady else { return }
    var status: Int32 = 0
    // Safe: written by the call.
    _ = unsafe waitpid(child, &status, 0)
    // Its reason is on stderr already.
    StandardOutput.end(with: status & 0x7F == 0 ? status >> 8 & 0xFF : 1)
  }

  /// Lets go of the streams of whoever started this copy, who may be waiting for their ends.
  static func closeStreams() {
    // Safe: the path is a constant.
    let nowhere = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    guard nowhere >= 0 else { return }
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] { _ = dup2(nowhere, descriptor) }
    _ = close(nowhere)
  }

  /// Copies lines until "ready"; false where the copy ended without it.
  private static func passOn(from descriptor: Int32) -> Bool {
    var text = ""
    while true {
      var buffer = [UInt8](repeating: 0, count: 1_024)
      // Safe: the buffer is as long as the call is told.
      let count = unsafe read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      let piece = String(decoding: buffer[..<count], as: UTF8.self)
      StandardOutput.write(piece)
      text += piece
      if text.hasSuffix("ready\n") { return true }
    }
  }

  private static func spawn(_ arguments: [String], output: Int32) throws(Failure) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    var pid: pid_t = 0
    // Safe: both are initialised here and destroyed below; the strings live until the call is over.
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    unsafe posix_spawnattr_setflags(&attributes, inOwnSession)
    var strings = unsafe arguments.map { unsafe strdup($0) }
    defer { unsafe strings.forEach { unsafe free($0) } }
    unsafe strings.append(nil)
    let result = unsafe posix_spawn(
      &pid, "/proc/self/exe", &actions, &attributes, strings, environ)
    guard result == 0 else {
      throw Failure("cannot start in the background: \(PrivateFiles.reason(result))")
    }
    return pid
  }
}
