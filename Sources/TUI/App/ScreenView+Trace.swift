import Store

/// An open trace: header, tree, details.
extension ScreenView {
  func drawTrace(into frame: inout Frame) {
    guard let trace = state.trace else { return }
    let layout = WaterfallLayout(frame.size, detailsFocused: trace.focus == .details)
    drawHeader(trace, layout, into: &frame)
    WaterfallView(
      context: context, waterfall: trace.waterfall, pane: layout.tree, axis: layout.axis,
      isFocused: trace.focus == .tree, showsSelection: true
    ).draw(into: &frame)
    drawDetails(trace, layout, into: &frame)
  }

  private func drawHeader(
    _ trace: OpenTrace, _ layout: WaterfallLayout, into frame: inout Frame
  ) {
    let tree = trace.waterfall.tree
    let summary = context.summary(of: trace.waterfall.number)
    let right = standing(trace, summary)
    let end = frame.size.columns - 1
    frame.put(right.text, row: layout.header, endColumn: end, style: right.style)
    let figures = figures(tree, summary)
    let figuresWidth = figures.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
    let room = end - TextWidth.columns(of: right.text) - 2
    let id = ValueText.short(trace.waterfall.id, glyphs)
    var at = 1 + frame.put(id, row: layout.header, column: 1, style: .title.bold) + 2
    let name = summary?.rootName ?? ""
    let nameRoom = max(0, room - at - figuresWidth)
    at += frame.put(
      context.cut(name, to: nameRoom), row: layout.header, column: at, style: .text.bold)
    frame.put(figures, row: layout.header, column: at, width: room - at)
    if let row = layout.subheader, let summary {
      let story = context.story(of: summary.number)
      TraceByline(context: context, summary: summary, story: story)
        .draw(row: row, column: 1, width: frame.size.columns - 2, into: &frame)
    }
  }

  private func figures(_ tree: TraceTree, _ summary: TraceSummary?) -> StyledLine {
    var line: StyledLine = [("  \(context.duration(tree.duration))", .number)]
    line.append(("  \(Format.count(tree.spans.count)) sp", .text))
    line.append(("  \(tree.serviceCount) svc", .text))
    if let count = summary?.traceCount, count > 1 {
      line.append(("  \(count) traces", .title))
    }
    let errors = summary?.errorCount ?? 0
    if errors > 0 { line.append(("  \(Format.count(errors)) err", .error)) }
    return line
  }

  /// Whether more is to be expected.
  private func standing(_ trace: OpenTrace, _ summary: TraceSummary?) -> (
    text: String, style: Style
  ) {
    guard let summary, !trace.waterfall.isEvicted else { return ("evicted", .warning) }
    if summary.isArriving(at: context.now) { return ("\(glyphs.pending) arriving", .unfinished) }
    if !summary.isWhole { return ("partial", .warning) }
    return ("settled \(Format.clock(summary.touched, zone: context.zone))", .dim)
  }

  private func drawDetails(
    _ trace: OpenTrace, _ layout: WaterfallLayout, into frame: inout Frame
  ) {
    let pane = layout.details
    guard let document = trace.document(context), let row = trace.waterfall.treeRow else {
      drawNoDetails(trace, layout, into: &frame)
      return
    }
    let span = trace.waterfall.selectedSpan
    let area = SpanDetailView.textArea(of: pane, isBeside: layout.isBeside)
    let lines = DetailLines(
      document, opened: trace.details.opened, width: area.columns, isSpacious: layout.isBeside)
    let group = GroupLines(context: context, waterfall: trace.waterfall, row: row)
    SpanDetailView(
      context: context, document: document, lines: lines, state: trace.details,
      title: span.map { self.title($0, isShort: frame.size.columns < 100) } ?? group.title,
      figures: span.map { context.duration($0.duration) } ?? group.figures,
      titleStyle: trace.waterfall.tree.isError(at: row) ? .error : .title,
      isFocused: trace.focus == .details, pane: pane, isBeside: layout.isBeside
    ).draw(into: &frame)
  }

  private func title(_ span: SpanRow, isShort: Bool) -> String {
    let service = span.service.isEmpty ? "" : span.service + "  "
    let name = isShort ? SpanLabel.short(span) : span.name
    return service + (name.isEmpty ? "(no name)" : name)
  }

  /// A row that stands for a missing parent has no attributes; it has an explanation.
  private func drawNoDetails(
    _ trace: OpenTrace, _ layout: WaterfallLayout, into frame: inout Frame
  ) {
    let pane = layout.details
    let area = SpanDetailView.textArea(of: pane, isBeside: layout.isBeside)
    if layout.isBeside {
      for row in pane.rowRange {
        frame.put(glyphs.vertical, row: row, column: pane.column, style: .rule)
      }
    } else {
      frame.rule(row: pane.row, columns: pane.columnRange, glyphs)
    }
    guard let row = trace.waterfall.treeRow, trace.waterfall.selectedSpan == nil else { return }
    if let other = trace.waterfall.trace(at: row) {
      return drawNoDetails(ofTrace: other, pane, isBeside: layout.isBeside, into: &frame)
    }
    let id = trace.waterfall.tree.rows[row].key.id.hex
    let title = " \(glyphs.warning) \(id) "
    frame.put(
      title, row: pane.row, column: pane.column + (layout.isBeside ? 1 : 3), style: .warning)
    let lines = [
      "These spans name it as their parent.",
      "It has not arrived: it may still come, be sampled out, or be lost.",
      "When it comes, it takes this place.",
    ]
    for (offset, line) in lines.enumerated() where offset < area.rows {
      frame.put(
        line, row: area.row + offset, column: area.column, width: area.columns, style: .dim)
    }
  }
}
