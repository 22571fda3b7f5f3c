import Store
import Support
import Testing

@testable import TUI

@Suite("Format")
struct FormatTests {
  @Test(
    "A duration is short and rounded to what is shown",
    arguments: [
      (0, "0ms"), (1, "1ns"), (999, "999ns"), (1_000, "1µs"), (38_400, "38µs"), (38_500, "39µs"),
      (999_499, "999µs"), (999_500, "1.0ms"), (1_250_000, "1.3ms"), (9_949_999, "9.9ms"),
      (9_950_000, "10ms"), (412_000_000, "412ms"), (999_499_999, "999ms"), (999_950_000, "1.00s"),
      (999_500_000, "1.00s"), (8_120_000_000, "8.12s"), (9_994_999_999, "9.99s"),
      (9_995_000_000, "10.0s"), (42_060_000_000, "42.1s"), (59_949_999_999, "59.9s"),
      (59_950_000_000, "1m00s"), (60_000_000_000, "1m00s"), (125_000_000_000, "2m05s"),
      (3_599_400_000_000, "59m59s"), (3_599_500_000_000, "1h00m"), (3_720_000_000_000, "1h02m"),
      (86_369_000_000_000, "23h59m"), (86_370_000_000_000, "1d00h"), (86_400_000_000_000, "1d00h"),
      (8_639_999_000_000_000, "100d"), (8_600_000_000_000_000, "99d13h"),
      (UInt64.max, ">9999d"),
    ] as [(UInt64, String)])
  func duration(_ nanos: UInt64, _ expected: String) {
    #expect(Format.duration(Nanoseconds(nanos)) == expected)
  }

  @Test("No duration takes more than six columns, and none is shorter than a shorter one's figure")
  func durationWidth() {
    var random = SplitMix64(seed: 41)
    for _ in 0..<20_000 {
      let nanos =
        UInt64.random(in: 0...UInt64.max, using: &random)
        >> UInt64.random(in: 0..<64, using: &random)
      let text = Format.duration(Nanoseconds(nanos))
      #expect(TextWidth.columns(of: text) <= 6, "\(nanos): \(text)")
    }
    #expect(Format.duration(.microseconds(38), isASCII: true) == "38us")
  }

  @Test(
    "A count is at most five columns",
    arguments: [
      (0, "0"), (880, "880"), (999, "999"), (1_000, "1.0k"), (4_096, "4.1k"), (9_949, "9.9k"),
      (9_950, "10k"), (41_400, "41k"), (999_499, "999k"), (999_500, "1.0M"), (1_200_000, "1.2M"),
      (3_400_000_000, "3.4G"), (999_999_999_999_999_999, "1.0E"), (UInt64.max, "18E"),
    ] as [(UInt64, String)])
  func count(_ number: UInt64, _ expected: String) {
    #expect(Format.count(number) == expected)
  }

  @Test("Counts below zero are zero, and grouped ones have commas")
  func grouped() {
    #expect(Format.count(-5) == "0")
    #expect(Format.grouped(0) == "0")
    #expect(Format.grouped(999) == "999")
    #expect(Format.grouped(1_214) == "1,214")
    #expect(Format.grouped(.max) == "18,446,744,073,709,551,615")
  }

  @Test(
    "A size is in binary units",
    arguments: [
      (0, "0 B"), (512, "512 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (3_277, "3.2 KiB"),
      (10_239, "10 KiB"), (10_240, "10 KiB"), (412 << 20, "412 MiB"), (1_048_575, "1.0 MiB"),
      (1_610_612_736, "1.5 GiB"), (Int.max, "8.0 EiB"), (-1, "0 B"),
    ])
  func bytes(_ size: Int, _ expected: String) {
    #expect(Format.bytes(size) == expected)
  }

  @Test(
    "Money has as many digits as it needs",
    arguments: [
      (0, "$0"), (0.000_001, "<$0.00001"), (0.000_12, "$0.00012"), (0.031, "$0.031"),
      (0.9994, "$1.00"), (1.92, "$1.92"), (10.1, "$10.10"), (1_234.4, "$1234"), (-1, "-"),
      (Double.nan, "-"), (Double.infinity, "-"), (1e300, "$>1e15"),
    ])
  func cost(_ dollars: Double, _ expected: String) {
    #expect(Format.cost(dollars) == expected)
  }

  @Test(
    "A share is never none or all unless it is",
    arguments: [
      (0, "0%"), (0.000_1, "<0.1%"), (0.003, "0.3%"), (0.034, "3.4%"), (0.099_4, "9.9%"),
      (0.099_6, "10%"), (0.31, "31%"), (0.994, "99%"), (0.999, ">99%"), (1, "100%"), (-1, "0%"),
      (Double.nan, "-"),
    ])
  func percent(_ share: Double, _ expected: String) {
    #expect(Format.percent(share) == expected)
  }

  @Test(
    "A rate is a count with one digit where it is small",
    arguments: [
      (0, "0"), (0.01, "<0.1"), (0.3, "0.3"), (9.94, "9.9"), (9.96, "10"), (38.4, "38"),
      (4_100, "4.1k"), (Double.nan, "0"), (1e30, "18E"), (-3, "0"),
    ])
  func rate(_ perSecond: Double, _ expected: String) {
    #expect(Format.rate(perSecond) == expected)
  }

  @Test("A time of day is cut, not rounded, and can have its date")
  func clock() {
    let moment = UnixNanos(1_763_647_331_999_999_999)
    #expect(Format.clock(moment, zone: .utc) == "14:02:11")
    #expect(Format.clock(moment, .milliseconds, zone: .utc) == "14:02:11.999")
    #expect(Format.clock(moment, .date, zone: .utc) == "2025-11-20 14:02:11")
    #expect(
      Format.clock(moment, .dateMilliseconds, zone: .offset(seconds: 36_000))
        == "2025-11-21 00:02:11.999")
    #expect(Format.clock(UnixNanos(1_005_000_000), .milliseconds, zone: .utc) == "00:00:01.005")
    #expect(Format.clock(UnixNanos(0), zone: .utc) == "-")
    #expect(
      Format.clock(UnixNanos(1), .date, zone: .offset(seconds: -1)) == "1969-12-31 23:59:59")
    #expect(Format.clock(UnixNanos(.max), .date, zone: .utc) == "2554-07-21 23:34:33")
    #expect(
      Format.clock(UnixNanos(1_709_164_800_000_000_000), .date, zone: .utc)
        == "2024-02-29 00:00:00")
  }
}
