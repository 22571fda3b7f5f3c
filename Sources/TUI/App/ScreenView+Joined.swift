import Store

/// A row of the tree that stands for another trace of the request.
extension ScreenView {
  /// Says why the trace is here; the row has no attributes.
  func drawNoDetails(
    ofTrace id: TraceID, _ pane: Rect, isBeside: Bool, into frame: inout Frame
  ) {
    let area = SpanDetailView.textArea(of: pane, isBeside: isBeside)
    frame.put(
      " \(glyphs.joined) trace \(id.hex) ", row: pane.row,
      column: pane.column + (isBeside ? 1 : 3), style: .title)
    let lines = [
      "A trace of its own that is part of the same request:",
      "a request id joins the two. J shows them apart.",
    ]
    for (offset, line) in lines.enumerated() where offset < area.rows {
      frame.put(
        line, row: area.row + offset, column: area.column, width: area.columns, style: .dim)
    }
  }
}
