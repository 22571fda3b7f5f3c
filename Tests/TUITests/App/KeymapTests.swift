import Testing

@testable import TUI

@Suite("The table of keys")
struct KeymapTests {
  @Test("Every command has a key somewhere")
  func complete() {
    let bound = Set(Keymap.bindings.map(\.command))
    #expect(Command.allCases.filter { !bound.contains($0) } == [])
  }

  @Test("Every key name in the table is a key")
  func names() {
    #expect(Keymap.bindings.filter(\.keys.isEmpty).map(\.command) == [])
  }

  @Test("No key does two things on one screen", arguments: ScreenKind.allCases)
  func unambiguous(screen: ScreenKind) {
    var commands: [Key: Command] = [:]
    for binding in Keymap.bindings(on: screen) {
      for key in binding.keys {
        #expect(commands[key] == nil, "\(key.name) on \(screen)")
        commands[key] = binding.command
      }
    }
  }

  @Test("Help, quit and drawing anew work wherever text is not being typed")
  func everywhere() {
    for screen in [ScreenKind.traces, .waterfall, .details, .help] {
      #expect(Keymap.command(for: .character("?"), on: screen) == .help)
      #expect(Keymap.command(for: .control("c"), on: screen) == .quit)
      #expect(Keymap.command(for: .control("l"), on: screen) == .redraw)
    }
  }

  @Test("A key of a sub-screen never quits but Q and Ctrl-c")
  func goingOut() {
    for screen in [ScreenKind.waterfall, .details, .help] {
      let quitting = Keymap.bindings(on: screen).filter { $0.command == .quit }.flatMap(\.keys)
      #expect(quitting == [.character("Q"), .control("c")])
    }
  }

  @Test("The page of keys has every screen and every command")
  func markdown() {
    let page = KeyTable.markdown()
    for screen in ScreenKind.allCases { #expect(page.contains("## \(screen.title)\n")) }
    for command in Command.allCases { #expect(page.contains("| \(command.rawValue) |")) }
    #expect(page.contains("| `Enter` | open the trace as a waterfall | open |"))
  }
}
