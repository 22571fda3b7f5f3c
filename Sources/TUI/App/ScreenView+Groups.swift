import Store

/// The screen of groups: its two lines at the top, and what stands there when there is nothing to show.
extension ScreenView {
  func drawGroups(_ groups: GroupsState, into frame: inout Frame) {
    drawGroupsHeader(groups, into: &frame)
    let rows = GroupsView.rows(frame.size)
    if groups.lines.isEmpty {
      let area = Rect(row: 2, column: 0, rows: rows.rows + 1, columns: frame.size.columns)
      frame.putBlock(emptyGroups(groups), in: area)
    } else {
      GroupsView(context: context, groups: groups, area: rows).draw(into: &frame)
    }
    if let prompt = state.prompt {
      FilterPromptView(context: context, prompt: prompt, row: 1, below: 2..<frame.size.rows - 2)
        .draw(into: &frame)
    } else {
      FilterLine(
        context: context, filter: state.filter.text, chip: state.filter.chip?.text,
        right: groupsProgress(groups)
      ).draw(row: 1, into: &frame)
    }
  }

  // MARK: - Header

  private func drawGroupsHeader(_ groups: GroupsState, into frame: inout Frame) {
    let columns = frame.size.columns
    let mark = LiveMark(
      context: context, isOnHold: state.list.isOnHold, connection: state.source.connection)
    let clock = mark.clock(
      isFlowing: state.list.traffic.spansPerSecond > 0, lastArrival: state.lastArrival)
    let end =
      columns - 3 - TextWidth.columns(of: clock.text) - TextWidth.columns(of: mark.state.text)
    var at = 1 + frame.put("WHO IS AFFECTED", row: 0, column: 1, style: .title.bold) + 2
    at += frame.put("by ", row: 0, column: at, style: .dim)
    let key = context.cut(groups.key.description, to: max(8, min(30, end - at - 24)))
    at += frame.put(key, row: 0, column: at, style: .key) + 2
    let window = groups.window == .all ? "all held" : groups.window.name
    at += frame.put(window, row: 0, column: at, style: .value.bold) + 3
    for figure in groupsFigures(groups.table) {
      let width = TextWidth.columns(of: figure.text)
      guard at + width <= end else { break }
      at += frame.put(figure.text, row: 0, column: at, style: figure.style) + 3
    }
    frame.put(clock.text, row: 0, endColumn: columns - 1, style: clock.style)
    frame.put(
      mark.state.text, row: 0, endColumn: columns - 3 - TextWidth.columns(of: clock.text),
      style: mark.state.style)
  }

  private func groupsFigures(_ table: GroupTable?) -> StyledLine {
    guard let table, table.traces > 0 else { return [] }
    let share = Double(table.errors) / Double(table.traces)
    let affected = table.rows.filter { $0.errors > 0 }.count
    let values = "\(table.isAtLeast ? "at least " : "")\(Format.grouped(UInt64(table.values)))"
    return [
      (
        "\(table.isScaled ? glyphs.about : "")\(Format.count(table.traces)) "
          + context.unit.word(for: table.traces),
        .text
      ),
      ("err \(Format.percent(share))", table.errors > 0 ? .error : .text),
      ("\(Format.grouped(UInt64(affected))) of \(values) affected", .text),
    ]
  }

  /// What is not in the figures yet, and how exact they are.
  private func groupsProgress(_ groups: GroupsState) -> String {
    var parts: [String] = []
    if let table = groups.table {
      if !table.isComplete { parts.append("reading") }
      let sum = groups.lines.reduce(0) { $0 + $1.row.traces }
      if sum > table.traces { parts.append("some traces have several values") }
      if table.isScaled { parts.append("scaled") }
      parts.append("quantiles within \(Format.percent(GroupTable.quantileError))")
    }
    if state.list.isOnHold { parts.append("on hold") }
    return parts.joined(separator: " \(glyphs.dot) ")
  }

  // MARK: - Nothing to show

  private func emptyGroups(_ groups: GroupsState) -> [StyledLine] {
    guard let table = groups.table else { return [[("Counting", .dim)]] }
    guard table.isComplete else { return [[("Reading", .dim)]] }
    var lines: [StyledLine] = [
      [("Here stand the values of ", .title), (groups.key.description, .key)], [],
      [("  with the traces, errors, latencies, tokens and cost of each", .text)], [],
    ]
    let held = context.snapshot.statistics.tracesHeld
    if held == 0 {
      lines.append([("No trace has arrived yet.", .text)])
    } else if groups.window != .all {
      lines += [
        [("No trace has a span that began in the last \(groups.window.name).", .text)], [],
        [("]  ", .helpKey), ("a wider window", .text)],
      ]
    } else {
      lines.append([("No trace matches the filter.", .text)])
    }
    return lines
  }
}
