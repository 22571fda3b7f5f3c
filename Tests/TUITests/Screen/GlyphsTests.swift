import Testing

@testable import TUI

@Suite("Glyphs")
struct GlyphsTests {
  @Test(
    "A bar is as long as its share, to an eighth of a cell",
    arguments: [
      (0, ""), (1, "██████████"), (0.5, "█████"), (0.51, "█████▏"), (0.0001, "▏"),
      (0.9999, "██████████"), (2, "██████████"), (-1, ""), (Double.nan, ""),
      (Double.infinity, "██████████"),
    ])
  func bar(_ share: Double, _ expected: String) {
    #expect(Glyphs.unicode.bar(share, columns: 10) == expected)
  }

  @Test("A bar in ASCII has whole cells, and at least one")
  func asciiBar() {
    #expect(Glyphs.ascii.bar(0.01, columns: 10) == "#")
    #expect(Glyphs.ascii.bar(0.5, columns: 10) == "#####")
    #expect(Glyphs.ascii.bar(0, columns: 10) == "")
    #expect(Glyphs.ascii.bar(0.5, columns: 0) == "")
  }

  @Test("No sign of the ASCII set has a hole or stands for two things")
  func asciiSigns() {
    let glyphs = Glyphs.ascii
    for share in stride(from: 0.0, through: 1, by: 0.01) {
      #expect(glyphs.bar(share, columns: 6).allSatisfy { $0 == "#" })
    }
    // What can stand in the same place: signs of verdicts, marks of rows, pieces of text.
    for set in [
      [glyphs.check, glyphs.modified, glyphs.denied, glyphs.warning, glyphs.late],
      [glyphs.folded, glyphs.unfolded, glyphs.selection, glyphs.arrow, glyphs.back],
      [glyphs.ellipsis, glyphs.about, glyphs.modified, glyphs.arrow, glyphs.joined, glyphs.logs],
      [glyphs.live, glyphs.held, glyphs.failed, glyphs.folded, glyphs.selection],
    ] {
      #expect(Set(set).count == set.count)
    }
  }

  @Test("A sparkline is drawn against its largest value")
  func sparkline() {
    #expect(Glyphs.unicode.sparkline([0, 1, 2, 4, 8]) == "▁▂▃▅█")
    #expect(Glyphs.unicode.sparkline([0, 0, 0]) == "▁▁▁")
    #expect(Glyphs.unicode.sparkline([]) == "")
    #expect(Glyphs.unicode.sparkline([.nan, .infinity, -1, 1]) == "▁▁▁█")
    #expect(Glyphs.ascii.sparkline([0, 1, 8]) == "..#")
  }
}
