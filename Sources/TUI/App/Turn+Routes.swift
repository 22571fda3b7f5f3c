import Store

/// The screen of routes and filters.
extension Turn {
  mutating func openRoutes() {
    if state.routes == nil { state.routes = RoutesState() }
    state.routes?.drill = nil
    askRoutes()
  }

  /// Back from the traces behind a figure, with the filter that there was before.
  mutating func returnToRoutes() {
    guard let drill = state.routes?.drill else { return }
    state.routes?.drill = nil
    if state.filter.step != drill.filter {
      _ = state.filter.apply(drill.filter)
      ask()
    }
    askRoutes()
  }

  private mutating func askRoutes() { effects.append(.routes(state.routes?.window)) }

  /// To the list, with whatever filter is in force now.
  private mutating func leaveRoutes() {
    state.routes = nil
    effects.append(.routes(nil))
  }

  // MARK: - Answers

  mutating func accept(_ table: RouteTable, generation: Int) {
    // While the traces behind a figure are looked at, the tables stay as they were left.
    guard generation == state.generation, state.shownRoutes != nil else { return }
    state.routes?.accept(table, generation: generation, isOnHold: state.list.isOnHold)
    scrollRoutes()
  }

  /// The traces behind a figure: shown in the list, under a filter or under a name.
  mutating func accept(_ traces: TraceSet, filter: Filter?, search: Int) {
    guard let routes = state.routes, routes.drill == nil, search == routes.search, search > 0
    else { return }
    guard traces.count > 0 else {
      state.notice = Notice("no trace is behind this figure")
      return
    }
    state.routes?.drill = RoutesState.Drill(filter: state.filter.step)
    show(traces, filter: filter, title: routesTitle)
    effects.append(.routes(nil))
  }

  /// What the figure under the cursor counts, for the chip.
  private var routesTitle: String {
    guard let routes = state.routes, let line = routes.selectedLine else { return "chosen" }
    let cells = RouteCellText(context: context)
    let columns: [RouteColumn] =
      switch routes.focus {
      case .routes: [.route, .asked, .model]
      case .switches: [.outcome, .chosen]
      case .steps: [.filter, .hook]
      case .denials: [.deniedBy, .code]
      }
    let part = routes.place(in: routes.focus).column.partTitle
    let texts = columns.compactMap { cells.text(line, $0) } + (part.isEmpty ? [] : [part])
    return texts.joined(separator: " ")
  }

  // MARK: - Layout

  var routesLayout: RoutesLayout? {
    state.routes.map { RoutesView.layout($0, state.size) }
  }

  /// Keeps each table's selection on the screen.
  mutating func scrollRoutes() {
    guard let layout = routesLayout else { return }
    for block in layout.blocks { state.routes?.scroll(block.pane, height: block.rows.rows) }
  }

  private var shownColumns: [RouteColumn] {
    guard let routes = state.routes, let block = routesLayout?.block(of: routes.focus) else {
      return []
    }
    return RoutesView.columns(of: routes.focus, routes, block, context).map(\.column)
  }

  // MARK: - Commands

  mutating func performOnRoutes(_ command: Command) {
    let height = routesLayout.flatMap { layout in
      state.routes.flatMap { layout.block(of: $0.focus)?.rows.rows }
    }
    let page = max(1, (height ?? 2) - 1)
    switch command {
    case .moveDown: state.routes?.move(by: 1)
    case .moveUp: state.routes?.move(by: -1)
    case .halfPageDown: movePage(by: max(1, page / 2))
    case .halfPageUp: movePage(by: -max(1, page / 2))
    case .pageDown: movePage(by: page)
    case .pageUp: movePage(by: -page)
    case .moveToTop: movePage(by: -1_000_000)
    case .moveToBottom: movePage(by: 1_000_000)
    case .columnLeft, .columnRight:
      let shown = shownColumns
      state.routes?.moveColumn(by: command == .columnLeft ? -1 : 1, among: shown)
    case .switchPane: state.routes?.switchPane(forward: true)
    case .switchPaneBack: state.routes?.switchPane(forward: false)
    case .maximize: state.routes?.isMaximized.toggle()
    case .sort, .reverseSort:
      if let sentence = state.routes?.sort(reverse: command == .reverseSort) {
        state.notice = Notice(sentence)
      }
    case .widenWindow: changeWindow(by: 1)
    case .narrowWindow: changeWindow(by: -1)
    case .open: findTraces()
    case .only: narrowRoutes(isOnly: true)
    case .exclude: narrowRoutes(isOnly: false)
    case .hold:
      state.list.toggleHold(height: listHeight)
      if !state.list.isOnHold { state.routes?.release() }
    case .copyMore: copyRoute()
    case .back, .traces: leaveRoutes()
    default: performFiltering(command)
    }
    scrollRoutes()
  }

  private mutating func movePage(by rows: Int) {
    guard let routes = state.routes else { return }
    let index = routes.place(in: routes.focus).index
    state.routes?.move(to: index + rows, in: routes.focus)
  }

  private mutating func changeWindow(by step: Int) {
    guard let routes = state.routes else { return }
    guard state.routes?.changeWindow(by: step) ?? false else {
      state.notice = Notice("the window is \(routes.window.name) already")
      return
    }
    askRoutes()
  }

  private mutating func findTraces() {
    guard let routes = state.routes, let line = routes.selectedLine,
      let cell = routes.selectedCell
    else { return }
    state.routes?.search += 1
    let drafts = RouteFilters.drafts(of: line, cell.part, under: state.filter.filter)
    effects.append(.routeTraces(cell, drafts: drafts, generation: routes.search + 1))
  }

  private mutating func narrowRoutes(isOnly: Bool) {
    guard let routes = state.routes, let line = routes.selectedLine else { return }
    let column = routes.place(in: routes.focus).column
    guard let filter = RouteFilters.narrowing(line, column) else {
      state.notice = Notice("this row is nothing to filter by")
      return
    }
    let joined = Filter.joining([state.filter.filter, isOnly ? filter : filter.negated])
    applyFilter(joined.map { "\($0)" } ?? "")
  }

  private mutating func copyRoute() {
    guard let routes = state.routes, let line = routes.selectedLine else { return }
    let column = routes.place(in: routes.focus).column
    guard let text = RouteCellText(context: context).text(line, column) else { return }
    copy(text, as: "value")
  }

  // MARK: - Mouse

  mutating func clickRoutes(_ event: MouseEvent, isDouble: Bool) {
    guard let layout = routesLayout, let routes = state.routes,
      let block = layout.block(row: event.row, column: event.column)
    else { return }
    state.routes?.focus(on: block.pane)
    let placed = RoutesView.columns(of: block.pane, routes, block, context)
    let column = placed.last { event.column >= $0.start - 1 }?.column
    if let column { state.routes?.setColumn(column) }
    guard block.rows.contains(row: event.row, column: event.column) else { return scrollRoutes() }
    let index = routes.place(in: block.pane).top + event.row - block.rows.row
    guard index < routes.lines(of: block.pane).count else { return scrollRoutes() }
    state.routes?.move(to: index, in: block.pane)
    scrollRoutes()
    if isDouble { findTraces() }
  }

  mutating func wheelRoutes(_ rows: Int, _ event: MouseEvent) {
    guard let block = routesLayout?.block(row: event.row, column: event.column) else { return }
    state.routes?.scroll(block.pane, by: rows, height: block.rows.rows)
  }
}
