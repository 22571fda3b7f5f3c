import Glibc

/// This machine's clock.
enum WallClock {
  /// Nanoseconds since 1970; zero where the clock stands before that.
  static func now() -> UInt64 { read(CLOCK_REALTIME) }

  /// Nanoseconds of a clock that never jumps, since some moment before the program began.
  static func monotonic() -> UInt64 { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(max(0, time.tv_sec)) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
