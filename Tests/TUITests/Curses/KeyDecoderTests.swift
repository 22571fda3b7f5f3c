import Support
import Testing

@testable import TUI

@Suite("Key decoder")
struct KeyDecoderTests {
  /// The keys of inputs that come together.
  private func keys(_ inputs: [RawInput], at time: UInt64 = 0) -> [Key] {
    var decoder = KeyDecoder()
    var keys: [Key] = []
    for input in inputs { decoder.feed(input, at: time, into: &keys) }
    decoder.endOfInput(into: &keys)
    return keys
  }

  private func characters(_ text: String) -> [RawInput] {
    text.unicodeScalars.map { .character($0.value) }
  }

  @Test(
    "Characters, controls and sequences become keys",
    arguments: [
      ("a世", [.character("a"), .character("世")]), ("\r", [.enter]), ("\n", [.enter]),
      ("\t", [.tab]), ("\u{7F}\u{8}", [.backspace, .backspace]), ("\u{3}", [.control("c")]),
      ("\u{0}", [.control("@")]), ("\u{1C}\u{1F}", [.control("\\"), .control("_")]),
      ("\u{1B}", [.escape]), ("\u{1B}\u{1B}", [.escape, .escape]), ("\u{1B}b", [.alt("b")]),
      ("\u{1B}\u{7F}", [.alt("\u{7F}")]), ("\u{1B}[", [.alt("[")]), ("\u{1B}O", [.alt("O")]),
      ("\u{1B}[A\u{1B}OB", [.up, .down]), ("\u{1B}[5~\u{1B}[1~", [.pageUp, .home]),
      ("\u{1B}[1;5C\u{1B}[1;3D", [.alt("f"), .alt("b")]), ("\u{1B}[1;2A", [.up]),
      ("\u{1B}[Z", [.backTab]), ("\u{1B}[15~\u{1B}[24~", [.function(5), .function(12)]),
      ("\u{1B}OPx", [.function(1), .character("x")]), ("\u{80}\u{9B}", []),
    ] as [(String, [Key])])
  func plain(_ text: String, _ expected: [Key]) {
    #expect(keys(characters(text)) == expected)
  }

  @Test(
    "Sequences that mean nothing here vanish whole",
    arguments: [
      "\u{1B}[?62;c", "\u{1B}[99~", "\u{1B}[1;2;3;4y", "\u{1B}]11;rgb:00/00/00\u{7}",
      "\u{1B}]52;c;YWJj\u{1B}\\", "\u{1B}P1$r0m\u{1B}\\", "\u{1B}[999999999999999999999999C",
    ])
  func unknown(_ text: String) {
    let expected: [Key] = text.hasSuffix("C") ? [.right, .character("x")] : [.character("x")]
    #expect(keys(characters(text + "x")) == expected)
  }

