/// The key table as text.
public enum KeyTable {
  /// All of Docs/Keys.md.
  public static func markdown() -> String {
    var text = """
      # Keys

      Made from the program's own table by `tracetop docs keys`; do not edit. On every screen `?` shows its part.

      The mouse works too: the wheel scrolls, a click selects, a double click opens, a click on ▾ or ▸
      folds, a click on the head of a column of the list sorts by it.

      """
    for screen in ScreenKind.allCases {
      text += "\n## \(screen.title)\n\n| keys | what it does | command |\n| --- | --- | --- |\n"
      for binding in Keymap.bindings(on: screen) {
        let keys = binding.keys.map { "`\($0.name)`" }.joined(separator: " ")
        text += "| \(keys) | \(binding.help) | \(binding.command.rawValue) |\n"
      }
    }
    return text
  }
}
