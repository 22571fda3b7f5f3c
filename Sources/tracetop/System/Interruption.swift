import Glibc
import Store

/// Ctrl-C while a command works, for commands that have something to put in order before they end.
enum Interruption {
  /// Calls `body` when a signal asks the command to end, on a thread of its own, and then ends it with
  /// the signal's exit code. Comes before the command begins any other thread.
  static func watch(_ body: @escaping @Sendable () -> Void) {
    Signals.holdEnding()
    _ = BackgroundThread {
      guard let signal = Signals.wait() else { return }
      body()
      StandardOutput.end(with: 128 + signal)
    }
  }
}
