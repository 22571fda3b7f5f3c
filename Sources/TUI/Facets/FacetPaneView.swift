import Store

/// Draws the pane of facets.
struct FacetPaneView {
  let context: ViewContext
  let pane: FacetPaneState
  /// Its title is in the first row.
  let area: Rect
  let flow: FacetFlow
  /// Whether it stands below the list, with its title in the rule there, and not at its left.
  let isBelow: Bool
  /// A key of this pane, for its title.
  let key: String

  private var glyphs: Glyphs { context.glyphs }

  private static let countColumns = 5
  private static let shareColumns = 5
  private static let barColumns = 5

  func draw(into frame: inout Frame) {
    drawEdge(into: &frame)
    drawTitle(into: &frame)
    guard let table = pane.table else { return drawNote("counting", into: &frame) }
    guard !table.facets.isEmpty else {
      return drawNote(
        table.traces == 0 ? "no traces" : "nothing splits these traces", into: &frame)
    }
    for place in flow.places(of: pane.lines, from: pane.top) {
      let room = self.room(ofColumn: place.column)
      let row = room.row + place.row
      draw(pane.lines[place.line], table, row: row, room, into: &frame)
      if place.line == pane.line, pane.isFocused { mark(row: row, room, into: &frame) }
    }
  }

  /// A column of lines.
  private func room(ofColumn number: Int) -> Rect {
    let columns = area.columns / flow.columns
    // A blank stands between them.
    let gap = number < flow.columns - 1 ? 1 : 0
    return Rect(
      row: area.row + 1, column: area.column + number * columns, rows: flow.rows,
      columns: columns - gap)
  }

  private func drawEdge(into frame: inout Frame) {
    let column = isBelow ? area.column - 1 : area.endColumn
    for row in isBelow ? area.split(top: 1).rest.rowRange : area.rowRange {
      frame.put(glyphs.vertical, row: row, column: column, style: .rule)
    }
  }

  private func drawTitle(into frame: inout Frame) {
    let blank = isBelow ? " " : ""
    let style: Style = pane.isFocused ? .title.bold : .title
    let start = area.column + (isBelow ? 0 : 1)
    let used = frame.put(blank + "FACETS" + blank, row: area.row, column: start, style: style)
    guard let table = pane.table else { return }
    let figures = "\(count(table.traces)) \(glyphs.dot) \(count(table.errors)) err"
    let shown = blank + (pane.isFocused ? figures : "\(key) focus") + blank
    guard used + TextWidth.columns(of: shown) + 3 <= area.columns else { return }
    frame.put(
      shown, row: area.row, endColumn: area.endColumn - (isBelow ? 2 : 1), style: .dim)
  }

  /// A count of requests: an estimate where they are thinned.
  private func count(_ requests: Int) -> String {
    (context.snapshot.statistics.sampledShare == nil ? "" : glyphs.about) + Format.count(requests)
  }

  private func drawNote(_ text: String, into frame: inout Frame) {
    guard area.rows > 1 else { return }
    frame.put(text, row: area.row + 1, column: area.column + 1, style: .dim)
  }

  private func mark(row: Int, _ room: Rect, into frame: inout Frame) {
    frame.put(glyphs.selection, row: row, column: room.column)
    frame.setStyle(row: row, columns: room.columnRange, style: .selection)
  }

  // MARK: - Lines

  private func draw(
    _ line: FacetPaneState.Line, _ table: FacetTable, row: Int, _ room: Rect,
    into frame: inout Frame
  ) {
    switch line {
    case .heading(let index): heading(table.facets[index], row: row, room, into: &frame)
    case .value(let index, let value):
      let facet = table.facets[index]
      self.value(facet.values[value], of: facet, row: row, room, into: &frame)
    case .more(let index):
      let facet = table.facets[index]
      let shown = facet.values.filter { $0.text != nil }.count
      frame.put(
        "\(glyphs.ellipsis) \(Format.count(facet.distinct - shown)) more", row: row,
        column: room.column + 3, style: .dim)
    case .blank: break
    }
  }

  /// The key; at its right how many values it has, and a mark where they tell of errors.
  private func heading(
    _ facet: FacetTable.Facet, row: Int, _ room: Rect, into frame: inout Frame
  ) {
    var end = room.endColumn - 1
    // The verdict does by its nature.
    if facet.tellsErrors, facet.key.field != .intrinsic(.verdict) {
      end -= frame.put("!", row: row, endColumn: end, style: .error) + 1
    }
    let values = "\(Format.count(facet.distinct)) value\(facet.distinct == 1 ? "" : "s")"
    end -= frame.put(values, row: row, endColumn: end, style: .dim) + 1
    frame.put(
      context.cut(facet.key.description, to: end - room.column - 1), row: row,
      column: room.column + 1, style: .key)
  }

  private func value(
    _ value: FacetTable.Value, of facet: FacetTable.Facet, row: Int, _ room: Rect,
    into frame: inout Frame
  ) {
    let bar = room.endColumn - Self.barColumns
    let share = bar - 1
    let count = share - Self.shareColumns - 1
    let name = room.column + 3
    let width = count - Self.countColumns - 1 - name
    let text = value.text.map { $0.isEmpty ? "\"\"" : $0 } ?? "(not set)"
    let others = facet.values.compactMap(\.text)
    frame.put(
      DistinctText.cut(text, to: width, among: others, mark: glyphs.ellipsis), row: row,
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
