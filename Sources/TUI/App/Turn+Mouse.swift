import Store

extension Turn {
  /// Rows that one step of the wheel scrolls.
  private static let wheelRows = 3

  mutating func mouse(_ event: MouseEvent) {
    switch event.kind {
    case .release: break
    case .wheelUp: wheel(-Self.wheelRows, event)
    case .wheelDown: wheel(Self.wheelRows, event)
    case .press: click(event, isDouble: false)
    case .doubleClick: click(event, isDouble: true)
    }
  }

  private mutating func wheel(_ rows: Int, _ event: MouseEvent) {
    if state.help != nil {
      scrollHelp(by: rows)
    } else if state.filesTop != nil {
      scrollFiles(by: rows)
    } else if state.trace == nil, state.shownRoutes != nil {
      wheelRoutes(rows, event)
    } else if state.trace == nil, state.shownGroups != nil {
      wheelGroups(rows)
    } else if state.trace == nil, wheelFacets(rows, event) {
      return
    } else if state.trace == nil {
      state.list.scroll(by: rows, height: listHeight)
    } else if traceLayout.details.contains(row: event.row, column: event.column) {
      withDetails { details, lines, height in details.scroll(by: rows, in: lines, height: height) }
    } else {
      onTree { $0.scroll(by: rows, height: $1) }
    }
  }

  private mutating func click(_ event: MouseEvent, isDouble: Bool) {
    guard state.help == nil, state.filesTop == nil, state.prompt == nil, state.trace?.find == nil
    else { return }
    if state.trace == nil, state.shownRoutes != nil {
      clickRoutes(event, isDouble: isDouble)
    } else if state.trace == nil, state.shownGroups != nil {
      clickGroups(event, isDouble: isDouble)
    } else if state.trace == nil, clickFacets(event, isDouble: isDouble) {
      return
    } else if state.trace == nil {
      clickList(event, isDouble: isDouble)
    } else if traceLayout.details.contains(row: event.row, column: event.column) {
      clickDetails(event, isDouble: isDouble)
    } else {
      clickTree(event, isDouble: isDouble)
    }
  }

  // MARK: - Screens

  private mutating func clickList(_ event: MouseEvent, isDouble: Bool) {
    let table = listLayout.table
    if event.row == listLayout.header { return clickHead(event) }
    guard table.contains(row: event.row, column: event.column) else { return }
    let row = state.list.top + event.row - table.row
    guard row < state.list.count else { return }
    state.list.move(to: row, height: listHeight)
    if let column = listColumn(at: event), ListColumn.focusable.contains(column) {
      state.list.setFocus(column)
    }
    if isDouble { openSelected() }
  }

  /// A click on the head of a column sorts by it; on that of the sorted one it turns the order around.
  private mutating func clickHead(_ event: MouseEvent) {
    guard !state.list.isEmpty, let column = listColumn(at: event)?.order else { return }
    sort(by: column)
  }

  private func listColumn(at event: MouseEvent) -> ListColumn? {
    let table = listLayout.table
    return state.list.placed(width: table.columns, from: table.column).first {
      event.column >= $0.start && event.column <= $0.start + $0.width
    }?.column
  }

  private mutating func clickTree(_ event: MouseEvent, isDouble: Bool) {
    guard let waterfall = state.trace?.waterfall else { return }
    let layout = traceLayout
    guard layout.tree.contains(row: event.row, column: event.column) else { return }
    let place = waterfall.top + event.row - layout.tree.row
    guard waterfall.visible.indices.contains(place) else { return }
    if state.trace?.focus == .details { focus(.tree) }
    onTree { $0.move(to: place, height: $1) }
    let mark = TreeIndent(
      depth: waterfall.tree.rows[waterfall.visible[place]].depth, columns: layout.columns.label)
    let isOnMark = mark.foldColumns.contains(event.column) && waterfall.isFoldable(place)
    if isOnMark {
      onTree { $0.toggleFold(at: place, height: $1) }
    } else if isDouble {
      openSpan()
    }
  }

  private mutating func clickDetails(_ event: MouseEvent, isDouble: Bool) {
    focus(.details)
    let area = detailArea
    guard area.contains(row: event.row, column: event.column) else { return }
    withDetails { details, lines, height in
      let line = details.top + event.row - area.row
      guard line < lines.count, !lines.isHeading(line) else { return }
      details.select(lines.lines[line].item, in: lines, height: height)
      if isDouble { details.toggleOpen() }
    }
  }
}
