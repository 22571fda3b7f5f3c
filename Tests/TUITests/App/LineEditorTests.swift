import Testing

@testable import TUI

@Suite("Editing a line")
struct LineEditorTests {
  /// What commands make of a line; `|` is the cursor.
  private func edited(_ line: String, _ commands: [Command]) -> String {
    var editor = LineEditor()
    let cursor = line.firstIndex(of: "|") ?? line.endIndex
    let text = line.filter { $0 != "|" }
    editor.replace(with: text, cursor: line.distance(from: line.startIndex, to: cursor))
    for command in commands {
      let isEditing = editor.apply(command)
      #expect(isEditing, "\(command)")
    }
    return "\(editor.prefix)|\(editor.text.dropFirst(editor.prefix.count))"
  }

  @Test(
    "Readline's commands",
    arguments: [
      ("tenant.id=acme|", [Command.lineStart], "|tenant.id=acme"),
      ("|tenant.id=acme", [.lineEnd], "tenant.id=acme|"),
      ("ab|c", [.characterLeft], "a|bc"), ("|abc", [.characterLeft], "|abc"),
      ("ab|c", [.characterRight], "abc|"), ("abc|", [.characterRight], "abc|"),
      ("tenant.id=acme|", [.wordLeft], "tenant.id=|acme"),
      ("tenant.id=acme|", [.wordLeft, .wordLeft], "tenant.|id=acme"),
      ("|tenant.id", [.wordRight], "tenant|.id"), ("tenant|.id", [.wordRight], "tenant.id|"),
      ("ab|c", [.deleteBackward], "a|c"), ("|abc", [.deleteBackward], "|abc"),
      ("a|bc", [.deleteForward], "a|c"), ("abc|", [.deleteForward], "abc|"),
      ("a=1 b=2|", [.deleteWordBackward], "a=1 |"), ("a=1 |b", [.deleteWordBackward], "|b"),
      ("|one two", [.deleteWordForward], "| two"),
      ("one| two", [.deleteToEnd], "one|"), ("one| two", [.deleteToStart], "| two"),
      ("one| two", [.deleteToEnd, .lineStart, .yank], " two|one"),
      ("a=1 b=2|", [.deleteWordBackward, .yank, .yank], "a=1 b=2b=2|"),
      ("x👩‍👩‍👧y|", [.characterLeft, .deleteBackward], "x|y"),
    ])
  func commands(line: String, commands: [Command], expected: String) {
    #expect(edited(line, commands) == expected)
  }

  @Test("Pasted line breaks become blanks and control characters go")
  func paste() {
    var editor = LineEditor("a")
    editor.insert("b\nc\u{1B}[0m\td\u{7F}")
    #expect(editor.text == "ab c[0m d")
  }

  @Test("A line has an end, however much is pasted")
  func limit() {
    var editor = LineEditor()
    editor.insert(String(repeating: "x", count: 100_000))
    editor.insert("y")
    #expect(editor.text.count == LineEditor.maximumCharacters)
    #expect(editor.cursor == LineEditor.maximumCharacters)
  }

  @Test("A command that edits nothing is left to the prompt")
  func other() {
    var editor = LineEditor("a")
    let isEditing = editor.apply(.historyUp)
    #expect(!isEditing)
  }
}
