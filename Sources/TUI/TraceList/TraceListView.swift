import Store

/// Draws the trace list.
struct TraceListView {
  let context: ViewContext
  let list: TraceListState
  /// The trace that the preview shows.
  let previewed: TraceNumber?
  let layout: TraceListLayout

  private var glyphs: Glyphs { context.glyphs }

  // MARK: - Table

  func drawTable(into frame: inout Frame) {
    guard layout.table.columns >= TraceListLayout.narrowestList else { return }
    let placed = list.columns.placed(width: layout.table.columns, from: layout.table.column)
    drawHeader(placed, into: &frame)
    let first = list.top
    for offset in 0..<layout.table.rows {
      let row = first + offset
      guard row < list.count else { return }
      draw(row, at: layout.table.row + offset, placed, into: &frame)
    }
  }

  private func drawHeader(_ placed: [ColumnLayout.Placed], into frame: inout Frame) {
    for place in placed {
      var style = Style.dim
      if place.column == list.focus { style = .title.underlined }
      let title = header(place.column)
      if place.column.isRightAligned {
        frame.put(title, row: layout.header, endColumn: place.start + place.width, style: style)
      } else {
        frame.put(
          title, row: layout.header, column: place.start, width: place.width, style: style)
      }
    }
  }

  /// The title, with an arrow where the list is sorted by the column.
  private func header(_ column: ListColumn) -> String {
    let sorted: ListColumn =
      switch list.order.column {
      case .time: .time
      case .duration: .duration
      case .spans: .spans
      case .errors: .verdict
      }
    guard sorted == column else { return column.header }
    return column.header + (list.order.isReversed ? glyphs.up : glyphs.down)
  }

  private func draw(
    _ row: Int, at line: Int, _ placed: [ColumnLayout.Placed], into frame: inout Frame
  ) {
    let number = list.trace(at: row)
    guard let summary = context.summary(of: number) else {
      frame.put(
        "evicted to make room", row: line, column: layout.table.column + 1, style: .dim)
      select(row, at: line, nil, into: &frame)
      return
    }
    for place in placed { draw(summary, place, at: line, into: &frame) }
    select(row, at: line, placed.first { $0.column == list.focus }, into: &frame)
  }

  /// Marks the selected row: a bar at its left edge and the whole line in the selection's style.
  private func select(
    _ row: Int, at line: Int, _ focused: ColumnLayout.Placed?, into frame: inout Frame
  ) {
    guard row == list.row else { return }
    frame.put(glyphs.selection, row: line, column: layout.table.column)
    frame.setStyle(row: line, columns: layout.table.columnRange, style: .selection)
    guard let focused else { return }
    frame.setStyle(
      row: line, columns: focused.start..<focused.start + focused.width,
      style: .selection.bold.underlined)
  }

  private func draw(
    _ summary: TraceSummary, _ place: ColumnLayout.Placed, at line: Int, into frame: inout Frame
  ) {
    let end = place.start + place.width
    switch place.column {
    case .time:
      let form: Format.ClockForm = place.width >= 12 ? .milliseconds : .seconds
      let time = Format.clock(summary.start, form, zone: context.zone)
      frame.put(time, row: line, column: place.start, width: place.width, style: .dim)
    case .verdict:
      if summary.isPinned { frame.put("*", row: line, column: place.start, style: .flag) }
      frame.put(
        VerdictMark.letter(summary.verdict, glyphs), row: line, column: place.start + 1,
        style: VerdictMark.style(summary.verdict))
    case .duration:
      let isUnfinished = summary.verdict == .unfinished
      let text = (isUnfinished ? ">" : "") + context.duration(summary.duration)
      frame.put(text, row: line, endColumn: end, style: isUnfinished ? .unfinished : .number)
    case .bar: drawBar(summary, place, at: line, into: &frame)
    case .spans, .tokens, .cost:
      let text = place.column.text(of: summary, glyphs)
      frame.put(text ?? "-", row: line, endColumn: end, style: text == nil ? .dim : .number)
    default: drawText(summary, place, at: line, into: &frame)
    }
  }

