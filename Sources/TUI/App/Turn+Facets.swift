import Store

/// The pane of facets beside the list.
extension Turn {
  var facetFlow: FacetFlow { listLayout.facetFlow }

  // MARK: - Open and closed

  /// From the list: shows the pane and gives it the keys.
  mutating func focusFacets() {
    state.facets.isOpen = true
    state.facets.isFocused = true
    state.list.resize(height: listHeight)
  }

  /// Back to the list. The pane stays where the screen has room for both.
  private mutating func leaveFacets(closing: Bool) {
    state.facets.isFocused = false
    // On a narrow screen it is closed unless asked for; on a wide one open unless closed.
    let isWide = state.size.columns >= TraceListLayout.facetsFrom
    if closing || !isWide { state.facets.isOpen = isWide ? false : nil }
    state.list.resize(height: listHeight)
  }

  /// After every message: tables are asked for while the pane is on the screen, and no longer.
  mutating func keepFacets() {
    let isWanted = state.showsFacets
    if !isWanted { state.facets.isFocused = false }
    guard isWanted != state.facets.isAsked else { return }
    state.facets.isAsked = isWanted
    effects.append(.facets(isWanted))
  }

  mutating func accept(_ table: FacetTable, generation: Int) {
    guard generation == state.generation else { return }
    let flow = facetFlow
    state.facets.accept(table, generation: generation, isOnHold: state.list.isOnHold, flow)
  }

  // MARK: - Commands

  mutating func performOnFacets(_ command: Command) {
    let flow = facetFlow
    switch command {
    case .moveDown: state.facets.move(by: 1, flow)
    case .moveUp: state.facets.move(by: -1, flow)
    case .halfPageDown: state.facets.move(by: flow.page / 2, flow)
    case .halfPageUp: state.facets.move(by: -flow.page / 2, flow)
    case .pageDown: state.facets.move(by: flow.page, flow)
    case .pageUp: state.facets.move(by: -flow.page, flow)
    case .moveToTop: state.facets.move(to: 0, flow)
    case .moveToBottom: state.facets.move(to: state.facets.lines.count - 1, flow)
    case .only: filterByFacet(isOnly: true)
    case .exclude: filterByFacet(isOnly: false)
    case .open: openFacet()
    case .facets: leaveFacets(closing: true)
    case .back, .switchPane: leaveFacets(closing: false)
    case .hold: toggleHold()
    case .copyMore:
      if let value = state.facets.selected?.value?.text { copy(value, as: "value") }
    default: performFiltering(command)
    }
  }

  /// On a key its groups; on a value the traces that have it.
  private mutating func openFacet() {
    guard let selected = state.facets.selected else { return }
    guard selected.value != nil else { return openGroups(by: selected.facet.key) }
    filterByFacet(isOnly: true)
    leaveFacets(closing: false)
  }

  private mutating func filterByFacet(isOnly: Bool) {
    guard let selected = state.facets.selected else { return }
    guard let value = selected.value else {
      state.notice = Notice("choose a value to filter by; Enter shows all values of the key")
      return
    }
    narrow(selected.facet.key.field, value.text, isOnly: isOnly)
  }

  /// Holds the list and whatever stands beside it.
  mutating func toggleHold() {
    state.list.toggleHold(height: listHeight)
    guard !state.list.isOnHold else { return }
    let (facets, groups) = (facetFlow, GroupsView.rows(state.size).rows)
    state.facets.release(facets)
    state.groups?.release(height: groups)
  }

  // MARK: - Mouse

  /// Takes a click in the pane; false where it was elsewhere.
  mutating func clickFacets(_ event: MouseEvent, isDouble: Bool) -> Bool {
    guard let area = listLayout.facets, area.contains(row: event.row, column: event.column) else {
      state.facets.isFocused = false
      return false
    }
    state.facets.isFocused = true
    let flow = facetFlow
    let column = (event.column - area.column) / max(1, area.columns / flow.columns)
    let place = flow.places(of: state.facets.lines, from: state.facets.top).first {
      $0.row == event.row - area.row - 1 && $0.column == min(column, flow.columns - 1)
    }
    guard let place else { return true }
    state.facets.move(to: place.line, flow)
    if isDouble { openFacet() }
    return true
  }

  /// Scrolls the pane under the wheel; false where the wheel was elsewhere.
  mutating func wheelFacets(_ rows: Int, _ event: MouseEvent) -> Bool {
    guard let area = listLayout.facets, area.contains(row: event.row, column: event.column) else {
      return false
    }
    let flow = facetFlow
    state.facets.scroll(by: rows, flow)
    return true
  }
}

extension AppState {
  /// Whether the pane of facets is on the screen.
  var showsFacets: Bool {
    guard trace == nil, help == nil, shownRoutes == nil, shownGroups == nil else { return false }
    return facets.isOpen ?? (size.columns >= TraceListLayout.facetsFrom && !list.isEmpty)
  }

  /// The screen of groups, unless the list of traces is on top of it.
  var shownGroups: GroupsState? { groups.flatMap { $0.drill == nil ? $0 : nil } }
}
