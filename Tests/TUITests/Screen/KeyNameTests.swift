import Testing

@testable import TUI

@Suite("Key names")
struct KeyNameTests {
  @Test(
    "A name is read as its key, and a key told by its name",
    arguments: [
      ("j", Key.character("j")), ("G", .character("G")), ("/", .character("/")),
      ("Enter", .enter), ("Esc", .escape), ("Ctrl-c", .control("c")), ("Alt-b", .alt("b")),
      ("F2", .function(2)), ("F12", .function(12)), ("Space", .character(" ")),
      ("S-Tab", .backTab), ("PgUp", .pageUp), ("F", .character("F")),
    ])
  func roundTrip(_ name: String, _ key: Key) {
    #expect(Key(name: name) == key)
    #expect(key.name == name)
  }

  @Test(
    "What is no key has no key", arguments: ["", "Ctrl-", "Ctrl-ab", "F0", "Fx", "enter", "jj"])
  func nonsense(_ name: String) {
    #expect(Key(name: name) == nil)
  }
}
