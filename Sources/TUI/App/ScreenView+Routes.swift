import Store

/// The screen of routes and filters: its two lines at the top, and what stands there when there is
/// nothing to show.
extension ScreenView {
  func drawRoutes(_ routes: RoutesState, into frame: inout Frame) {
    drawRoutesHeader(routes, into: &frame)
    let table = routes.table
    let body = RoutesLayout.filter + 1..<frame.size.rows - 2
    if let table, !table.isEmpty {
      RoutesView(context: context, routes: routes, size: frame.size).draw(into: &frame)
    } else {
      let area = Rect(
        row: body.lowerBound, column: 0, rows: body.count, columns: frame.size.columns)
      frame.putBlock(emptyRoutes(routes), in: area)
    }
    if let prompt = state.prompt {
      FilterPromptView(
        context: context, prompt: prompt, row: RoutesLayout.filter, below: body
      ).draw(into: &frame)
    } else {
      FilterLine(
        context: context, filter: state.filter.text, chip: state.filter.chip?.text,
        right: routesProgress(routes)
      ).draw(row: RoutesLayout.filter, into: &frame)
    }
  }

  // MARK: - Header

  private func drawRoutesHeader(_ routes: RoutesState, into frame: inout Frame) {
    let columns = frame.size.columns
    let row = RoutesLayout.header
    let mark = LiveMark(
      context: context, isOnHold: state.list.isOnHold, connection: state.source.connection)
    let clock = mark.clock(
      isFlowing: state.list.traffic.spansPerSecond > 0, lastArrival: state.lastArrival)
    let room =
      columns - 2 - TextWidth.columns(of: clock.text) - 2
      - TextWidth.columns(of: mark.state.text)
    var at = 1
    at += frame.put("ROUTES & FILTERS", row: row, column: at, style: .title.bold) + 2
    at += frame.put(routes.window.name, row: row, column: at, style: .value.bold) + 3
    let gap = columns >= 110 ? 3 : 2
    for figure in routesFigures(routes.table) {
      let width = TextWidth.columns(of: figure.text)
      guard at + width <= room else { break }
      at += frame.put(figure.text, row: row, column: at, style: figure.style) + gap
    }
    frame.put(clock.text, row: row, endColumn: columns - 1, style: clock.style)
    frame.put(
      mark.state.text, row: row,
      endColumn: columns - 3 - TextWidth.columns(of: clock.text), style: mark.state.style)
  }

  private func routesFigures(_ table: RouteTable?) -> StyledLine {
    guard let table, table.read > 0 else { return [] }
    let marks = state.source.rules.marks
    let requests = table.isScaled ? table.requests : table.read
    let share = Double(table.failed) / Double(max(1, requests))
    let about = table.isScaled ? glyphs.about : ""
    var figures: StyledLine = [
      (
        "\(about)\(Format.grouped(UInt64(requests))) request\(requests == 1 ? "" : "s")", .text
      ),
      ("err \(Format.percent(share))", table.failed > 0 ? .error : .text),
    ]
    figures.insert(
      contentsOf: marks.filter(\.isShare).map { ($0.text, Style.warning) }, at: 1)
    figures += marks.filter { !$0.isShare }.map { ($0.text, Style.dim) }
    if table.withoutModel > 0 {
      // Tool calls, lists, health checks: nobody asked for a model, and nothing was routed.
      figures.append(("\(about)\(Format.count(table.withoutModel)) not in ROUTE", .dim))
    }
    return figures
  }

  /// What is not in the figures yet, or never will be.
  private func routesProgress(_ routes: RoutesState) -> String {
    var parts: [String] = []
    if let table = routes.table, !table.isComplete {
      let of = Format.grouped(UInt64(table.selected))
      parts.append("of \(of) traces \(Format.grouped(UInt64(table.read))) read")
    }
    if let table = routes.table, table.isCut {
      parts.append("newest \(Format.grouped(UInt64(table.selected))) only")
    }
    if let sampled = context.snapshot.statistics.sampledShare {
      parts.append("sampled \(RetentionPolicy.text(ofShare: sampled)): counts scaled")
    }
    let evicted = context.snapshot.statistics.tracesEvicted
    if evicted > 0 { parts.append("evicted \(Format.count(evicted))") }
    if routes.isMaximized { parts.append("\(routes.focus.title) alone") }
    if state.list.isOnHold { parts.append("on hold") }
    return parts.joined(separator: " \(glyphs.dot) ")
  }

  // MARK: - Nothing to show

  private func emptyRoutes(_ routes: RoutesState) -> [StyledLine] {
    guard let table = routes.table else { return [[("Reading", .dim)]] }
    guard table.isComplete else {
      return [[("Reading: nothing of routes or filters so far", .dim)]]
    }
    var lines: [StyledLine] = [
      [("Here stand", .title.bold)], [],
      [("  where requests went: model asked for, route, model that answered", .text)],
      [("  what each filter or plugin said, and how long it took", .text)],
      [("  who was denied, with code and reason", .text)], [],
    ]
    let held = context.snapshot.statistics.tracesHeld
    if held == 0 {
      lines.append([("No trace has arrived yet.", .text)])
      return lines
    }
    let heldText = Format.grouped(held)
    if table.selected == 0 {
      let filter = state.filter.isEmpty ? "" : " that match the filter"
      lines.append([
        (
          "Of \(heldText) traces held, none\(filter) arrived in the last \(routes.window.name).",
          .text
        )
      ])
      if routes.window == .all {
        lines[lines.count - 1] = [("Of \(heldText) traces held, none matches the filter.", .text)]
      } else {
        lines.append([("]  ", .helpKey), ("a wider window", .text)])
      }
      if !state.filter.isEmpty { lines.append([("/  ", .helpKey), ("edit the filter", .text)]) }
    } else {
      let read = Format.grouped(UInt64(table.read))
      lines.append([("None of the \(read) traces tells of a model, a route or a filter.", .text)])
    }
    return lines
  }
}
