import Store

extension Turn {
  mutating func performOnList(_ command: Command) {
    let height = listHeight
    switch command {
    case .moveDown: state.list.move(by: 1, height: height)
    case .moveUp: state.list.move(by: -1, height: height)
    case .halfPageDown: state.list.move(by: height / 2, height: height)
    case .halfPageUp: state.list.move(by: -height / 2, height: height)
    case .pageDown: state.list.move(by: max(1, height - 1), height: height)
    case .pageUp: state.list.move(by: -max(1, height - 1), height: height)
    case .moveToTop: state.list.move(to: 0, height: height)
    case .moveToBottom: state.list.move(to: state.list.count - 1, height: height)
    case .columnLeft: state.list.moveFocus(by: -1, width: listLayout.table.columns)
    case .columnRight: state.list.moveFocus(by: 1, width: listLayout.table.columns)
    case .nextError: moveToFailed(forward: true)
    case .previousError: moveToFailed(forward: false)
    case .open: openSelected()
    case .hold: toggleHold()
    case .follow: state.list.follow(height: height)
    case .sort: sort(state.list.order.next)
    case .reverseSort: sort(by: state.list.order.column)
    case .sortLeft: sortBeside(-1)
    case .sortRight: sortBeside(1)
    case .joinTraces: toggleJoining()
    case .demo: startDemo()
    case .pin: togglePin()
    case .routes: openRoutes()
    case .facets: focusFacets()
    case .groups: openGroups()
    case .traces: (state.routes, state.groups) = (nil, nil)
    case .back where state.routes?.drill != nil: returnToRoutes()
    case .back where state.groups?.drill != nil: returnToGroups()
    case .copy: copySelected()
    case .copyMore: copyCell()
    default: performFiltering(command)
    }
  }

  mutating func performFiltering(_ command: Command) {
    switch command {
    case .filter: openPrompt()
    case .only: filterBySelectedCell(isOnly: true)
    case .exclude: filterBySelectedCell(isOnly: false)
    case .undoFilter:
      if state.filter.undo() {
        ask()
      } else {
        state.notice = Notice("there is no earlier filter to go back to")
      }
    case .previousFilter:
      if state.filter.swap() {
        ask()
      } else {
        state.notice = Notice("there was no filter before this one")
      }
    case .back:
      if !state.filter.isEmpty { clearFilter() }
    default: break
    }
  }

  private mutating func clearFilter() {
    _ = state.filter.apply(FilterState.Step(text: "", chip: nil))
    ask()
  }

  // MARK: - Rows

  var selectedSummary: TraceSummary? {
    state.list.isEmpty ? nil : state.list.selected.flatMap { context.summary(of: $0) }
  }

  mutating func openSelected() {
    state.list.settleOnSeen(height: listHeight)
    guard let summary = selectedSummary else {
      if !state.list.isEmpty { state.notice = Notice("this trace was evicted to make room") }
      return
    }
    state.trace = OpenTrace(number: summary.number, id: summary.id)
  }

  /// How many rows one key press looks at for an error.
  private static let errorSearch = 20_000

  private mutating func moveToFailed(forward: Bool) {
    var row = state.list.row
    for _ in 0..<Self.errorSearch {
      row += forward ? 1 : -1
      guard row >= 0, row < state.list.count else { break }
      let summary = context.summary(of: state.list.trace(at: row))
      guard summary?.verdict.isFailure ?? false else { continue }
      return state.list.move(to: row, height: listHeight)
    }
    state.notice = Notice("no error \(forward ? "below" : "above")")
  }

  private mutating func startDemo() {
    guard state.list.tracesHeld == 0, state.source.connection == .listening else {
      state.notice = Notice("the demo is for an empty list: run `tracetop demo` to send more")
      return
    }
    effects.append(.startDemo)
    state.notice = Notice("demo traffic is on its way", .ok)
  }

  // MARK: - Values

  private mutating func filterBySelectedCell(isOnly: Bool) {
    guard let summary = selectedSummary, let field = state.list.focus.filterField else { return }
    // A model that only filters called is not shown, and still what a filter would find.
    let value =
      state.list.focus.filterValue(of: summary)
      ?? snapshot.summary(of: summary.number, now: now).flatMap(state.list.focus.filterValue)
    narrow(field, value, isOnly: isOnly)
  }

  /// Adds a predicate to the filter in force.
  mutating func narrow(_ field: Filter.Field, _ value: String?, isOnly: Bool) {
    let filter = FilterText.adding(field, value, isOnly: isOnly, to: state.filter.filter)
    applyFilter("\(filter)")
  }

  /// Shows traces that were looked up: under the filter that selects exactly them, or under a name where
  /// none does.
  mutating func show(_ traces: TraceSet, filter: Filter?, title: String) {
    if let filter { return applyFilter("\(filter)") }
    let chip = TraceChip(title: title, traces: traces)
    _ = state.filter.apply(FilterState.Step(text: state.filter.text, chip: chip))
    ask()
  }

  private mutating func copySelected() {
    guard let summary = selectedSummary else { return }
    copy(summary.id.hex, as: "trace id")
  }

  private mutating func copyCell() {
    guard let summary = selectedSummary, let value = state.list.focus.filterValue(of: summary)
    else { return }
    copy(value, as: state.list.focus.header.lowercased())
  }
}
