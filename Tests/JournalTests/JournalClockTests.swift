import Store
import Testing

@testable import Journal

@Suite struct JournalClockTests {
  private let day = Nanoseconds.seconds(86_400)
  private static let hour: UInt64 = 3_600_000_000_000

  @Test(
    "The wall clock counts unless it says that the newest frame is from the future, or past its age",
    arguments: [
      // Hours: the newest frame, the wall clock, the time that frames get.
      (nil, 1_000, 1_000), (1_000, 1_000, 1_000), (1_000, 1_005, 1_005), (1_000, 1_024, 1_024),
      (1_000, 1_025, 1_000), (1_000, 90_000, 1_000), (1_000, 999, 1_000), (1_000, 0, 1_000),
    ] as [(UInt64?, UInt64, UInt64)])
  func start(newest: UInt64?, wall: UInt64, expected: UInt64) {
    let clock = JournalClock(
      newest: newest.map { $0 * Self.hour }, maximumAge: day, wall: wall * Self.hour, running: 77)
    #expect(clock.now(running: 77) == expected * Self.hour)
    #expect(clock.now(running: 77 + 5) == expected * Self.hour + 5)
    // A clock that nobody can set back is not believed if it is.
    #expect(clock.now(running: 3) == expected * Self.hour)
  }
}
