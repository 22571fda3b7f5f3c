import Store

/// Draws the details of a span: a title with the sections, then the lines.
struct SpanDetailView {
  let context: ViewContext
  let document: SpanDocument
  let lines: DetailLines
  let state: SpanDetailState
  let title: String
  /// At the end of the title: how long the span took.
  let figures: String
  let titleStyle: Style
  let isFocused: Bool
  /// The title's row and the rows under it.
  let pane: Rect
  let isBeside: Bool

  private var glyphs: Glyphs { context.glyphs }

  /// The rows for lines in a pane.
  static func textArea(of pane: Rect, isBeside: Bool) -> Rect {
    isBeside
      ? pane.inset(top: 1 + tabRows(in: pane), left: 2, right: 1)
      : pane.inset(top: 1, left: 1, right: 1)
  }

  /// A narrow pane beside the tree has two rows for the tabs, so that none is left out.
  private static func tabRows(in pane: Rect) -> Int { pane.columns < 72 ? 2 : 1 }

  func draw(into frame: inout Frame) {
    if isBeside { drawTitleBeside(into: &frame) } else { drawTitleRule(into: &frame) }
    let area = Self.textArea(of: pane, isBeside: isBeside)
    for offset in 0..<area.rows {
      let line = state.top + offset
      guard line < lines.count else { break }
      draw(lines.lines[line], at: area.row + offset, area, into: &frame)
    }
    drawMore(area, into: &frame)
  }

  // MARK: - Title

  private func drawTitleRule(into frame: inout Frame) {
    frame.rule(row: pane.row, columns: pane.columnRange, glyphs)
    // Names give way before digits do, and the title before both.
    let forms = [(tabPieces, 2), (tabPieces(.short), 1), (tabPieces(.digits), 1)]
    let widths = forms.map { pieces, gap in Self.width(of: pieces, gap: gap) }
    let place = widths.firstIndex { pane.columns - 6 - $0 >= 12 } ?? 2
    let room = pane.columns - 6 - widths[place]
    let style = isFocused ? titleStyle.bold : titleStyle
    frame.put(
      " \(context.cut(title, to: max(8, room - 2))) ", row: pane.row, column: 3, style: style)
    drawTabs(
      forms[place].0, gap: forms[place].1, row: pane.row,
      column: pane.endColumn - widths[place] - 1, into: &frame)
  }

  private static func width(of pieces: StyledLine, gap: Int) -> Int {
    pieces.reduce(2) { $0 + TextWidth.columns(of: $1.text) + gap } - gap
  }

  private func drawTitleBeside(into frame: inout Frame) {
    for row in pane.rowRange {
      frame.put(glyphs.vertical, row: row, column: pane.column, style: .rule)
    }
    let style = isFocused ? titleStyle.bold : titleStyle
    let end = pane.endColumn - 1
    let used = frame.put(figures, row: pane.row, endColumn: end, style: .number)
    frame.put(
      context.cut(title, to: pane.columns - used - 5), row: pane.row, column: pane.column + 2,
      style: style)
    drawTabsBeside(into: &frame)
  }

  private func drawTabsBeside(into frame: inout Frame) {
    var (rest, row) = (tabPieces[...], pane.row + 1)
    while !rest.isEmpty, row <= pane.row + Self.tabRows(in: pane) {
      var line = rest.prefix(1)
      while line.endIndex < rest.endIndex,
        Self.width(of: rest[..<(line.endIndex + 1)].map(\.self), gap: 2) <= pane.columns - 1
      {
        line = rest[..<(line.endIndex + 1)]
      }
      drawTabs(Array(line), gap: 2, row: row, column: pane.column + 1, into: &frame)
      rest = rest[line.endIndex...]
      row += 1
    }
  }

  /// How much a tab says.
  private enum TabForm { case counted, short, digits }

  /// The tabs: with how many there are of each where all of that has room.
  private var tabPieces: StyledLine {
    guard pane.columns >= 100 || isBeside else { return tabPieces(.short) }
    let full = tabPieces(.counted)
    return Self.width(of: full, gap: 2) < pane.columns ? full : tabPieces(.short)
  }

