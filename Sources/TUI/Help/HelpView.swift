/// Draws the help over the whole screen.
struct HelpView {
  let help: HelpState
  let glyphs: Glyphs

  /// The rows that scroll.
  static func textArea(of size: Size) -> Rect {
    Rect(row: 2, column: 0, rows: max(1, size.rows - 4), columns: size.columns)
  }

  /// Where the sentences begin, after the keys.
  private static let helpColumn = 20

  /// The same for keys that take more room than most.
  static func column(ofHelpFor keys: String) -> Int {
    max(helpColumn, TextWidth.columns(of: keys) + 5)
  }

  /// How many columns of keys stand side by side.
  static func columnCount(of size: Size) -> Int { max(1, min(3, size.columns / 64)) }

  func draw(into frame: inout Frame) {
    let size = frame.size
    let title = "Keys: \(help.screen.title.lowercased())"
    frame.put(title, row: 0, column: 1, style: .title.bold)
    if help.isSearching || !help.needle.text.isEmpty {
      let column = max(24, TextWidth.columns(of: title) + 4)
      frame.put("/ ", row: 0, column: column, style: .prompt.bold)
      frame.put(help.needle.text, row: 0, column: column + 2, style: .prompt)
      if help.isSearching {
        let before = TextWidth.columns(of: help.needle.prefix)
        frame.cursor = (0, min(size.columns - 1, column + 2 + before))
      }
    }
    frame.rule(row: 1, columns: 0..<size.columns, glyphs)
    drawColumns(Self.textArea(of: size), into: &frame)
  }

  private func drawColumns(_ area: Rect, into frame: inout Frame) {
    let columns = help.columns(in: frame.size, glyphs)
    let width = area.columns / max(1, columns.count)
    if columns.allSatisfy(\.isEmpty) {
      frame.put("No key of this screen does that.", row: area.row + 1, column: 3, style: .dim)
    }
    for (number, lines) in columns.enumerated() {
      let part = Rect(row: area.row, column: number * width, rows: area.rows, columns: width)
      for offset in 0..<area.rows where help.top + offset < lines.count {
        draw(lines[help.top + offset], at: area.row + offset, part, into: &frame)
      }
    }
    let hidden = (columns.map(\.count).max() ?? 0) - help.top - area.rows
    guard hidden > 0 else { return }
    frame.put(
      "\(hidden) more \(glyphs.down)", row: area.endRow, endColumn: area.columns - 1, style: .dim)
  }

  private func draw(_ line: HelpState.Line, at row: Int, _ part: Rect, into frame: inout Frame) {
    switch line {
    case .blank: break
    case .topic(let title): frame.put(title, row: row, column: part.column + 1, style: .title)
    case .key(let keys, let help):
      frame.put(keys, row: row, column: part.column + 3, style: .helpKey)
      draw(help, for: keys, at: row, part, into: &frame)
    case .more(let keys, let help): draw(help, for: keys, at: row, part, into: &frame)
    }
  }

  private func draw(
    _ help: String, for keys: String, at row: Int, _ part: Rect, into frame: inout Frame
  ) {
    let column = Self.column(ofHelpFor: keys)
    frame.put(
      TextWidth.cut(help, to: part.columns - column - 1, mark: glyphs.ellipsis), row: row,
      column: part.column + column)
  }
}
