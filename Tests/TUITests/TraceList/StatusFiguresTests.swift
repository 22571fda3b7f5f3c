import Testing

@testable import TUI

@Suite("Figures on a line")
struct StatusFiguresTests {
  private let figures = StatusFigures(
    [
      .init("38 req/s", .text, .rate), .init("412 sp/s", .text, .spans),
      .init("err 3.4%", .error, .errors, label: "5m "),
      .init("p50 212ms", .text, .more, isJoined: true), .init("mem 3%", .dim, .memory),
      .init("missed 12k", .warning, .loss), .init("evicted 9", .text, .loss),
      .init("sampled out 4k", .dim, .loss),
    ], gap: 2)

  private func text(_ width: Int) -> String {
    figures.fitting(width).map { $0.label + $0.text }.joined(separator: " ")
  }

  @Test("What is least important goes first, and what was lost never without a word")
  func fitting() {
    let losses = "missed 12k evicted 9 sampled out 4k"
    #expect(figures.columns == 88)
    #expect(text(88) == "38 req/s 412 sp/s 5m err 3.4% p50 212ms mem 3% " + losses)
    #expect(text(80) == "38 req/s 412 sp/s 5m err 3.4% mem 3% " + losses)
    #expect(text(72) == "38 req/s 412 sp/s 5m err 3.4% " + losses)
    #expect(text(50) == "38 req/s " + losses)
    #expect(text(40) == losses)
    #expect(text(36) == "missed 12k evicted 9 +1 more (?)")
    #expect(text(25) == "missed 12k +2 more (?)")
    #expect(text(12) == "+3 more (?)")
  }
}
