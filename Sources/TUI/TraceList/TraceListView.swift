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

  func drawTable(reusing parts: inout DrawnParts, into frame: inout Frame) {
    guard layout.table.columns >= TraceListLayout.narrowestList else { return }
    let placed = parts.placed(list, width: layout.table.columns, from: layout.table.column)
    let head = DrawnParts.HeaderSource(
      placed: placed, order: list.order, focus: list.focus, isASCII: glyphs.isASCII)
    let headArea = Rect(
      row: layout.header, column: layout.table.column, rows: 1, columns: layout.table.columns)
    parts.header.draw(head, in: headArea, of: &frame) { drawHeader(placed, into: &$0) }
    let source = DrawnParts.RowSource(
      placed: placed, fullBar: fullBar, zone: context.zone, isASCII: glyphs.isASCII)
    for (offset, row) in list.rows(height: layout.table.rows, context).enumerated() {
      let area = Rect(
        row: layout.table.row + offset, column: layout.table.column, rows: 1,
        columns: layout.table.columns)
      if let row {
        parts.drawRow(row, source, in: area, of: &frame) { frame in
          draw(row, at: area.row, source, into: &frame)
        }
      } else {
        frame.put(
          "evicted to make room", row: area.row, column: layout.table.column + 1, style: .dim)
      }
      if list.top + offset == list.row { select(row, at: area.row, placed, into: &frame) }
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
    guard list.order.column == column.order else { return column.header }
    return column.header + list.order.mark(glyphs)
  }

  private func draw(
    _ row: ListRow, at line: Int, _ source: DrawnParts.RowSource, into frame: inout Frame
  ) {
    for place in source.placed {
      if place.column == .bar {
        drawBar(row.summary, place, source.fullBar, at: line, into: &frame)
      } else {
        draw(row, place, at: line, into: &frame)
      }
    }
  }

  /// Marks the selected row: a bar at its left edge and the whole line in the selection's style, the
  /// value under the cursor underlined.
  private func select(
    _ row: ListRow?, at line: Int, _ placed: [ColumnLayout.Placed], into frame: inout Frame
  ) {
    frame.put(glyphs.selection, row: line, column: layout.table.column)
    frame.setStyle(row: line, columns: layout.table.columnRange, style: .selection)
    guard row != nil, let focused = placed.first(where: { $0.column == list.focus }) else { return }
    frame.setStyle(
      row: line, columns: focused.start..<focused.start + focused.width,
      style: .selection.bold.underlined)
  }

  private func draw(
    _ row: ListRow, _ place: ColumnLayout.Placed, at line: Int, into frame: inout Frame
  ) {
    let summary = row.summary
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
    case .spans, .tokens, .cost:
      let (text, columns) = (row[place.column].text, row[place.column].columns)
      frame.put(
        text ?? "-", row: line, column: end - max(1, columns), style: text == nil ? .dim : .number)
    default: drawText(row, place, at: line, into: &frame)
    }
  }

  private func drawText(
    _ row: ListRow, _ place: ColumnLayout.Placed, at line: Int, into frame: inout Frame
  ) {
    let summary = row.summary
    guard let text = row[place.column].text else {
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
    var shown = text
    if row[place.column].columns > place.width {
      // That there are more values is said of one that is cut, too.
      shown =
        place.column.isContested(in: summary)
        ? context.cut(text, to: place.width - 1) + "+" : context.cut(text, to: place.width)
    }
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
    _ summary: TraceSummary, _ place: ColumnLayout.Placed, _ fullBar: Nanoseconds, at line: Int,
    into frame: inout Frame
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
      if !isPlain { parts.append("by \(list.order.column) \(list.order.mark(glyphs))") }
      parts.append(list.isOnHold ? "on hold" : list.isFollowing ? "follow" : "follow off")
    }
    return parts.joined(separator: " \(glyphs.dot) ")
  }

  // MARK: - Preview

  /// The rule under the table, with the selected trace's name and how many rows came meanwhile.
  func drawRule(
    _ previewed: ListRow?, reusing parts: inout DrawnParts, into frame: inout Frame
  ) {
    let source = DrawnParts.RuleSource(
      previewed: previewed, newCount: list.newCount, end: layout.preview.endColumn,
      hasPane: layout.hasPane, isASCII: glyphs.isASCII)
    let area = Rect(row: layout.rule, column: 0, rows: 1, columns: frame.size.columns)
    parts.rule.draw(source, in: area, of: &frame) { drawRule(previewed?.summary, into: &$0) }
  }

  private func drawRule(_ summary: TraceSummary?, into frame: inout Frame) {
    frame.rule(row: layout.rule, columns: 0..<frame.size.columns, glyphs)
    var end = layout.preview.endColumn - 3
    if list.newCount > 0 {
      let text = " \(glyphs.up) \(Format.grouped(UInt64(list.newCount))) new (F) "
      end -= TextWidth.columns(of: text)
      frame.put(text, row: layout.rule, column: end, style: .live.bold)
    }
    guard let summary else { return }
    let id = " \(ValueText.short(summary.id, glyphs)) "
    var at = 3 + frame.put(id, row: layout.rule, column: 3, style: .title)
    let ending = layout.hasPane ? self.ending(of: summary) : []
    let name = context.cut(summary.rootName, to: max(0, end - at - 3 - ending.columns))
    if !name.isEmpty { at += frame.put(" \(name) ", row: layout.rule, column: at) }
    frame.put(ending, row: layout.rule, column: at, width: max(0, end - at))
  }

  /// How long the trace took and how it ended, for the title of its pane.
  private func ending(of summary: TraceSummary) -> StyledLine {
    let isUnfinished = summary.verdict == .unfinished
    let duration = (isUnfinished ? ">" : "") + context.duration(summary.duration)
    let letter = VerdictMark.letter(summary.verdict, glyphs)
    return [(" \(duration) ", .number)]
      + (letter.isEmpty || letter == " "
        ? [] : [("\(letter) ", VerdictMark.style(summary.verdict))])
  }

  func drawPreview(
    _ row: ListRow, reusing parts: inout DrawnParts, into frame: inout Frame
  ) {
    let summary = row.summary
    let source = DrawnParts.PreviewSource(context, row)
    parts.preview.draw(source, in: layout.preview, of: &frame) { frame in
      if layout.hasPane {
        PreviewPane(context: context, summary: summary, pane: layout.preview).draw(into: &frame)
      } else {
        drawLines(of: summary, into: &frame)
      }
    }
  }

  private func drawLines(of summary: TraceSummary, into frame: inout Frame) {
    let width = frame.size.columns - 2
    let story = context.story(of: summary.number)
    let lines = TracePreview(context: context, summary: summary, story: story, width: width).lines()
    for (offset, line) in lines.prefix(layout.preview.rows).enumerated() {
      frame.put(line, row: layout.preview.row + offset, column: 1, width: width)
    }
  }

  var previewedRow: ListRow? {
    guard let trace = previewed ?? list.selected, !list.isEmpty else { return nil }
    return list.row(of: trace, context)
  }
}
