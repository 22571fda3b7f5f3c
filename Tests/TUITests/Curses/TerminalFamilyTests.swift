import Testing

@testable import TUI

@Suite("Terminal family")
struct TerminalFamilyTests {
  @Test(
    "Only terminals that are known to take private modes get them",
    arguments: [
      ("xterm-256color", true, true), ("tmux-256color", true, true), ("st", true, true),
      ("screen", true, false), ("linux", false, false), ("vt100", false, false),
      ("stuff", false, false),
    ])
  func modes(_ term: String, _ hasModes: Bool, _ hasUpdates: Bool) {
    let family = TerminalFamily(term: term)
    #expect(family.hasPrivateModes == hasModes)
    #expect(family.hasSynchronizedUpdates == hasUpdates)
    #expect(family.mouseOn.isEmpty == !hasModes)
  }

  @Test(
    "Text is copied as base64",
    arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("世\n", "5LiWCg==")])
  func copy(_ text: String, _ encoded: String) {
    #expect(TerminalFamily(term: "xterm").copy(text) == "\u{1B}]52;c;\(encoded)\u{07}")
    #expect(TerminalFamily(term: "vt100").copy(text) == "")
  }

  @Test("Delays are taken out of what is written in one go")
  func padding() {
    #expect(TerminalSetup.withoutPadding("\u{1B}[m\u{0F}$<2>") == "\u{1B}[m\u{0F}")
    #expect(TerminalSetup.withoutPadding("a$<5/>b$<10*>c$d$") == "abc$d$")
  }
}
