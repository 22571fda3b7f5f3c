import Store

/// Draws the table of groups.
struct GroupsView {
  let context: ViewContext
  let groups: GroupsState
  let area: Rect

  private var glyphs: Glyphs { context.glyphs }

  /// The rows of values on a screen: below its two lines at the top and the heading.
  static func rows(_ size: Size) -> Rect {
    Rect(row: 3, column: 0, rows: size.rows - 5, columns: size.columns)
  }

  func draw(into frame: inout Frame) {
    let placed = GroupColumn.placed(width: area.columns)
    drawHeading(placed, into: &frame)
    for offset in 0..<area.rows {
      let index = groups.top + offset
      guard groups.lines.indices.contains(index) else { return }
      draw(groups.lines[index], placed, row: area.row + offset, into: &frame)
      guard index == groups.index else { continue }
      frame.put(glyphs.selection, row: area.row + offset, column: area.column)
      frame.setStyle(row: area.row + offset, columns: area.columnRange, style: .selection)
    }
  }

  private func drawHeading(_ placed: [GroupColumn.Placed], into frame: inout Frame) {
    let row = area.row - 1
    for place in placed {
      var title = place.column == .value ? groups.key.description : header(place.column)
      let isSorted = place.column == groups.column
      if isSorted { title += groups.isReversed ? glyphs.up : glyphs.down }
      let style: Style = isSorted ? .title.underlined : .dim
      if place.column == .value {
        let position = RowPosition(
          first: groups.top, height: area.rows, count: groups.lines.count)
        if !position.text.isEmpty {
          let room = place.width - TextWidth.columns(of: position.text) - 1
          title = "\(context.cut(title, to: room)) \(position.text)"
        }
        frame.put(
          context.cut(title, to: place.width), row: row, column: place.start, style: .title)
      } else {
        frame.put(title, row: row, endColumn: place.start + place.width, style: style)
      }
    }
  }

  private func header(_ column: GroupColumn) -> String {
    column == .traces ? context.unit.header : column.header
  }

  private func draw(
    _ line: GroupsState.Line, _ placed: [GroupColumn.Placed], row: Int, into frame: inout Frame
  ) {
    for place in placed {
      switch place.column {
      case .value:
        let (text, style) = name(line)
        frame.put(
          context.cut(text, to: place.width), row: row, column: place.start, style: style)
      case .bar:
        frame.put(
          glyphs.bar(line.row.errorRate, columns: place.width), row: row, column: place.start,
          width: place.width, style: .barError)
      default:
        let text = self.text(place.column, line.row)
        frame.put(
          text ?? "-", row: row, endColumn: place.start + place.width,
          style: text == nil ? .dim : style(place.column, line.row))
      }
    }
  }

  private func name(_ line: GroupsState.Line) -> (String, Style) {
    switch line {
    case .group(let row):
      let value = row.value ?? ""
      return (value.isEmpty ? "\"\"" : value, .value)
    case .others(_, let values):
      let least = groups.table?.isAtLeast ?? false
      return ("(\(least ? "at least " : "")\(Format.count(max(1, values))) others)", .dim)
    case .notSet: return ("(not set)", .dim)
    }
  }

  private func style(_ column: GroupColumn, _ row: GroupTable.Row) -> Style {
    switch column {
    case .errors, .share: row.errors > 0 ? .error : .dim
    case .firstError: .dim
    default: .number
    }
  }

  private func text(_ column: GroupColumn, _ row: GroupTable.Row) -> String? {
    switch column {
    case .value, .bar: nil
    case .traces: Format.count(row.traces)
    case .errors: Format.count(row.errors)
    case .share: Format.percent(row.errorRate)
    case .p50: row.p50.map { context.duration($0) }
    case .p95: row.p95.map { context.duration($0) }
    case .p99: row.p99.map { context.duration($0) }
    case .tokens: row.tokens.map { Format.count($0) }
    case .cost: row.costUSD.map { Format.cost($0) }
    case .firstError: row.firstError.map { Format.clock($0, zone: context.zone) }
    }
  }
}
