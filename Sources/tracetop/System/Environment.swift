import Glibc
import Store

/// What the process was started with and where it runs.
enum Environment {
  /// A variable's text; nil where it is not set or empty, which XDG and NO_COLOR take for the same.
  static func variable(_ name: String) -> String? {
    // Safe: the C string is copied before anything can change the environment.
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Whether this process has a terminal that could hang up, and still has it.
  static var hasTerminal: Bool {
    // Safe: the path is a constant.
    let terminal = unsafe open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { return false }
    _ = close(terminal)
    return true
  }

  /// The time since some moment, by a clock that nobody sets.
  static var monotonic: Nanoseconds {
    var time = timespec()
    // Safe: written by the call.
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Nanoseconds(UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  /// The time of day by this machine's clock.
  static var now: UnixNanos {
    var time = timespec()
    // Safe: written by the call.
    _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
    return UnixNanos(UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(time.tv_nsec))
  }

  /// A file that must not be on screen's way goes below this folder: $XDG_STATE_HOME, else ~/.local/state.
  static var stateFolder: String? {
    if let folder = variable("XDG_STATE_HOME"), folder.hasPrefix("/") { return folder }
    return variable("HOME").map { "\($0)/.local/state" }
  }

  /// The folder of configurations: $XDG_CONFIG_HOME, else ~/.config.
  static var configFolder: String? {
    if let folder = variable("XDG_CONFIG_HOME"), folder.hasPrefix("/") { return folder }
    return variable("HOME").map { "\($0)/.config" }
  }

  /// Where `planoai` and so one-shot commands look when there is no socket.
  static var planoPort: String? { variable("PLANO_TRACE_PORT") }
}
