import Ingest
import Testing

@Suite("JSONWriter")
struct JSONWriterTests {
  private func text(_ write: (inout JSONWriter) -> Void) -> String {
    var json = JSONWriter(isIndented: false)
    write(&json)
    return String(decoding: json.bytes, as: UTF8.self)
  }

  @Test("Objects and arrays nest and are indented by two")
  func indentation() {
    var json = JSONWriter()
    json.object { json in
      json.member("name", "a")
      json.array("rows", [1, 2]) { $0.int($1) }
      json.object("empty") { _ in }
      json.array("none", [Int]()) { $0.int($1) }
    }
    #expect(
      String(decoding: json.bytes, as: UTF8.self) == """
        {
          "name": "a",
          "rows": [
            1,
            2
          ],
          "empty": {},
          "none": []
        }
        """)
  }

  @Test("Text is escaped where JSON or a terminal would obey it, and is UTF-8 elsewhere")
  func strings() {
    #expect(text { $0.string("a\"b\\c\nd\te\r") } == #""a\"b\\c\nd\te\r""#)
    #expect(text { $0.string("\u{1B}[2J") } == #""\u001b[2J""#)
    #expect(text { $0.string("\u{9B}2J\u{7F}") } == #""\u009b2J\u007f""#)
    #expect(text { $0.string("ab\u{202E}cd") } == #""ab\u202ecd""#)
    #expect(text { $0.string("\u{E0001}") } == #""\udb40\udc01""#)
    #expect(text { $0.string("東京 \u{1F6A9}") } == "\"東京 \u{1F6A9}\"")
  }

  @Test("Numbers read back as they were; what is no number is null")
  func numbers() {
    #expect(text { $0.double(0.1) } == "0.1")
    #expect(text { $0.double(1e-7) } == "1e-07")
    #expect(text { $0.double(5) } == "5.0")
    #expect(text { $0.double(.nan) } == "null")
    #expect(text { $0.double(-.infinity) } == "null")
    #expect(text { $0.int(UInt64.max) } == "18446744073709551615")
  }

  @Test("A member without a value is null")
  func nulls() {
    #expect(
      text { json in
        json.object { json in
          json.member("a", String?.none)
          json.member("b", UInt64?.none)
          json.member("c", Double?.none)
          json.member("d", Bool?.none)
        }
      } == #"{"a":null,"b":null,"c":null,"d":null}"#)
  }
}