  private func tabPieces(_ form: TabForm) -> StyledLine {
    let current =
      document.items.indices.contains(currentItem) ? document.items[currentItem].section : nil
    let sections = SpanDocument.Section.inOrder.filter { section in
      document.counts[section].map { $0 > 0 } ?? true
    }
    return sections.map { section in
      var text = "\(section.rawValue)"
      if form != .digits { text += " \(form == .counted ? section.title : section.shortTitle)" }
      if form == .counted, section.isCounted, let count = document.counts[section], count > 0 {
        text += " \(count)"
      }
      let style: Style = section == current && isFocused ? .title.underlined : .dim
      return (text, style)
    }
  }

  /// The item that the tabs go by: the selected one, or with the focus elsewhere the first on
  /// screen.
  private var currentItem: Int {
    isFocused
      ? state.item : lines.lines.indices.contains(state.top) ? lines.lines[state.top].item : 0
  }

  /// Draws tabs with a blank before and after them all.
  private func drawTabs(
    _ pieces: StyledLine, gap: Int, row: Int, column: Int, into frame: inout Frame
  ) {
    var at = column + frame.put(" ", row: row, column: column)
    for (index, piece) in pieces.enumerated() {
      if index > 0 {
        at += frame.put(String(repeating: " ", count: gap), row: row, column: at)
      }
      at += frame.put(
        piece.text, row: row, column: at, width: max(0, pane.endColumn - at), style: piece.style)
    }
    if at < pane.endColumn { frame.put(" ", row: row, column: at) }
  }

  // MARK: - Lines

  private func draw(_ line: DetailLines.Line, at row: Int, _ area: Rect, into frame: inout Frame) {
    let width = area.columns
    switch line.kind {
    case .heading: frame.put(line.key, row: row, column: area.column, style: .dim)
    case .note:
      frame.put(line.key, row: row, column: area.column + line.level * 2, style: .dim)
    case .message:
      frame.put(
        context.cut(line.value, to: width), row: row, column: area.column, style: .error)
    case .entry:
      let used = frame.put(line.key, row: row, column: area.column, style: .number)
      let column = area.column + max(used + 2, 8)
      frame.put(
        context.cut(line.value, to: area.endColumn - column), row: row, column: column,
        style: line.tone.map { Style($0) } ?? .text)
    case .continuation:
      frame.put(
        line.value, row: row, column: area.column + 2 + line.level * 2, width: width - 2,
        style: .value)
    case .pair: drawPair(line, at: row, area, into: &frame)
    }
    guard isFocused, line.item == state.item, document.items[line.item].isSelectable else { return }
    frame.setStyle(row: row, columns: area.columnRange, style: .selection)
  }

  private func drawPair(
    _ line: DetailLines.Line, at row: Int, _ area: Rect, into frame: inout Frame
  ) {
    let keyColumn = area.column + line.level * 2
    let valueColumn = area.column + line.keyWidth + 2
    frame.put(
      tail(of: line.key, valueColumn - 2 - keyColumn), row: row, column: keyColumn, style: .key)
    var end = area.endColumn
    if document.items[line.item].value.isEmpty {
      frame.put("(empty)", row: row, column: valueColumn, style: .dim)
    }
    // The service and the key; where there is no room for both, the service.
    let short = line.origin?.split(separator: " ").first.map(String.init)
    for case let origin? in [line.origin, short] {
      let text = "\(glyphs.lifted) \(origin)"
      let width = TextWidth.columns(of: text)
      guard TextWidth.columns(of: line.value) + width + 1 <= end - valueColumn else { continue }
      end -= width
      frame.put(text, row: row, column: end, style: .dim)
      end -= 1
      break
    }
    frame.put(
      context.cut(line.value, to: end - valueColumn), row: row, column: valueColumn, style: .value)
  }

  /// A key's end where all of it does not fit: keys begin alike and end differently.
  private func tail(of key: String, _ width: Int) -> String {
    guard TextWidth.columns(of: key) > width else { return key }
    var kept = Substring(key)
    while !kept.isEmpty, TextWidth.columns(of: kept) >= width { kept.removeFirst() }
    return glyphs.ellipsis + kept
  }

  /// Says that there are lines above or below, in the last column.
  private func drawMore(_ area: Rect, into frame: inout Frame) {
    guard area.rows > 1 else { return }
    if state.top > 0 {
      frame.put(glyphs.up, row: area.row, column: pane.endColumn - 1, style: .dim)
    }
    if state.top + area.rows < lines.count {
      frame.put(glyphs.down, row: area.endRow - 1, column: pane.endColumn - 1, style: .dim)
    }
  }
}
