import Glibc
import Store

/// What poll() found.
struct Readiness: Equatable {
  /// Whether there is something to read; in the order asked.
  var readable: [Bool]
  /// Whether the other end is gone, in the order asked.
  var hungUp: [Bool]
  /// Whether a signal cut the wait short.
  var isInterrupted: Bool
}

enum Poll {
  /// Waits until one of the descriptors can be read, a signal comes, or the time is over; nil waits without end.
  static func wait(_ descriptors: [Int32], nanoseconds: UInt64?) -> Readiness {
    var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    // Rounded up: waking before the deadline would only lead to a second, shorter wait.
    let milliseconds = nanoseconds.map {
      Int32(clamping: $0 / 1_000_000 + ($0 % 1_000_000 > 0 ? 1 : 0))
    }
    let found = unsafe poll(&entries, UInt(entries.count), milliseconds ?? -1)
    guard found >= 0 else {
      let none = [Bool](repeating: false, count: descriptors.count)
      return Readiness(readable: none, hungUp: none, isInterrupted: true)
    }
    return Readiness(
      readable: entries.map { $0.revents & Int16(POLLIN) != 0 },
      hungUp: entries.map { $0.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 },
      isInterrupted: false)
  }
}

/// The two clocks a screen needs.
enum Clock {
  /// The time of day.
  static func now() -> UnixNanos { UnixNanos(read(CLOCK_REALTIME)) }
  /// Nanoseconds that only ever go forward, for waiting.
  static func monotonic() -> UInt64 { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return UInt64(max(0, time.tv_sec)) &* 1_000_000_000 &+ UInt64(max(0, time.tv_nsec))
  }
}
