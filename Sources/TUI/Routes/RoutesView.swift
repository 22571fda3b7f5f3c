import Store

/// Draws the tables of the screen of routes and filters.
struct RoutesView {
  let context: ViewContext
  let routes: RoutesState
  let layout: RoutesLayout

  private var glyphs: Glyphs { context.glyphs }
  private var cells: RouteCellText { RouteCellText(context: context) }

  init(context: ViewContext, routes: RoutesState, size: Size) {
    self.context = context
    self.routes = routes
    layout = Self.layout(routes, size)
  }

  /// The layout for what there is to show.
  static func layout(_ routes: RoutesState, _ size: Size) -> RoutesLayout {
    guard let table = routes.table else {
      return RoutesLayout(size, [], focus: .routes, isMaximized: false)
    }
    let contents = routes.panes.map { pane in
      var content = RoutesLayout.Content(pane: pane, rows: table.lines(of: pane).count)
      switch pane {
      case .routes: content.notes = table.decisionShare != nil || !table.switches.isEmpty ? 1 : 0
      case .steps: content.notes = table.chainP50 != nil ? 1 : 0
      case .denials: content.examples = min(6, longestExamples(table))
      case .switches: break
      }
      return content
    }
    return RoutesLayout(
      size, contents, focus: routes.focus, isMaximized: routes.isMaximized)
  }

  private static func longestExamples(_ table: RouteTable) -> Int {
    table.denials.reduce(0) { max($0, $1.examples.count) }
  }

  /// The columns of a table as they stand in its block.
  static func columns(
    of pane: RoutePane, _ routes: RoutesState, _ block: RoutesLayout.Block, _ context: ViewContext
  ) -> [RouteColumnLayout.Placed] {
    RouteColumnLayout.place(
      pane, routes.lines(of: pane), from: block.rows.column, width: block.rows.columns,
      RouteCellText(context: context))
  }

  func draw(into frame: inout Frame) {
    for block in layout.blocks { draw(block, into: &frame) }
    guard let divider = layout.divider else { return }
    for row in RoutesLayout.filter + 1..<layout.notice {
      frame.put(glyphs.vertical, row: row, column: divider, style: .rule)
    }
  }

  // MARK: - One table

  private func draw(_ block: RoutesLayout.Block, into frame: inout Frame) {
    let lines = routes.lines(of: block.pane)
    let placed = Self.columns(of: block.pane, routes, block, context)
    drawHeading(block, placed, count: lines.count, into: &frame)
    let top = routes.place(in: block.pane).top
    for offset in 0..<block.rows.rows where top + offset < lines.count {
      let row = block.rows.row + offset
      for place in placed { draw(lines[top + offset], place, row: row, into: &frame) }
      mark(top + offset, block, placed, row: row, into: &frame)
    }
    drawNotes(block, lines, into: &frame)
  }

  private func drawHeading(
    _ block: RoutesLayout.Block, _ placed: [RouteColumnLayout.Placed], count: Int,
    into frame: inout Frame
  ) {
    let isFocused = routes.focus == block.pane
    let place = routes.place(in: block.pane)
    let sorted = place.order.column(in: block.pane)
    for column in placed {
      var style: Style = isFocused ? .title : .dim
      if isFocused, column.column == place.column { style = .title.bold.underlined }
      var title = column.column.header
      if column.column == sorted { title += place.isReversed ? glyphs.up : glyphs.down }
      if column.column == .model { title = "\(glyphs.arrow) \(title)" }
      if column.column.isRightAligned {
        frame.put(
          title, row: block.heading, endColumn: column.start + column.width, style: style)
      } else {
        frame.put(
          title, row: block.heading, column: column.start, width: column.width, style: style)
      }
    }
    // What does not fit is said: which of how many rows these are.
    guard count > block.rows.rows, let last = placed.last else { return }
    let first = place.top + 1
    let shown = block.rows.rows == 0 ? "" : "\(first)-\(place.top + block.rows.rows) of "
    let text = " \(shown)\(Format.count(count))"
    let end = block.rows.endColumn - 1
    let isRoomy = last.start + last.width + TextWidth.columns(of: text) < end
    if isRoomy { return _ = frame.put(text, row: block.heading, endColumn: end, style: .dim) }
    // Where figures reach to the edge it stands behind the first title.
    guard let title = placed.first, placed.count > 1 else { return }
    let at = title.start + TextWidth.columns(of: title.column.header)
    guard at + TextWidth.columns(of: text) < placed[1].start else {
      return _ = frame.put(
        "+\(Format.count(count - block.rows.rows))", row: block.heading, column: block.rows.column,
        style: .dim)
    }
    frame.put(text, row: block.heading, column: at, style: .dim)
  }

