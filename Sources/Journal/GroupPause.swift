internal import Glibc

/// How long after a group the next one begins where requests come one by one: those that come meanwhile
/// share a commit, which costs as much for one as for many.
struct GroupPause {
  /// The least time between the beginnings of two groups, in nanoseconds. A sender that waits for each of
  /// its answers notices it only beyond so many requests a second.
  private static let interval: UInt64 = 250_000
  /// So many bytes are a group whenever they come.
  private static let largeBytes = 64 << 10

  private var began: UInt64 = 0

  /// To be called when a group begins.
  mutating func begin() { began = JournalClock.read(CLOCK_MONOTONIC) }

  /// How long more is to be waited for what waits now; nil where it is to be written at once.
  func microseconds(before waiting: FrameQueue) -> UInt32? {
    guard waiting.byteCount < Self.largeBytes else { return nil }
    let passed = JournalClock.read(CLOCK_MONOTONIC) - began
    guard passed < Self.interval else { return nil }
    return UInt32((Self.interval - passed) / 1_000 + 1)
  }
}
