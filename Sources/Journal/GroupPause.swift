internal import Glibc

/// How long after a group the next one begins where requests come one by one: those that come meanwhile
/// share a commit, which costs as much for one as for many.
///
/// A request that comes alone while nothing was under way is written at once: a sender that waits for each
/// of its answers would have nobody to share with.
struct GroupPause {
  /// The least time between the beginnings of two groups that share, in nanoseconds.
  private static let interval: UInt64 = 250_000
  /// So many bytes are a group whenever they come.
  private static let largeBytes = 64 << 10

  private var began: UInt64 = 0

  /// To be called when a group begins.
  mutating func begin(at now: UInt64 = JournalClock.read(CLOCK_MONOTONIC)) { began = now }

  /// How long more is to be waited for what waits now; nil where it is to be written at once. `isRested`
  /// says that nothing waited since the last group was written until this came.
  func microseconds(before waiting: FrameQueue, isRested: Bool) -> UInt32? {
    guard waiting.byteCount < Self.largeBytes, !isRested || waiting.requests > 1 else { return nil }
    let now = JournalClock.read(CLOCK_MONOTONIC)
    let passed = now > began ? now - began : 0
    guard passed < Self.interval else { return nil }
    return UInt32((Self.interval - passed) / 1_000 + 1)
  }
}