  private func draw(
    _ line: RouteLine, _ place: RouteColumnLayout.Placed, row: Int, into frame: inout Frame
  ) {
    let text = cells.text(line, place.column)
    let style: Style = text == nil ? .dim : cells.style(line, place.column)
    let shown = context.cut(text ?? "-", to: place.width)
    if place.column.isRightAligned {
      frame.put(shown, row: row, endColumn: place.start + place.width, style: style)
    } else {
      frame.put(shown, row: row, column: place.start, style: style)
    }
  }

  /// Marks the selected row, and in the focused table the figure under the cursor.
  private func mark(
    _ index: Int, _ block: RoutesLayout.Block, _ placed: [RouteColumnLayout.Placed], row: Int,
    into frame: inout Frame
  ) {
    let place = routes.place(in: block.pane)
    guard index == place.index, routes.focus == block.pane else { return }
    frame.put(glyphs.selection, row: row, column: block.rows.column)
    frame.setStyle(row: row, columns: block.rows.columnRange, style: .selection)
    guard let cell = placed.first(where: { $0.column == place.column }) else { return }
    frame.setStyle(
      row: row, columns: cell.start..<cell.start + cell.width, style: .selection.bold.underlined)
  }

  // MARK: - Below the rows

  private func drawNotes(
    _ block: RoutesLayout.Block, _ lines: [RouteLine], into frame: inout Frame
  ) {
    guard let table = routes.table, block.notes.rows > 0 else { return }
    let column = block.notes.column + 1
    let width = block.notes.columns - 2
    switch block.pane {
    case .routes:
      frame.put(cells.summary(table), row: block.notes.row, column: column, width: width)
    case .steps:
      frame.put(chain(table, width: width), row: block.notes.row, column: column, width: width)
    case .denials: drawExamples(block, lines, into: &frame)
    case .switches: break
    }
  }

  /// What the whole chain takes, and a bar of its steps by the time each takes.
  private func chain(_ table: RouteTable, width: Int) -> StyledLine {
    var line: StyledLine = [("chain p50 ", .dim)]
    line.append((table.chainP50.map { context.duration($0) } ?? "-", .number))
    if let share = table.chainShare {
      line.append((" = ", .dim))
      line.append((Format.percent(share), .number))
      line.append((" of the time  ", .dim))
    }
    let used = line.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
    let room = width - used
    guard room >= 16 else { return line }
    let timed = table.steps.compactMap { step in step.p50.map { (step.key.name, $0.rawValue) } }
    let total = Double(timed.reduce(0) { $0 &+ $1.1 })
    guard total > 0 else { return line }
    // Half for the bars, half for the names of those that take most.
    let cells = room / 2
    let named = timed.sorted { $0.1 > $1.1 }.prefix(4).map(\.0)
    var left = room - cells
    for (name, time) in timed {
      let share = Double(time) / total
      line.append((glyphs.bar(share, columns: cells), .bar(for: .filter)))
      let label = " \(TextWidth.cut(name, to: 12, mark: glyphs.ellipsis)) "
      guard named.contains(name), TextWidth.columns(of: label) <= left else {
        if share * Double(cells) >= 1 { line.append((" ", .text)) }
        continue
      }
      left -= TextWidth.columns(of: label)
      line.append((label, .dim))
    }
    return line
  }

  private func drawExamples(
    _ block: RoutesLayout.Block, _ lines: [RouteLine], into frame: inout Frame
  ) {
    let index = routes.place(in: .denials).index
    guard lines.indices.contains(index), case .denial(let denial) = lines[index] else { return }
    for (offset, example) in denial.examples.prefix(block.notes.rows).enumerated() {
      frame.put(
        [("\(offset == 0 ? glyphs.lastBranch : " ") ", .dim)] + cells.example(example),
        row: block.notes.row + offset, column: block.notes.column + 2,
        width: block.notes.columns - 3)
    }
  }
}
