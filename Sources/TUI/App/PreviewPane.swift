import Store

/// The selected trace below the list of a large screen: who, which way, what went wrong, and its tree on a
/// time scale. Its title stands in the rule above.
struct PreviewPane {
  let context: ViewContext
  let summary: TraceSummary
  let pane: Rect

  private var glyphs: Glyphs { context.glyphs }

  /// The largest trace whose tree is drawn.
  private static let maximumSpans = 500

  func draw(into frame: inout Frame) {
    let width = pane.columns - 2
    let story = context.story(of: summary.number)
    let who = TraceByline(context: context, summary: summary, story: story).who
    let preview = TracePreview(
      context: context, summary: summary, story: story, width: width,
      leading: FactLine.Fact(who.map { ($0, RequestLine.Importance.who) }))
    var row = pane.row
    for line in preview.lines(atMost: 2) where !line.isEmpty && row < pane.endRow {
      frame.put(line, row: row, column: pane.column + 1, width: width)
      row += 1
    }
    guard row + 1 < pane.endRow, summary.spanCount <= Self.maximumSpans else { return }
    drawTree(axis: row, into: &frame)
  }

  private func drawTree(axis: Int, into frame: inout Frame) {
    let room = Rect(
      row: axis + 1, column: pane.column, rows: pane.endRow - axis - 1, columns: pane.columns)
    var waterfall = WaterfallState(number: summary.number, id: summary.id)
    waterfall.refresh(context, height: room.rows)
    if let told = context.stories.story(of: summary.number) {
      waterfall.tell(told, height: room.rows)
    }
    WaterfallView(
      context: context, waterfall: waterfall, pane: room, axis: axis, isFocused: false,
      showsSelection: false
    ).draw(into: &frame)
  }
}
