import Testing

@testable import TUI

@Suite("Laying out values")
struct SpanDetailTests {
  @Test("JSON is laid out over lines")
  func json() {
    #expect(
      PrettyJSON.lines(#"{"a":[1,{"b":"x, {y}"}],"c":{},"d":[]}"#) == [
        "{", "  \"a\": [", "    1,", "    {", "      \"b\": \"x, {y}\"", "    }", "  ],",
        "  \"c\": {},", "  \"d\": []", "}",
      ])
  }

  @Test(
    "What is no JSON is left alone",
    arguments: [
      "", "plain", "42", "{", "[1,2", "{]}", "\"text\"", #"{"a":"b}"#, "{} trailing",
      String(repeating: "[", count: 10_000),
    ])
  func notJSON(text: String) {
    #expect(PrettyJSON.lines(text) == nil)
  }

  private func document(_ values: [String]) -> SpanDocument {
    SpanDocument(
      items: values.map { value in
        SpanDocument.Item(kind: .pair, section: .attributes, key: "k", value: value, field: nil)
      })
  }

  @Test("A value is one line until it is opened, then it wraps at blanks")
  func wrapping() {
    let document = document(["one two three four five six seven", "x"])
    let closed = DetailLines(document, opened: [], width: 28)
    #expect(closed.count == 2)
    let open = DetailLines(document, opened: [0], width: 28)
    #expect(open.lines.map(\.value) == ["", "one two three four five ", "six seven", "x"])
    #expect(open.range(of: 0) == 0..<3)
    #expect(open.range(of: 1) == 3..<4)
    #expect(open.lines.map(\.key) == ["k", "", "", "k"])
  }

  @Test("A word longer than the line is broken, wide characters whole")
  func longWords() {
    let lines = DetailLines(document([String(repeating: "漢", count: 30)]), opened: [0], width: 28)
    #expect(lines.lines.map(\.value.count) == [0, 13, 13, 4])
  }

  @Test("A value without end is cut and says so")
  func endless() {
    let value = String(repeating: "word ", count: 100_000)
    let lines = DetailLines(document([value]), opened: [0], width: 28)
    #expect(lines.count == DetailLines.maximumLines + 2)
    #expect(lines.lines.last?.value == "(longer: y copies all of it)")
  }
}
