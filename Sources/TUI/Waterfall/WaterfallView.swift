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
    let position = RowPosition(
      first: waterfall.top, height: pane.rows, count: waterfall.visible.count)
    var title = position.text.isEmpty ? "SPAN" : "SPAN \(position.text)"
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
    let text = RowText(context: context, waterfall: waterfall, row: row)
    if let trace = waterfall.trace(at: row) {
      drawTrace(trace, row, place, at: line, into: &frame)
    } else if tree.rows[row].place == .missingParent {
      drawMissing(row, place, at: line, into: &frame)
    } else {
      drawLabel(text, place, at: line, into: &frame)
      if let sign = text.sign(isFolded: waterfall.isFolded(place)) {
        frame.put(sign.sign, row: line, column: columns.letter, style: sign.style)
      }
      if let duration = text.duration {
        frame.put(
          context.duration(duration), row: line, endColumn: columns.durationEnd, style: .number)
      }
    }
    if showsSelection, place == waterfall.row {
      frame.put(glyphs.selection, row: line, column: pane.column)
      let style = isFocused ? Style.selection : Style.selection.dimmed
      frame.setStyle(row: line, columns: pane.column..<columns.durationEnd + 1, style: style)
    }
    drawBar(text, at: line, into: &frame)
  }

  private func drawLabel(
    _ text: RowText, _ place: Int, at line: Int, into frame: inout Frame
  ) {
    let columns = self.columns
    let row = text.row
    let start = columns.label.lowerBound + drawGuides(row, place, at: line, into: &frame)
    let isMatch = waterfall.matches.binarySearch(row)
    var pieces: StyledLine = []
    if let service = service(of: row) { pieces.append((service + " ", .dim)) }
    pieces += text.label
    if isMatch { pieces = pieces.map { ($0.text, .match) } }
    if tree.rows[row].place == .duplicate { pieces.append((" same id again", .warning)) }
    if tree.rows[row].place == .cycle { pieces.append((" its own ancestor", .warning)) }
    if tree.lead(of: row) > .milliseconds(1) { pieces.append((" \(glyphs.late)", .warning)) }
    // A run says how many it is of.
    if waterfall.isFolded(place), tree.group(at: row) == nil {
      pieces.append((" +\(tree.rows[row].subtreeEnd - row - 1)", .dim))
    }
    let room = columns.label.upperBound - start
    guard let mark = waterfall.logMark(at: row)?.text(glyphs) else {
      return frame.put(pieces, row: line, column: start, width: room)
    }
    // The name is cut before the mark is.
    let left = room - TextWidth.columns(of: mark.text) - 1
    let used = min(left, pieces.reduce(0) { $0 + TextWidth.columns(of: $1.text) })
    frame.put(pieces, row: line, column: start, width: left)
    frame.put(mark.text, row: line, column: start + used + 1, style: mark.style)
  }

  /// A service is named where it changes; a run of spans of one service need not say it each time,
  /// and what stands under a heading has it said.
  private func service(of row: Int) -> String? {
    guard let span = tree.span(at: row), !span.service.isEmpty else { return nil }
    if waterfall.note(at: row) != nil { return nil }
    guard let parent = tree.rows[row].parent else { return span.service }
    if let group = tree.group(at: parent) { return group.kind == .run ? nil : span.service }
    guard let above = tree.span(at: parent) else { return span.service }
    return above.service == span.service ? nil : span.service
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

  private func drawBar(_ text: RowText, at line: Int, into frame: inout Frame) {
    let row = text.row
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
    guard !text.isLate else {
      frame.put(glyphs.late, row: line, column: start, style: .bar(for: text.role))
      return
    }
    if tree.rows[row].place == .missingParent {
      let width = max(1, TextWidth.columns(of: bar.text))
      frame.put(
        String(repeating: glyphs.unfinishedBar, count: width), row: line, column: start, style: .dim
      )
      return
    }
    let hasError = tree.isError(at: row)
    let style = hasError ? Style.barError : Style.bar(for: text.role)
    let used = frame.put(
      bar.text, row: line, column: start, width: cells.upperBound - start,
      style: tree.group(at: row) == nil ? style : style.dimmed)
    guard hasError, start + used < cells.upperBound else { return }
    frame.put(glyphs.failed, row: line, column: start + used, style: .error)
  }

  /// An arrow at the edge towards a span that is not in the window.
  private func drawOutside(isBefore: Bool, at line: Int, _ frame: inout Frame) {
    let cells = columns.bars
    if isBefore {
      frame.put(glyphs.back, row: line, column: cells.lowerBound, style: .dim)
    } else {
      frame.put(glyphs.arrow, row: line, endColumn: cells.upperBound, style: .dim)
    }
  }
}

extension Array where Element == Int {
  /// Whether a sorted array contains a number.
  fileprivate func binarySearch(_ number: Int) -> Bool {
    let place = indices.bisect { self[$0] >= number }
    return place < count && self[place] == number
  }
}
