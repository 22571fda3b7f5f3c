import Store

/// Draws the tree of a trace with its bars on a time scale.
struct WaterfallView {
  let context: ViewContext
  let waterfall: WaterfallState
  let pane: Rect
  /// The row of the axis; nil draws none, as in a preview.
  let axis: Int?
  let isFocused: Bool
  let showsSelection: Bool

  private var glyphs: Glyphs { context.glyphs }
  private var tree: TraceTree { waterfall.tree }
  private var columns: WaterfallLayout.TreeColumns { WaterfallLayout.columns(of: pane) }

  func draw(into frame: inout Frame) {
    if let axis { drawAxis(row: axis, into: &frame) }
    for offset in 0..<pane.rows {
      let place = waterfall.top + offset
      guard waterfall.visible.indices.contains(place) else { return }
      drawRow(place, at: pane.row + offset, into: &frame)
    }
  }

  // MARK: - Axis

  private func drawAxis(row: Int, into frame: inout Frame) {
    let columns = self.columns
    var title = "SPAN"
    if let zoom = waterfall.zoom {
      let factor = Double(tree.duration.rawValue) / Double(zoom.length.rawValue)
      title += "  zoom \(Format.rate(factor))\(glyphs.times)"
    }
    frame.put(title, row: row, column: columns.label.lowerBound, style: .dim)
    frame.put("DUR", row: row, endColumn: columns.durationEnd, style: .dim)
    let marks = TimeAxis.marks(
      waterfall.window, cells: columns.bars.count, isASCII: glyphs.isASCII)
    for mark in marks {
      frame.put(
        mark.label, row: row, column: columns.bars.lowerBound + mark.cell, style: .dim)
    }
  }

  // MARK: - Rows

  private func drawRow(_ place: Int, at line: Int, into frame: inout Frame) {
    let row = waterfall.visible[place]
    let columns = self.columns
    if let span = tree.span(at: row) {
      drawLabel(row, place, span, at: line, into: &frame)
      drawLetter(row, place, span, at: line, into: &frame)
      frame.put(
        context.duration(span.duration), row: line, endColumn: columns.durationEnd, style: .number)
    } else if let trace = waterfall.trace(at: row) {
      drawTrace(trace, row, place, at: line, into: &frame)
    } else {
      drawMissing(row, place, at: line, into: &frame)
    }
    if showsSelection, place == waterfall.row {
      frame.put(glyphs.selection, row: line, column: pane.column)
      let style = isFocused ? Style.selection : Style.selection.dimmed
      frame.setStyle(row: line, columns: pane.column..<columns.durationEnd + 1, style: style)
    }
    drawBar(row, at: line, into: &frame)
  }

  private func drawLabel(
    _ row: Int, _ place: Int, _ span: SpanRow, at line: Int, into frame: inout Frame
  ) {
    let columns = self.columns
    var at = columns.label.lowerBound + drawGuides(row, place, at: line, into: &frame)
    let end = columns.label.upperBound
    func put(_ text: String, _ style: Style, into frame: inout Frame) {
      guard at < end, !text.isEmpty else { return }
      at += frame.put(context.cut(text, to: end - at), row: line, column: at, style: style)
    }
    let isMatch = waterfall.matches.binarySearch(row)
    if showsService(row, span) { put(span.service + " ", isMatch ? .match : .dim, into: &frame) }
    put(SpanLabel.short(span), isMatch ? .match : .text, into: &frame)
    if tree.rows[row].place == .duplicate { put(" same id again", .warning, into: &frame) }
    if tree.rows[row].place == .cycle { put(" its own ancestor", .warning, into: &frame) }
    if tree.lead(of: row) > .milliseconds(1) { put(" \(glyphs.late)", .warning, into: &frame) }
    if waterfall.isFolded(place) {
      put(" +\(tree.rows[row].subtreeEnd - row - 1)", .dim, into: &frame)
    }
  }

  /// A service is named where it changes; a run of spans of one service need not say it each time.
  private func showsService(_ row: Int, _ span: SpanRow) -> Bool {
    guard !span.service.isEmpty else { return false }
    guard let parent = tree.rows[row].parent, let above = tree.span(at: parent) else { return true }
    return above.service != span.service
  }

