import Testing

@testable import TUI

@Suite("Frame")
struct FrameTests {
  /// A frame of one row with text put at a column.
  private func row(_ columns: Int, _ text: String, at column: Int = 0, isASCII: Bool = false)
    -> String
  {
    var frame = Frame(size: Size(rows: 1, columns: columns), isASCII: isASCII)
    frame.put(text, row: 0, column: column)
    return frame.text
  }

  @Test("Text is drawn where it is put, and blanks at the end are left out")
  func plain() {
    var frame = Frame(size: Size(rows: 3, columns: 10))
    #expect(frame.put("one", row: 0, column: 0) == 3)
    #expect(frame.put("two  ", row: 2, column: 4) == 5)
    #expect(frame.text == "one\n\n    two")
  }

  @Test("Text outside the frame is not drawn, from any side")
  func outside() {
    var frame = Frame(size: Size(rows: 2, columns: 5))
    #expect(frame.put("above", row: -1, column: 0) == 0)
    #expect(frame.put("below", row: 2, column: 0) == 0)
    #expect(frame.put("right", row: 0, column: 5) == 0)
    #expect(frame.put("abcdef", row: 0, column: 3) == 2)
    #expect(frame.put("abcdef", row: 1, column: -4) == 6)
    frame.put("far", row: 1, column: 1_000_000)
    frame.put("far", row: 1, column: -1_000_000)
    #expect(frame.text == "   ab\nef")
  }

  @Test("A clip ends the text and says what was used")
  func clip() {
    var frame = Frame(size: Size(rows: 1, columns: 10))
    #expect(frame.put("abcdef", row: 0, column: 1, width: 3) == 3)
    #expect(frame.put("x", row: 0, column: 8, width: 0) == 0)
    #expect(frame.put("x", row: 0, column: 8, width: -3) == 0)
    #expect(frame.text == " abc")
  }

  @Test(
    "What a terminal would obey is shown instead",
    arguments: [
      ("a\u{1B}[31mred", "a␛[31mred"), ("\u{7}\u{8}\u{0}", "␇␈␀"), ("a\nb\tc\r", "a␤b␉c␍"),
      ("\u{7F}", "␡"), ("\u{9B}31m", "�31m"), ("\u{85}", "�"),
      ("\u{202E}evil\u{202C}", "�evil�"), ("\u{2066}x\u{2069}", "�x�"), ("a\u{200B}b", "a�b"),
      ("\u{FEFF}x", "�x"), ("soft\u{AD}", "soft�"), ("a\u{2028}b", "a␤b"), ("\u{378}", "�"),
      ("\u{1160}", "�"), ("\u{FFF9}", "�"),
    ])
  func hostile(_ text: String, _ shown: String) {
    #expect(row(20, text) == shown)
  }

  @Test(
    "What joins characters is dropped, and an emoji is its first scalar",
    arguments: [
      ("👨‍👩‍👧!", "👨!"), ("⚠\u{FE0F}!", "⚠!"), ("👍🏽!", "👍!"), ("1\u{FE0F}\u{20E3}!", "1!"),
      ("🇩🇪!", "DE!"), ("🏴\u{E0067}\u{E0062}\u{E007F}!", "🏴�!"), ("می\u{200C}خواهم", "میخواهم"),
      ("👩\u{200D}x", "👩x"), ("a\u{200D}b", "ab"), ("🚩 POST", "🚩 POST"),
    ])
  func emoji(_ text: String, _ shown: String) {
    #expect(row(20, text) == shown)
  }

  @Test("Combining marks stay on their character, two at most, and get a base where there is none")
  func marks() {
    #expect(row(10, "e\u{301}x") == "e\u{301}x")
    #expect(row(10, "e" + String(repeating: "\u{301}", count: 50) + "x") == "e\u{301}\u{301}x")
    #expect(row(10, "\u{301}x") == "◌\u{301}x")
    var frame = Frame(size: Size(rows: 1, columns: 10))
    #expect(frame.put("e\u{301}\u{302}x", row: 0, column: 0) == 2)
  }

  @Test("A mark on a character left of the frame is not drawn")
  func markOutside() {
    var frame = Frame(size: Size(rows: 1, columns: 4))
    frame.put("ae\u{301}x", row: 0, column: -2)
    #expect(frame.text == "x")
  }

  @Test("A wide character that does not fit whole is not drawn")
  func wideAtTheEdge() {
    #expect(row(5, "世世世") == "世世")
    #expect(row(1, "世") == "")
    var frame = Frame(size: Size(rows: 1, columns: 10))
    #expect(frame.put("世界世", row: 0, column: 0, width: 5) == 4)
    #expect(row(4, "世a", at: -1) == " a")
  }

  @Test("Overwriting half of a wide character blanks the other half")
  func overwritten() {
    var frame = Frame(size: Size(rows: 1, columns: 6))
    frame.put("世界世", row: 0, column: 0)
    frame.put("x", row: 0, column: 1)
    #expect(frame.text == " x界世")
    frame.put("y", row: 0, column: 2)
    #expect(frame.text == " xy 世")
    frame.put("界", row: 0, column: 3)
    #expect(frame.text == " xy界")
  }

  @Test("Filling a block cuts no wide character in two")
  func fill() {
    var frame = Frame(size: Size(rows: 2, columns: 6))
    frame.put("世界世", row: 0, column: 0)
    frame.fill(Rect(row: 0, column: 1, rows: 1, columns: 2), with: "·")
    #expect(frame.text == " ·· 世\n")
    frame.fill(Rect(row: -3, column: -3, rows: 100, columns: 100), with: "-", style: .rule)
    #expect(frame.text == "------\n------")
    frame.fill(Rect(row: 0, column: 9, rows: 1, columns: 2))
    frame.fill(Rect(row: 0, column: 0, rows: 1, columns: 0))
    #expect(frame.text == "------\n------")
  }

  @Test("In ASCII every character keeps its width")
  func ascii() {
    #expect(row(20, "世a…→µ\u{1B}é🚩x", isASCII: true) == "??a.>u????x")
    #expect(row(20, "e\u{301}", isASCII: true) == "e")
    #expect(row(20, "\u{301}", isASCII: true) == "?")
    #expect(row(3, "世世", isASCII: true) == "??")
  }

  @Test("Styles are told as runs below their row")
  func styledText() {
    var frame = Frame(size: Size(rows: 2, columns: 8))
    frame.put("ab", row: 0, column: 0, style: .error.bold)
    frame.put("世c", row: 1, column: 2, style: .tenant)
    frame.restyle(row: 1, columns: 3..<5) { $0.isReverse = true }
    frame.setStyle(row: 1, columns: -4..<1, style: .dim)
    frame.cursor = (1, 4)
    #expect(
      frame.styledText == """
        ab
          ~ 0+2 error.bold
          世c
          ~ 0+1 dim, 2+2 tenant, 4+1 tenant.reverse
          ~ cursor 1,4
        """)
  }

  @Test("Clearing leaves nothing behind")
  func clear() {
    var frame = Frame(size: Size(rows: 1, columns: 4))
    frame.put("世x", row: 0, column: 0, style: .error)
    frame.cursor = (0, 0)
    frame.clear()
    #expect(frame.styledText == "")
  }

  @Test("An empty frame takes anything")
  func empty() {
    var frame = Frame(size: Size(rows: 0, columns: 0))
    frame.put("x", row: 0, column: 0)
    frame.fill(Rect(row: 0, column: 0, rows: 1, columns: 1))
    #expect(frame.text == "")
    #expect(Size(rows: -1, columns: -1) == Size(rows: 0, columns: 0))
  }
}
