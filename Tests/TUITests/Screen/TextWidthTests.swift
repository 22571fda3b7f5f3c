import Glibc
import Support
import Testing

@testable import TUI

@Suite("Text width")
struct TextWidthTests {
  @Test("The width of every scalar that is drawn as itself is what the C library says")
  func likeTheCLibrary() {
    // A locale of its own: the process's is shared with every other test.
    guard let locale = unsafe newlocale(LC_CTYPE_MASK, "C.UTF-8", nil) else {
      Issue.record("the C.UTF-8 locale is missing")
      return
    }
    let before = unsafe uselocale(locale)
    defer {
      unsafe uselocale(before)
      unsafe freelocale(locale)
    }
    // Glibc's module leaves wcwidth out, which belongs to X/Open.
    typealias WidthFunction = @convention(c) (wchar_t) -> Int32
    guard let symbol = unsafe dlsym(nil, "wcwidth") else {
      Issue.record("the C library has no wcwidth")
      return
    }
    let wcwidth = unsafe unsafeBitCast(symbol, to: WidthFunction.self)
    var wrong: [String] = []
    for code in UInt32(0x20)...0x10FFFF {
      guard let scalar = Unicode.Scalar(code) else { continue }
      let expected: Int32? =
        switch ScalarWidth.of(code) {
        case .narrow: 1
        case .wide: 2
        case .mark: 0
        case .standIn: nil
        }
      if let expected, wcwidth(wchar_t(code)) != expected {
        wrong.append("U+\(String(code, radix: 16)) \(scalar.properties.generalCategory)")
      }
    }
    #expect(wrong.prefix(20) == [])
  }

  @Test(
    "The stand-ins and the program's own glyphs are one column wide, but two that stand within text"
  )
  func ownGlyphs() {
    for code in [CellText.dottedCircle, CellText.replacement] + Array(0x2400...0x2424) {
      #expect(ScalarWidth.of(code) == .narrow)
    }
    for glyphs in [Glyphs.unicode, Glyphs.ascii] {
      for child in Mirror(reflecting: glyphs).children {
        let texts = (child.value as? String).map { [$0] } ?? child.value as? [String] ?? []
        for text in texts where !text.isEmpty {
          let isOfText = glyphs.isASCII && ["ellipsis", "arrow"].contains(child.label)
          #expect(TextWidth.columns(of: text) == (isOfText ? 2 : 1), "\(child.label ?? "")")
        }
      }
    }
  }

  @Test("Each glyph of the ASCII set is ASCII")
  func asciiGlyphs() {
    for child in Mirror(reflecting: Glyphs.ascii).children {
      let texts = (child.value as? String).map { [$0] } ?? child.value as? [String] ?? []
      #expect(texts.allSatisfy { $0.utf8.allSatisfy { $0 < 0x7F } })
    }
  }

  @Test("Counting says what drawing uses, whatever the text")
  func countingIsDrawing() {
    var random = SplitMix64(seed: 20_251_120)
    let alphabet: [Unicode.Scalar] = [
      "a", " ", "世", "é", "\u{301}", "\u{200D}", "👩", "👧", "\u{FE0F}", "🏽", "🇩", "\u{1B}", "\n",
      "\u{202E}", "\u{E0067}", "\u{1160}", "█", "\u{20000}", "\u{F0000}", "\u{10FFFF}",
    ]
    for _ in 0..<5_000 {
      var scalars = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0..<12, using: &random) {
        scalars.append(alphabet.randomElement(using: &random) ?? "a")
      }
      let text = String(scalars)
      for isASCII in [false, true] {
        var frame = Frame(size: Size(rows: 1, columns: 40), isASCII: isASCII)
        let used = frame.put(text, row: 0, column: 0)
        #expect(used == TextWidth.columns(of: text), "\(text.unicodeScalars.map(\.value))")
      }
    }
  }

  @Test("Random drawing never leaves half of a wide character")
  func neverHalf() {
    var random = SplitMix64(seed: 7)
    var frame = Frame(size: Size(rows: 3, columns: 9))
    for _ in 0..<20_000 {
      let row = Int.random(in: -1...3, using: &random)
      let column = Int.random(in: -3...9, using: &random)
      let width = Int.random(in: 0...5, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: frame.put("世界", row: row, column: column, width: width)
      case 1: frame.put("ab", row: row, column: column)
      case 2: frame.setStyle(row: row, columns: column..<column + width, style: .error)
      default: frame.fill(Rect(row: row, column: column, rows: 1, columns: width))
      }
      for index in frame.cells.indices {
        let isSecond = index % 9 > 0 && frame.cells[index - 1].width == 2
        #expect(frame.cells[index].isContinuation == isSecond)
        if isSecond { #expect(frame.cells[index].style == frame.cells[index - 1].style) }
      }
    }
  }

  @Test(
    "Text is cut at a width with a mark, never longer",
    arguments: [
      ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("abcdef", 1, "…"), ("abcdef", 0, ""),
      ("世界世", 5, "世界…"), ("世界世", 4, "世…"), ("e\u{301}abc", 3, "e\u{301}a…"), ("", 0, ""),
    ])
  func cut(_ text: String, _ width: Int, _ expected: String) {
    #expect(TextWidth.cut(text, to: width) == expected)
    #expect(TextWidth.columns(of: TextWidth.cut(text, to: width)) <= width)
  }
}