  @Test("An Escape just before a named key, a click or a paste is a key of its own")
  func escapeBefore() {
    #expect(
      keys([.character(27), .key(.up), .character(0x61)]) == [.escape, .up, .character("a")])
    #expect(
      keys([.character(27), .mouseReport] + characters("64;1;1M"))
        == [.escape, .mouse(MouseEvent(kind: .wheelUp, row: 0, column: 0))])
    #expect(keys([.character(27), .pasteBegin, .pasteEnd]) == [.escape, .paste("")])
  }

  @Test("The left button and the wheel are events; the rest of the mouse is nothing")
  func mouse() {
    func report(_ text: String) -> [Key] { keys([.mouseReport] + characters(text)) }
    #expect(report("0;5;3M") == [.mouse(MouseEvent(kind: .press, row: 2, column: 4))])
    #expect(report("0;5;3m") == [.mouse(MouseEvent(kind: .release, row: 2, column: 4))])
    #expect(report("64;300;3M") == [.mouse(MouseEvent(kind: .wheelUp, row: 2, column: 299))])
    #expect(report("69;1;1M") == [.mouse(MouseEvent(kind: .wheelDown, row: 0, column: 0))])
    for nonsense in ["2;5;3M", "35;5;3M", "0;0;0M", "0;5M", "0;5;3;4M", "0;x", "M"] {
      #expect(report(nonsense) == [], "\(nonsense)")
    }
    #expect(
      keys([.oldMouseReport] + characters(" %#"))
        == [.mouse(MouseEvent(kind: .press, row: 2, column: 4))])
    #expect(
      keys([.oldMouseReport] + characters("`!!"))
        == [.mouse(MouseEvent(kind: .wheelUp, row: 0, column: 0))])
  }

  @Test("Two presses on one cell within 400 ms are a double click, a third begins anew")
  func doubleClick() {
    var decoder = KeyDecoder()
    var kinds: [MouseEvent.Kind] = []
    func press(_ report: String, at time: UInt64) {
      var keys: [Key] = []
      for input in [.mouseReport] + characters(report) {
        decoder.feed(input, at: time, into: &keys)
      }
      for case .mouse(let event) in keys { kinds.append(event.kind) }
    }
    press("0;5;3M", at: 1_000)
    press("0;5;3M", at: 1_400)
    press("0;5;3M", at: 1_500)
    press("0;6;3M", at: 1_600)
    press("0;6;3M", at: 2_001)
    #expect(kinds == [.press, .doubleClick, .press, .press, .press])
  }

  @Test("A paste is one key, however it is cut, with line feeds for line ends")
  func paste() {
    let text = [.pasteBegin] + characters("a\r\nb\rc\u{1B}[31m") + [.key(.up), .pasteEnd]
    #expect(keys(text + characters("x")) == [.paste("a\nb\nc\u{1B}[31m"), .character("x")])
    #expect(keys([.pasteEnd]) == [])
    #expect(keys([.pasteBegin, .pasteEnd]) == [.paste("")])
  }

  @Test("A sequence may come in pieces")
  func pieces() {
    var decoder = KeyDecoder()
    var keys: [Key] = []
    for input in [.mouseReport] + characters("0;5;3M") {
      decoder.feed(input, at: 0, into: &keys)
      decoder.endOfInput(into: &keys)
    }
    #expect(keys == [.mouse(MouseEvent(kind: .press, row: 2, column: 4))])
  }

  @Test("A paste whose end is lost ends by itself")
  func lostEnd() {
    var decoder = KeyDecoder()
    var keys: [Key] = []
    for input in [.pasteBegin] + characters("ab") { decoder.feed(input, at: 0, into: &keys) }
    decoder.endOfInput(into: &keys)
    decoder.feed(.character(0x71), at: 1_500, into: &keys)
    #expect(keys == [.paste("ab"), .character("q")])
  }

  @Test("A paste without end is cut at its limit")
  func longPaste() {
    let flood = [RawInput](repeating: .character(0x61), count: KeyDecoder.maximumPasteScalars + 9)
    let expected = String(repeating: "a", count: KeyDecoder.maximumPasteScalars)
    #expect(keys([.pasteBegin] + flood + [.pasteEnd]) == [.paste(expected)])
  }

  @Test("Random input never traps and leaves nothing stuck")
  func random() {
    var random = SplitMix64(seed: 99)
    for _ in 0..<300 {
      var decoder = KeyDecoder()
      var keys: [Key] = []
      for _ in 0..<200 {
        let input: RawInput =
          switch Int.random(in: 0..<12, using: &random) {
          case 0: .mouseReport
          case 1: .oldMouseReport
          case 2: .pasteBegin
          case 3: .pasteEnd
          case 4: .key(.up)
          case 5: .character(27)
          default: .character(UInt32.random(in: 0..<0x180, using: &random))
          }
        decoder.feed(input, at: 0, into: &keys)
        if Bool.random(using: &random) { decoder.endOfInput(into: &keys) }
      }
    }
  }
}
