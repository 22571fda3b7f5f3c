import Store

/// Draws the filter prompt on its line, what it would show at the right, and the suggestions under
/// it.
struct FilterPromptView {
  let context: ViewContext
  let prompt: FilterPromptState
  let row: Int
  /// Rows that suggestions may cover.
  let below: Range<Int>

  private var glyphs: Glyphs { context.glyphs }

  /// What an empty line says.
  private static let placeholder = "such as  tenant.id=acme dur>2s   or just a word"

  /// The most suggestions on screen at once.
  static let maximumSuggestions = 8

  func draw(into frame: inout Frame) {
    let columns = frame.size.columns
    frame.fill(Rect(row: row, column: 0, rows: 1, columns: columns))
    let count = drawCount(into: &frame)
    let lead = leadText
    var start = 1
    start += frame.put(lead, row: row, column: start, style: .prompt.bold)
    let width = max(4, columns - start - count - 3)
    if prompt.editor.characters.isEmpty, prompt.search == nil {
      frame.put(
        context.cut(Self.placeholder, to: width - 1), row: row, column: start + 1, style: .dim)
    }
    let scrolled = scroll(width)
    drawText(from: scrolled, at: start, width: width, into: &frame)
    let before = String(prompt.editor.characters[scrolled..<prompt.editor.cursor])
    let cursor = start + TextWidth.columns(of: before)
    frame.cursor = (row, cursor)
    if prompt.isPopupOpen { drawPopup(cursor: start, scrolled: scrolled, into: &frame) }
  }

  private var leadText: String {
    guard let search = prompt.search else { return "/ " }
    return search.isFound
      ? "(history: \(search.needle.text)) " : "(not in history: \(search.needle.text)) "
  }

  // MARK: - The line

  /// The first character shown, so that the cursor is on screen.
  private func scroll(_ width: Int) -> Int {
    var first = prompt.editor.cursor
    var used = 0
    while first > 0 {
      used += TextWidth.columns(of: String(prompt.editor.characters[first - 1]))
      if used >= width { break }
      first -= 1
    }
    return first
  }

  private func drawText(from first: Int, at column: Int, width: Int, into frame: inout Frame) {
    let characters = prompt.editor.characters
    var at = column
    let wrong = errorRange
    for index in first..<characters.count {
      let style: Style = wrong?.contains(index) ?? false ? .promptError.underlined : .prompt
      let left = column + width - at
      let used = frame.put(
        String(characters[index]), row: row, column: at, width: left, style: style)
      if used == 0 && left <= 1 { break }
      at += used
    }
    // Something missing at the end has no characters to colour.
    if let wrong, wrong.lowerBound >= characters.count, at < column + width {
      frame.setStyle(row: row, columns: at..<at + 1, style: .promptError.reversed)
    }
  }

  /// The characters that the error is about; one past the end where something is missing.
  private var errorRange: Range<Int>? {
    guard let error = prompt.error, !isJustUnfinished else { return nil }
    let start = max(0, error.column - 1)
    return start..<start + max(1, error.length)
  }

  /// Whether all that is wrong is that the person is still typing.
  private var isJustUnfinished: Bool {
    guard let error = prompt.error else { return false }
    return error.column > prompt.editor.text.trimmed.count && prompt.isPopupOpen
  }

  /// Draws what the draft would show; says how many columns that took.
  private func drawCount(into frame: inout Frame) -> Int {
    let text: String
    var style = Style.dim
    if prompt.error != nil {
      text = isJustUnfinished ? glyphs.ellipsis : "not a filter yet"
      style = isJustUnfinished ? .dim : .promptError
    } else if let preview = prompt.preview {
      let matching = Format.grouped(UInt64(max(0, preview.matching)))
      text = "\(matching) of \(Format.grouped(UInt64(max(0, preview.held))))"
      style = preview.matching == 0 ? .warning : .ok
    } else {
      text = glyphs.ellipsis
    }
    return frame.put(text, row: row, endColumn: frame.size.columns - 1, style: style)
  }

  /// The line for the notice row: why the draft is no filter.
  var message: Notice? {
    guard let error = prompt.error, !isJustUnfinished else { return nil }
    return Notice(error.description, .promptError)
  }

  // MARK: - Suggestions

  private func drawPopup(cursor start: Int, scrolled: Int, into frame: inout Frame) {
    let shown = prompt.completions.prefix(max(0, min(Self.maximumSuggestions, below.count - 2)))
    guard let first = shown.first else { return }
    let notes = shown.map { TextWidth.columns(of: $0.note) }.max() ?? 0
    let texts = shown.map { TextWidth.columns(of: $0.text) }.max() ?? 0
    let columns = frame.size.columns
    let width = min(max(20, texts + (notes > 0 ? notes + 2 : 0) + 4), columns - 2)
    // Under the token that the suggestions are for.
    let from = min(max(scrolled, first.range.lowerBound), prompt.editor.characters.count)
    let before = String(prompt.editor.characters[scrolled..<max(scrolled, from)])
    let column = max(0, min(start + TextWidth.columns(of: before) - 2, columns - width))
    for (index, suggestion) in shown.enumerated() {
      let line = below.lowerBound + index
      let isChosen = prompt.cycle?.choice == index
      let style: Style = isChosen ? .selection : .statusBar
      frame.fill(Rect(row: line, column: column, rows: 1, columns: width), style: style)
      // The edges tell the list from the rows under it where there are no colours.
      frame.put(glyphs.vertical, row: line, column: column, style: .statusBar)
      frame.put(glyphs.vertical, row: line, column: column + width - 1, style: .statusBar)
      let room = width - 4 - (notes > 0 ? notes + 2 : 0)
      frame.put(context.cut(suggestion.text, to: room), row: line, column: column + 2, style: style)
      if !suggestion.note.isEmpty {
        frame.put(
          suggestion.note, row: line, endColumn: column + width - 2,
          style: isChosen ? .selection : .statusBar.dimmed)
      }
    }
  }
}