  private func drawText(
    _ summary: TraceSummary, _ place: ColumnLayout.Placed, at line: Int, into frame: inout Frame
  ) {
    guard let text = place.column.text(of: summary, glyphs), !text.isEmpty else {
      frame.put("-", row: line, column: place.start, style: .dim)
      return
    }
    let style: Style =
      switch place.column {
      case .tenant: .tenant
      case .user: .user
      case .model: .model
      case .service: .dim
      case .name: summary.hasRoot ? .text : .dim
      default: .text
      }
    // That there are more values is said of one that is cut, too.
    let isContested = place.column.isContested(in: summary)
    let isCut = TextWidth.columns(of: text) > place.width
    let shown =
      isCut && isContested
      ? context.cut(text, to: place.width - 1) + "+" : context.cut(text, to: place.width)
    frame.put(shown, row: line, column: place.start, style: style)
  }

  // MARK: - Bars

  /// What a full bar stands for: near the 99th percentile, so that one very slow trace does not
  /// flatten the rest, and a round number, so that it seldom changes.
  private var fullBar: Nanoseconds {
    let longest = list.columns.longest
    let target = list.traffic.p99.map { min($0, max(longest, .milliseconds(1))) } ?? longest
    return TimeScale.roundedUp(max(target, .milliseconds(1)))
  }

  private func drawBar(
    _ summary: TraceSummary, _ place: ColumnLayout.Placed, at line: Int, into frame: inout Frame
  ) {
    let share = Double(summary.duration.rawValue) / Double(fullBar.rawValue)
    let style: Style =
      switch summary.verdict {
      case .error, .clientGone: .barError
      case .denied: .denied
      case .unfinished: .unfinished
      default: .bar(for: .inbound)
      }
    let used = frame.put(
      glyphs.bar(share, columns: place.width), row: line, column: place.start, width: place.width,
      style: style)
    guard summary.verdict == .unfinished else { return }
    let dots = String(repeating: glyphs.unfinishedBar, count: min(3, place.width - used))
    frame.put(dots, row: line, column: place.start + used, style: style)
  }

  // MARK: - Filter line

  /// What stands at the right of the filter: how many rows it selects, and how they are shown.
  func filterFigures(isFiltered: Bool, columns: Int) -> String {
    var parts = list.figures(isFiltered: isFiltered, glyphs)
    if let joining = list.joiningText(glyphs) { parts.append(joining) }
    if !list.isComplete && list.generation > 0 { parts.append("searching") }
    if columns >= 70 {
      let isPlain = list.order.column == .time && !list.order.isReversed
      if !isPlain { parts.append("by \(list.order.column)") }
      parts.append(list.isOnHold ? "on hold" : list.isFollowing ? "follow" : "follow off")
    }
    return parts.joined(separator: " \(glyphs.dot) ")
  }

  // MARK: - Preview

  /// The rule under the table, with the selected trace's name and how many rows came meanwhile.
  func drawRule(into frame: inout Frame) {
    let columns = frame.size.columns
    frame.rule(row: layout.rule, columns: 0..<columns, glyphs)
    var end = columns - 3
    if list.newCount > 0 {
      let text = " \(glyphs.up) \(Format.grouped(UInt64(list.newCount))) new (F) "
      end -= TextWidth.columns(of: text)
      frame.put(text, row: layout.rule, column: end, style: .live.bold)
    }
    guard layout.side == nil, let summary = previewedSummary else { return }
    let id = " \(ValueText.short(summary.id, glyphs)) "
    let used = frame.put(id, row: layout.rule, column: 3, style: .title)
    let name = context.cut(summary.rootName, to: max(0, end - used - 6))
    if !name.isEmpty { frame.put(" \(name) ", row: layout.rule, column: 3 + used) }
  }

  func drawPreview(into frame: inout Frame) {
    guard layout.side == nil, let summary = previewedSummary else { return }
    let width = frame.size.columns - 2
    let story = context.story(of: summary.number)
    let lines = TracePreview(context: context, summary: summary, story: story, width: width).lines()
    for (offset, line) in lines.prefix(layout.preview.rows).enumerated() {
      frame.put(line, row: layout.preview.row + offset, column: 1, width: width)
    }
  }

  var previewedSummary: TraceSummary? {
    guard let trace = previewed ?? list.selected, !list.isEmpty else { return nil }
    return context.summary(of: trace)
  }
}
