import Glibc
import Store
import Synchronization

/// Ctrl-C while a command works, for commands that have something to put in order before they end.
enum Interruption {
  /// Whether a signal has asked the command to end.
  private static let hasCome = Atomic(false)

  /// Calls `body` when a signal asks the command to end, on a thread of its own, and then ends it with
  /// the signal's exit code. Comes before the command begins any other thread.
  static func watch(_ body: @escaping @Sendable () -> Void) {
    Signals.holdEnding()
    _ = BackgroundThread {
      guard let signal = Signals.wait() else { return }
      hasCome.store(true, ordering: .sequentiallyConsistent)
      body()
      StandardOutput.end(with: 128 + signal)
    }
  }

  /// Waits for the end of the program where a signal asked for it: that has the exit code to say, not
  /// whoever finds the input at its end because of it.
  static func yield() {
    while hasCome.load(ordering: .sequentiallyConsistent) { pause() }
  }
}
