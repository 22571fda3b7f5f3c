import Store

/// The selected trace at the right of a wide list: who, which way, what went wrong.
struct SidePreview {
  let context: ViewContext
  let summary: TraceSummary
  let pane: Rect

  private var glyphs: Glyphs { context.glyphs }

  /// Draws the text and says where below it there is room for the tree.
  func draw(into frame: inout Frame) -> Rect {
    for row in pane.rowRange {
      frame.put(glyphs.vertical, row: row, column: pane.column - 1, style: .rule)
    }
    let left = pane.column + 1
    let width = pane.columns - 2
    let duration = (summary.verdict == .unfinished ? ">" : "") + context.duration(summary.duration)
    let letter = VerdictMark.letter(summary.verdict, glyphs)
    let right = frame.put(
      letter, row: pane.row, endColumn: left + width, style: VerdictMark.style(summary.verdict))
    frame.put(duration, row: pane.row, endColumn: left + width - right - 1, style: .number)
    let id = ValueText.short(summary.id, glyphs)
    let used = frame.put(id, row: pane.row, column: left, style: .title.bold)
    frame.put(
      context.cut(summary.rootName, to: max(0, width - used - 12)), row: pane.row,
      column: left + used + 2)
    let story = context.story(of: summary.number)
    let who = TraceByline(context: context, summary: summary, story: story).who
    let preview = TracePreview(context: context, summary: summary, story: story, width: width)
    var row = pane.row + 1
    for line in who + preview.lines(atMost: 3) where !line.isEmpty && row < pane.endRow {
      frame.put(line, row: row, column: left, width: width)
      row += 1
    }
    return Rect(
      row: row + 1, column: pane.column, rows: pane.endRow - row - 1, columns: pane.columns)
  }
}
