import Testing

@testable import TUI

@Suite("Text that stays distinct when it is cut")
struct DistinctTextTests {
  private func cut(_ text: String, _ others: [String]) -> String {
    DistinctText.cut(text, to: 12, among: others, mark: "…")
  }

  @Test("A text that is too long loses its middle; one that fits nothing")
  func middle() {
    #expect(cut("gpt-4o-2024-08-06", []) == "gpt-4o…08-06")
    #expect(cut("gpt-4o", ["gpt-4o-2024-08-06"]) == "gpt-4o")
    #expect(TextWidth.cutMiddle("日本語のとても長い名前", to: 9) == "日本…名前")
    #expect(TextWidth.cutMiddle("abcdef", to: 1) == "…")
  }

  @Test("Texts that would be cut to the same begin shortly before they differ")
  func twins() {
    let names = ["com.example.gateway.eu.service", "com.example.gateway.us.service"]
    #expect(cut(names[0], names) == "…y.eu.servi…")
    #expect(cut(names[1], names) == "…y.us.servi…")
    let long = ["com.example.first.gateway.service", "com.example.other.gateway.service"]
    #expect(Set(long.map { cut($0, long) }).count == 2)
    let many = (1...9).map { #"{"role":"user","city":"number \#($0) of them","x":null}"# }
    #expect(Set(many.map { cut($0, many) }).count == 9)
    #expect(long.allSatisfy { TextWidth.columns(of: cut($0, long)) <= 12 })
  }

  @Test("Sentences are broken at blanks, and words that are too long anywhere")
  func lines() {
    #expect(TextWidth.lines("one two three", width: 7) == ["one two", "three"])
    #expect(TextWidth.lines("abcdefghij kl", width: 4) == ["abcd", "efgh", "ij", "kl"])
    #expect(TextWidth.lines("", width: 4) == [""])
    #expect(TextWidth.lines("one", width: 4) == ["one"])
  }

  @Test("Which rows are on the screen is said where not all are")
  func position() {
    #expect(RowPosition(first: 0, height: 10, count: 10).text.isEmpty)
    #expect(RowPosition(first: 3, height: 10, count: 45).text == "4-13/45")
    #expect(RowPosition(first: 40, height: 10, count: 45).text == "41-45/45")
    #expect(RowPosition(first: 0, height: 0, count: 3).text == "3")
  }
}
