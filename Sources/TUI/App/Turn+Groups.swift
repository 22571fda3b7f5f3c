public import Store

/// The screen of groups.
extension Turn {
  private var groupHeight: Int { GroupsView.rows(state.size).rows }

  /// Keys that `b` goes through, besides those of the facets.
  private static let usualKeys: [GroupKey] = [
    .dimension(.tenant), .dimension(.user), .dimension(.model), .dimension(.route),
    .dimension(.provider), .intrinsic(.service), .intrinsic(.role), .intrinsic(.verdict),
    .intrinsic(.rootName),
  ].compactMap { GroupKey($0) }

  mutating func openGroups(by key: GroupKey? = nil) {
    let key = key ?? state.groups?.key ?? Self.usualKeys.first
    guard let key else { return }
    if state.groups == nil { state.groups = GroupsState(key: key) }
    if state.groups?.key != key { state.groups?.change(to: key) }
    state.groups?.drill = nil
    state.facets.isFocused = false
    askGroups()
  }

  /// Back from the traces of a group, with the filter that there was before.
  mutating func returnToGroups() {
    guard let step = state.groups?.drill else { return }
    state.groups?.drill = nil
    if state.filter.step != step {
      _ = state.filter.apply(step)
      ask()
    }
    askGroups()
  }

  private mutating func askGroups() {
    effects.append(.groups(state.groups.map { GroupOrder(key: $0.key, window: $0.window) }))
  }

  /// To the list, with whatever filter is in force now.
  mutating func leaveGroups() {
    state.groups = nil
    effects.append(.groups(nil))
  }

  mutating func accept(_ table: GroupTable, generation: Int) {
    guard generation == state.generation, state.shownGroups != nil else { return }
    let height = groupHeight
    state.groups?.accept(
      table, generation: generation, isOnHold: state.list.isOnHold, height: height)
  }

  // MARK: - Commands

  mutating func performOnGroups(_ command: Command) {
    let height = groupHeight
    let page = max(1, height - 1)
    switch command {
    case .moveDown: state.groups?.move(by: 1, height: height)
    case .moveUp: state.groups?.move(by: -1, height: height)
    case .halfPageDown: state.groups?.move(by: max(1, page / 2), height: height)
    case .halfPageUp: state.groups?.move(by: -max(1, page / 2), height: height)
    case .pageDown: state.groups?.move(by: page, height: height)
    case .pageUp: state.groups?.move(by: -page, height: height)
    case .moveToTop: state.groups?.move(to: 0, height: height)
    case .moveToBottom: state.groups?.move(to: .max, height: height)
    case .sort, .reverseSort:
      if let sentence = state.groups?.sort(reverse: command == .reverseSort, height: height) {
        state.notice = Notice(sentence)
      }
    case .widenWindow: changeGroupWindow(by: 1)
    case .narrowWindow: changeGroupWindow(by: -1)
    case .groups: changeGroupKey(by: 1)
    case .previousKey: changeGroupKey(by: -1)
    case .open: openGroupTraces()
    case .only: narrowGroup(isOnly: true)
    case .exclude: narrowGroup(isOnly: false)
    case .hold: toggleHold()
    case .copyMore:
      if case .group(let row)? = state.groups?.selected, let value = row.value {
        copy(value, as: "value")
      }
    case .back, .traces: leaveGroups()
    default: performFiltering(command)
    }
  }

  private mutating func changeGroupWindow(by step: Int) {
    guard let window = state.groups?.window else { return }
    guard state.groups?.changeWindow(by: step) ?? false else {
      state.notice = Notice("the window is \(window.name) already")
      return
    }
    askGroups()
  }

  private mutating func changeGroupKey(by step: Int) {
    guard let key = state.groups?.key else { return }
    var keys = Self.usualKeys
    for facet in state.facets.table?.facets ?? [] where !keys.contains(facet.key) {
      keys.append(facet.key)
    }
    let place = keys.firstIndex(of: key).map { $0 + step } ?? 0
    openGroups(by: keys[(place + keys.count) % keys.count])
  }

  /// The list of the traces of a group, on top of the table: exactly those that its row counts, which a
  /// filter for the value need not select. A trace may have it under a key that goes after others.
  private mutating func openGroupTraces() {
    guard let line = selectedGroup, let groups = state.groups,
      let search = state.groups?.seek(line)
    else { return }
    let draft = FilterText.adding(
      groups.key.field, line.row.value, isOnly: true, to: state.filter.filter)
    effects.append(
      .groupTraces(line.row.value, draft: draft, generation: search))
  }

  /// The traces of a group: shown in the list, under a filter or under a name.
  mutating func acceptGroup(_ traces: TraceSet, filter: Filter?, search: Int) {
    guard let groups = state.groups, groups.drill == nil, search == groups.search, search > 0
    else { return }
    guard traces.count > 0 else {
      state.notice = Notice("no trace is behind this row any more")
      return
    }
    state.groups?.drill = state.filter.step
    show(traces, filter: filter, title: groups.sought)
    effects.append(.groups(nil))
  }

  /// The row that is selected; nil, with a word about it, where the line is no value.
  private var selectedGroup: GroupsState.Line? {
    mutating get {
      guard let line = state.groups?.selected else { return nil }
      guard case .others = line else { return line }
      state.notice = Notice("these are many values; a narrower filter tells them apart")
      return nil
    }
  }

  private mutating func narrowGroup(isOnly: Bool) {
    guard let groups = state.groups, let line = selectedGroup else { return }
    narrow(groups.key.field, line.row.value, isOnly: isOnly)
  }

  /// After the screen changed its size.
  mutating func scrollGroups() {
    let (groups, facets) = (groupHeight, facetFlow)
    state.groups?.scroll(by: 0, height: groups)
    state.facets.scroll(by: 0, facets)
  }

  // MARK: - Mouse

  mutating func clickGroups(_ event: MouseEvent, isDouble: Bool) {
    let rows = GroupsView.rows(state.size)
    guard rows.contains(row: event.row, column: event.column), let groups = state.groups else {
      return
    }
    let index = groups.top + event.row - rows.row
    guard groups.lines.indices.contains(index) else { return }
    state.groups?.move(to: index, height: rows.rows)
    if isDouble { openGroupTraces() }
  }

  mutating func wheelGroups(_ rows: Int) {
    let height = groupHeight
    state.groups?.scroll(by: rows, height: height)
  }
}

/// What groups are asked for.
public struct GroupOrder: Equatable, Sendable {
  public var key: GroupKey
  public var window: RouteWindow
}
