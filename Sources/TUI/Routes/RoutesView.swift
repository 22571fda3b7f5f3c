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
      pane, routes.lines(of: pane), title: title(routes, block), from: block.rows.column,
      width: block.rows.columns, RouteCellText(context: context))
  }

  /// What a table is of; where not all of its rows are on the screen, which of how many are.
  private static func title(_ routes: RoutesState, _ block: RoutesLayout.Block) -> String {
    let header = RouteColumn.columns(of: block.pane).first?.header ?? ""
    let count = routes.table?.lines(of: block.pane).count ?? 0
    let position = RowPosition(
      first: routes.place(in: block.pane).top, height: block.rows.rows, count: count)
    return position.text.isEmpty ? header : "\(header) \(position.text)"
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
    drawHeading(block, placed, into: &frame)
    let top = routes.place(in: block.pane).top
    for offset in 0..<block.rows.rows where top + offset < lines.count {
      let row = block.rows.row + offset
      for place in placed { draw(lines[top + offset], place, row: row, into: &frame) }
      mark(top + offset, block, placed, row: row, into: &frame)
    }
    drawNotes(block, lines, into: &frame)
  }

  private func drawHeading(
    _ block: RoutesLayout.Block, _ placed: [RouteColumnLayout.Placed], into frame: inout Frame
  ) {
    let isFocused = routes.focus == block.pane
    let place = routes.place(in: block.pane)
    let sorted = place.order.column(in: block.pane)
    for (index, column) in placed.enumerated() {
      var style: Style = isFocused ? .title : .dim
      if isFocused, column.column == place.column { style = .title.bold.underlined }
      var title = index == 0 ? Self.title(routes, block) : column.column.header
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
  }

  private func draw(
    _ line: RouteLine, _ place: RouteColumnLayout.Placed, row: Int, into frame: inout Frame
  ) {
    let text = cells.text(line, place.column)
    let style: Style = text == nil ? .dim : cells.style(line, place.column)
    let shown = context.cut(fit(text ?? "-", place), to: place.width)
    if place.column.isRightAligned {
      frame.put(shown, row: row, endColumn: place.start + place.width, style: style)
    } else {
      frame.put(shown, row: row, column: place.start, style: style)
    }
  }

  /// Where a model's name is too long it is its provider that is left out first.
  private func fit(_ text: String, _ place: RouteColumnLayout.Placed) -> String {
    let names: [RouteColumn] = [.asked, .model, .chosen, .alternative]
    guard names.contains(place.column), TextWidth.columns(of: text) > place.width,
      let slash = text.firstIndex(of: "/")
    else { return text }
    let arrow = place.column == .model ? "\(glyphs.arrow) " : ""
    return arrow + glyphs.ellipsis + text[text.index(after: slash)...]
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
    // The steps that take most, in their order: its name, and a bar for its part of the chain.
    let timed = table.steps.compactMap { step in step.p50.map { (step.key, $0.rawValue) } }
    let total = Double(timed.reduce(0) { $0 &+ $1.1 })
    let longest = timed.sorted { $0.1 > $1.1 }.prefix(Self.chainNames).map(\.0)
    var room = width - line.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
    let cells = min(30, room - Self.chainNames * 14)
    guard total > 0, cells >= 8 else { return line }
    for (key, time) in timed where longest.contains(key) {
      let bar = glyphs.bar(Double(time) / total, columns: cells)
      let name = TextWidth.cut(key.name, to: 16, mark: glyphs.ellipsis)
      let needed = TextWidth.columns(of: name) + TextWidth.columns(of: bar) + 3
      guard needed <= room else { continue }
      room -= needed
      line += [(" \(name) ", .dim), (bar, .bar(for: .filter)), (" ", .text)]
    }
    return line
  }

  /// How many steps the chain's bar names.
  private static let chainNames = 3

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
