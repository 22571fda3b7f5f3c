import Glibc

/// The signals that end a command.
enum Signals {
  /// A reader that went away shows as an error of `write`, not as the end of the program.
  static func ignoreBrokenPipes() {
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// What a shell says of a command that Ctrl-C ended.
  static let interruptedExit: Int32 = 130
  /// What Ctrl-C sends.
  static let interrupt = SIGINT
  /// What a terminal sends when it goes, and a person who wants files read anew.
  static let hangUp = SIGHUP

  /// Holds SIGINT, SIGTERM and, unless it was started with `nohup`, SIGHUP back for `wait`. Threads inherit it, so it comes before the first is begun.
  static func holdEnding() {
    var set = ending()
    // Safe: the set is initialised and valid for the call.
    _ = unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
  }

  /// Waits for one of the held signals and says which came; nil when `milliseconds` went by without one.
  static func wait(milliseconds: Int? = nil) -> Int32? {
    var set = ending()
    guard let milliseconds else {
      var signal: Int32 = 0
      // Safe: both are valid for the call.
      return unsafe sigwait(&set, &signal) == 0 ? signal : nil
    }
    var limit = timespec(tv_sec: milliseconds / 1_000, tv_nsec: milliseconds % 1_000 * 1_000_000)
    // Safe: both are valid for the call; what came is in the result.
    let signal = unsafe sigtimedwait(&set, nil, &limit)
    return signal > 0 ? signal : nil
  }

  /// Whether the program was started not to mind the end of its terminal.
  private static let isHangUpIgnored: Bool = {
    // Putting a handler in place is the one way to learn which was there that is plain C.
    let before = signal(SIGHUP, SIG_IGN)
    let isIgnored =
      unsafe unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    if !isIgnored { _ = signal(SIGHUP, before) }
    return isIgnored
  }()

  private static func ending() -> sigset_t {
    var set = sigset_t()
    // Safe: the set is written whole by the first call.
    unsafe sigemptyset(&set)
    for signal in [SIGINT, SIGTERM] { unsafe sigaddset(&set, signal) }
    if !isHangUpIgnored { unsafe sigaddset(&set, SIGHUP) }
    return set
  }
}
