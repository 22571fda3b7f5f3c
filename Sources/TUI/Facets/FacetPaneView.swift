import Store

/// Draws the pane of facets.
struct FacetPaneView {
  let context: ViewContext
  let pane: FacetPaneState
  let area: Rect
  /// A key of this pane, for its title.
  let key: String

  private var glyphs: Glyphs { context.glyphs }

  private static let countColumns = 5
  private static let shareColumns = 5
  private static let barColumns = 5

  /// The rows below the title.
  static func rows(in area: Rect) -> Rect { area.split(top: 1).rest }

  func draw(into frame: inout Frame) {
    for row in area.rowRange {
      frame.put(glyphs.vertical, row: row, column: area.endColumn, style: .rule)
    }
    drawTitle(into: &frame)
    let rows = Self.rows(in: area)
    guard let table = pane.table else {
      return drawNote("counting", in: rows, into: &frame)
    }
    guard !table.facets.isEmpty else {
      let text = table.traces == 0 ? "no traces" : "nothing splits these traces"
      return drawNote(text, in: rows, into: &frame)
    }
    for offset in 0..<rows.rows {
      let line = pane.top + offset
      guard pane.lines.indices.contains(line) else { return }
      draw(pane.lines[line], table, row: rows.row + offset, into: &frame)
      if line == pane.line, pane.isFocused { mark(row: rows.row + offset, into: &frame) }
    }
  }

  private func drawTitle(into frame: inout Frame) {
    let style: Style = pane.isFocused ? .title.bold : .title
    let used = frame.put("FACETS", row: area.row, column: area.column + 1, style: style)
    guard let table = pane.table else { return }
    let figures = "\(count(table.traces)) \(glyphs.dot) \(count(table.errors)) err"
    let shown = pane.isFocused ? figures : "\(key) focus"
    guard used + TextWidth.columns(of: shown) + 3 <= area.columns else { return }
    frame.put(shown, row: area.row, endColumn: area.endColumn - 1, style: .dim)
  }

  /// A count of requests: an estimate where they are thinned.
  private func count(_ requests: Int) -> String {
    (context.snapshot.statistics.sampledShare == nil ? "" : glyphs.about) + Format.count(requests)
  }

  private func drawNote(_ text: String, in rows: Rect, into frame: inout Frame) {
    guard rows.rows > 0 else { return }
    frame.put(text, row: rows.row, column: area.column + 1, style: .dim)
  }

  private func mark(row: Int, into frame: inout Frame) {
    frame.put(glyphs.selection, row: row, column: area.column)
    frame.setStyle(row: row, columns: area.columnRange, style: .selection)
  }

  // MARK: - Lines

  private func draw(
    _ line: FacetPaneState.Line, _ table: FacetTable, row: Int, into frame: inout Frame
  ) {
    switch line {
    case .heading(let index): heading(table.facets[index], row: row, into: &frame)
    case .value(let index, let value):
      let facet = table.facets[index]
      self.value(facet.values[value], of: facet, row: row, into: &frame)
    case .more(let index):
      let facet = table.facets[index]
      let shown = facet.values.filter { $0.text != nil }.count
      frame.put(
        "\(glyphs.ellipsis) \(Format.count(facet.distinct - shown)) more", row: row,
        column: area.column + 3, style: .dim)
    case .blank: break
    }
  }

  /// The key; at its right how many values it has, and a mark where they tell of errors.
  private func heading(_ facet: FacetTable.Facet, row: Int, into frame: inout Frame) {
    var end = area.endColumn - 1
    // The verdict does by its nature.
    if facet.tellsErrors, facet.key.field != .intrinsic(.verdict) {
      end -= frame.put("!", row: row, endColumn: end, style: .error) + 1
    }
    let values = "\(Format.count(facet.distinct)) value\(facet.distinct == 1 ? "" : "s")"
    end -= frame.put(values, row: row, endColumn: end, style: .dim) + 1
    let room = end - area.column - 1
    frame.put(
      context.cut(facet.key.description, to: room), row: row, column: area.column + 1,
      style: .key)
  }

  private func value(
    _ value: FacetTable.Value, of facet: FacetTable.Facet, row: Int, into frame: inout Frame
  ) {
    let bar = area.endColumn - Self.barColumns
    let share = bar - 1
    let count = share - Self.shareColumns - 1
    let name = area.column + 3
    let room = count - Self.countColumns - 1 - name
    let text = value.text.map { $0.isEmpty ? "\"\"" : $0 } ?? "(not set)"
    let others = facet.values.compactMap(\.text)
    frame.put(
      DistinctText.cut(text, to: room, among: others, mark: glyphs.ellipsis), row: row,
      column: name, style: value.text == nil ? .dim : .value)
    frame.put(self.count(value.traces), row: row, endColumn: count, style: .number)
    frame.put(
      value.errors == 0 ? "-" : Format.percent(value.errorShare), row: row, endColumn: share,
      style: value.errors == 0 ? .dim : .error)
    let total = max(1, pane.table?.traces ?? 1)
    let drawn = glyphs.bar(Double(value.traces) / Double(total), columns: Self.barColumns)
    frame.put(
      drawn, row: row, column: bar, width: Self.barColumns,
      style: value.errors > 0 ? .barError : .bar(for: .inbound))
  }
}
