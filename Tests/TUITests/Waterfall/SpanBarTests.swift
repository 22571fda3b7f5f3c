import Store
import Support
import Testing

@testable import TUI

@Suite("Bars and the time axis")
struct SpanBarTests {
  private let window = TimeWindow.all(of: 80.ms)

  @Test(
    "Bars begin and end where their span does",
    arguments: [
      (0, 80, "██████████"), (0, 40, "█████"), (40, 80, "     █████"), (0, 1, "▏"),
      (8, 16, " █"), (4, 24, "▐██"), (12, 17, " ▐▏"), (79, 80, "         ▐"),
      (80, 80, "         ▐"),
      (20, 24, "  ▐"), (16, 19, "  ▍"),
    ])
  func bars(from: Int, to: Int, expected: String) throws {
    let bar = try #require(SpanBar(from: from.ms, to: to.ms, in: window, cells: 10, .unicode))
    #expect(String(repeating: " ", count: bar.start) + bar.text == expected)
  }

  @Test("What is outside the window has no bar, what reaches out is cut")
  func outside() throws {
    let part = TimeWindow(offset: 40.ms, length: 20.ms)
    #expect(SpanBar(from: 0.ms, to: 30.ms, in: part, cells: 10, .unicode) == nil)
    #expect(SpanBar(from: 70.ms, to: 75.ms, in: part, cells: 10, .unicode) == nil)
    let bar = try #require(SpanBar(from: 0.ms, to: 80.ms, in: part, cells: 10, .unicode))
    #expect(bar.text == "██████████")
    #expect(bar.isCutLeft && bar.isCutRight)
  }

  @Test("Every bar is seen and stays in its cells, in both sets of glyphs")
  func bounds() throws {
    var random = SplitMix64.announced("span bars")
    for _ in 0..<5_000 {
      let cells: Int = random.number(1...90)
      let from: UInt64 = random.number(0...10_000)
      let to = from + random.number(0...10_000)
      let window = TimeWindow(
        offset: Nanoseconds(random.number(0...8_000)), length: Nanoseconds(random.number(1...9_000))
      )
      let glyphs = random.chance(50) ? Glyphs.unicode : .ascii
      guard
        let bar = SpanBar(
          from: Nanoseconds(from), to: Nanoseconds(to), in: window, cells: cells, glyphs)
      else { continue }
      let columns = TextWidth.columns(of: bar.text)
      #expect(
        columns >= 1 && bar.start >= 0 && bar.start + columns <= cells, "\(from) \(to) \(window)")
    }
  }

  @Test(
    "The axis has round marks with room between them",
    arguments: [
      (8_040, "0      2s     4s     6s"), (100, "0       50ms     100ms"),
      (3, "0    500µs 1ms 1.5ms 2ms"),
    ])
  func axis(milliseconds: Int, expected: String) {
    let marks = TimeAxis.marks(.all(of: milliseconds.ms), cells: 29, isASCII: false)
    #expect(marks.map(\.label).first == "0")
    for (left, right) in zip(marks, marks.dropFirst()) {
      #expect(right.cell > left.cell + left.label.count)
    }
  }

  @Test("A trace of no length and one of a century have an axis")
  func extremes() {
    #expect(TimeAxis.marks(.all(of: .zero), cells: 30, isASCII: false).first?.label == "0")
    #expect(!TimeAxis.marks(.all(of: .seconds(3_000_000_000)), cells: 30, isASCII: false).isEmpty)
  }

  @Test(
    "Labels have the digits they need",
    arguments: [
      (UInt64(0), "0"), (500, "500ns"), (2_000, "2µs"), (1_500_000, "1.5ms"),
      (200_000_000, "200ms"),
      (2_000_000_000, "2s"), (90_000_000_000, "1m30s"), (7_200_000_000_000, "2h"),
    ])
  func labels(nanos: UInt64, expected: String) {
    #expect(TimeScale.label(Nanoseconds(nanos), isASCII: false) == expected)
  }
}