  private func drawLetter(
    _ row: Int, _ place: Int, _ span: SpanRow, at line: Int, into frame: inout Frame
  ) {
    if let mark = SpanLabel.letter(span) {
      frame.put(mark.letter, row: line, column: columns.letter, style: mark.style)
    } else if waterfall.isFolded(place), tree.hasError(below: row) {
      frame.put("e", row: line, column: columns.letter, style: .error)
    } else if span.role == .filter {
      let isRejecting = waterfall.rejecting.contains(span.spanID)
      let (sign, style) = SpanLabel.verdict(span, isRejecting: isRejecting, glyphs)
      frame.put(sign, row: line, column: columns.letter, style: style)
    }
  }

  private func drawMissing(_ row: Int, _ place: Int, at line: Int, into frame: inout Frame) {
    let columns = self.columns
    let guides = drawGuides(row, place, at: line, into: &frame)
    let count = tree.rows[row].childCount
    let text =
      "\(glyphs.warning) \(count) span\(count == 1 ? "" : "s") whose parent has not arrived"
    let start = columns.label.lowerBound + guides
    frame.put(
      context.cut(text, to: columns.durationEnd - start), row: line, column: start, style: .warning)
  }

  /// A row for another trace of the request, whose root has no parent in any.
  private func drawTrace(
    _ trace: TraceID, _ row: Int, _ place: Int, at line: Int, into frame: inout Frame
  ) {
    let columns = self.columns
    let start = columns.label.lowerBound + drawGuides(row, place, at: line, into: &frame)
    let text = "\(glyphs.joined) trace \(ValueText.short(trace, glyphs))  same request"
    frame.put(
      context.cut(text, to: columns.durationEnd - start), row: line, column: start, style: .title)
  }

  // MARK: - Guides

  /// Draws the lines that lead to a row and its fold mark; says how many columns that took.
  private func drawGuides(_ row: Int, _ place: Int, at line: Int, into frame: inout Frame) -> Int {
    let indent = TreeIndent(depth: tree.rows[row].depth, columns: columns.label)
    let start = columns.label.lowerBound
    var at = start
    at += frame.put(indent.skippedMark(glyphs), row: line, column: at, style: .dim)
    if indent.shown > 0 {
      at += frame.put(guidePieces(row, levels: indent.shown), row: line, column: at, style: .rule)
    }
    if waterfall.isFoldable(place) {
      let mark = waterfall.isFolded(place) ? glyphs.folded : glyphs.unfolded
      at += frame.put("\(mark) ", row: line, column: at)
    } else if tree.rows[row].depth == 0 {
      at += 2
    }
    return at - start
  }

  private func guidePieces(_ row: Int, levels: Int) -> String {
    var pieces = [tree.hasNextSibling(row) ? "\(glyphs.branch) " : "\(glyphs.lastBranch) "]
    var ancestor = tree.rows[row].parent
    while pieces.count < levels, let current = ancestor {
      pieces.append(tree.hasNextSibling(current) ? "\(glyphs.pipe) " : "  ")
      ancestor = tree.rows[current].parent
    }
    return pieces.reversed().joined()
  }

  // MARK: - Bars

  private func drawBar(_ row: Int, at line: Int, into frame: inout Frame) {
    let cells = columns.bars
    let reach = tree.reach(of: row)
    guard reach.start.isSet else { return }
    let from = reach.start.since(tree.start)
    let to = reach.end.since(tree.start)
    let bar =
      reach.start < tree.start
      ? nil : SpanBar(from: from, to: to, in: waterfall.window, cells: cells.count, glyphs)
    guard let bar else {
      drawOutside(
        isBefore: reach.start < tree.start || to < waterfall.window.offset, at: line, &frame)
      return
    }
    let start = cells.lowerBound + bar.start
    guard let span = tree.span(at: row) else {
      let width = max(1, TextWidth.columns(of: bar.text))
      frame.put(
        String(repeating: glyphs.unfinishedBar, count: width), row: line, column: start, style: .dim
      )
      return
    }
    let style = span.hasError ? Style.barError : Style.bar(for: span.role)
    let used = frame.put(
      bar.text, row: line, column: start, width: cells.upperBound - start, style: style)
    guard span.hasError, start + used < cells.upperBound else { return }
    frame.put(glyphs.failed, row: line, column: start + used, style: .error)
  }

  /// An arrow at the edge towards a span that is not in the window.
  private func drawOutside(isBefore: Bool, at line: Int, _ frame: inout Frame) {
    let cells = columns.bars
    frame.put(
      isBefore ? "<" : ">", row: line,
      column: isBefore ? cells.lowerBound : cells.upperBound - 1, style: .dim)
  }
}

extension Array where Element == Int {
  /// Whether a sorted array contains a number.
  fileprivate func binarySearch(_ number: Int) -> Bool {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == number
  }
}
