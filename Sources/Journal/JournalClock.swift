internal import Glibc
import Store

/// The time by which frames grow old: the wall clock's where that can be believed.
///
/// While the program runs, time passes by the clock that nobody sets (and that goes on in suspend). At
/// the start the wall clock counts if the newest frame is at most the age limit older than it. A clock
/// that jumped ahead must not delete everything at once, and a journal that nobody wrote for days is the
/// one that somebody wants to look at: both go on from the newest frame's time, as does a clock that
/// was set back.
struct JournalClock {
  private let start: UInt64
  private let began: UInt64

  init(
    newest: UInt64?, maximumAge: Nanoseconds, wall: UInt64 = read(CLOCK_REALTIME),
    running: UInt64 = read(CLOCK_BOOTTIME)
  ) {
    began = running
    guard let newest, wall < newest || wall - newest > maximumAge.rawValue else {
      start = wall
      return
    }
    start = newest
  }

  /// Nanoseconds since 1970, as far as that is known.
  func now(running: UInt64 = read(CLOCK_BOOTTIME)) -> UInt64 {
    start &+ (running >= began ? running - began : 0)
  }

  /// One of the system's clocks, in nanoseconds.
  static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    // Safe: written by the call.
    _ = unsafe clock_gettime(clock, &time)
    return UInt64(max(0, time.tv_sec)) * 1_000_000_000 + UInt64(max(0, time.tv_nsec))
  }
}
