import Ingest
import Store
import TUI

/// The spans of a trace, one below the other: when each began, how long it took, what it was, and
/// under it its attributes.
extension TraceText {
  /// The fewest columns that names and attributes are given, however deep a span stands.
  private static let smallestRoom = 24
  /// `+12.3ms` and `12.3ms`.
  private static let offsetColumns = 7
  private static let durationColumns = 6

  func tree(of trace: TraceDocument) -> [String] {
    let rows = trace.spans.enumerated().map { index, span in
      var row = SpanRow(
        reference: SpanReference(UInt64(index)), spanID: span.record.spanID,
        parentSpanID: span.record.parentSpanID, start: span.record.start, end: span.record.end,
        name: span.record.name, service: span.service)
      row.role = span.role
      row.evidence = span.evidence
      return row
    }
    let tree = TraceTree(rows)
    let roleColumns = rows.map { $0.role.name.count }.max() ?? 0
    let margin = Self.offsetColumns + Self.durationColumns + roleColumns + 6
    return tree.rows.indices.flatMap { index -> [String] in
      let guides = guides(of: index, in: tree)
      let blank = String(repeating: " ", count: margin)
      guard let place = tree.rows[index].span else {
        return [blank + ink.dim(guides.own) + ink.dim("(parent has not arrived)")]
      }
      let span = trace.spans[place]
      let offset = "+" + duration(span.record.start.since(tree.start))
      let mark = Self.mark(of: span)
      let role = span.role.name.padded(roleColumns)
      let line =
        "\(offset.padded(left: Self.offsetColumns)) "
        + "\(duration(span.record.duration).padded(left: Self.durationColumns)) "
        + "\(ink.paint(mark, Self.color(of: span))) \(ink.paint(role, .cyan))  "
        + ink.dim(guides.own)
      let room = max(Self.smallestRoom, width - margin - guides.own.count)
      let below = max(Self.smallestRoom, width - margin - guides.below.count)
      return [line + title(of: span, room: room)]
        + details(of: span, from: tree.start, room: below).map {
          blank + ink.dim(guides.below) + $0
        }
    }
  }

  /// Name and service; on a terminal the service gives way first, then the name is cut.
  private func title(of span: StorySpan, room: Int) -> String {
    let named = VisibleText.of(span.record.name.isEmpty ? "(no name)" : span.record.name)
    let service = VisibleText.of(span.service)
    let gap = FlowingText.gap
    let color = Self.color(of: span)
    let whole = TextWidth.columns(of: named + gap + service)
    guard columns != nil, whole > room else {
      return ink.paint(named, color) + (service.isEmpty ? "" : gap + ink.dim(service))
    }
    return ink.paint(TextWidth.cut(named, to: room, mark: glyphs.ellipsis), color)
  }

  /// The lines under a span's own: its status, attributes, and where all was asked for its events.
  private func details(of span: StorySpan, from start: UnixNanos, room: Int) -> [String] {
    var pieces: [FlowingText.Piece] = []
    let message = span.record.statusMessage
    if !message.isEmpty { pieces.append(painted("status: \(VisibleText.of(message))", .red)) }
    pieces += attributes.pieces(of: span)
    var lines = lines(pieces, width: room)
    guard extent == .all else { return lines }
    for event in span.record.events {
      let time = "+" + duration(event.time.since(start))
      let name = VisibleText.of(event.name.isEmpty ? "(no name)" : event.name)
      let head = FlowingText.Piece("\(time) \(name)", painted: "\(ink.dim(time)) \(name)")
      let eventLines = self.lines(
        [head] + attributes.pieces(of: event.attributes), width: room - 2)
      lines += eventLines.enumerated().map { index, line in
        (index == 0 ? ink.dim("\(glyphs.dot) ") : "  ") + line
      }
    }
    return lines
  }

  // MARK: - Guides

  /// The lines that lead from a row to its parent (`│  └─ `), and those that go on under it.
  private func guides(of row: Int, in tree: TraceTree) -> (own: String, below: String) {
    let next = row + 1
    let hasChildren = next < tree.rows.count && tree.rows[next].depth > tree.rows[row].depth
    // On a narrow terminal every column counts.
    let isNarrow = width < Self.standardWidth
    let gap = isNarrow ? " " : "  "
    let end = (hasChildren ? glyphs.pipe : " ") + gap
    guard tree.rows[row].depth > 0 else { return ("", end) }
    let above = tree.ancestors(of: row).dropLast().reversed().map { ancestor in
      (tree.hasNextSibling(ancestor) ? glyphs.pipe : " ") + gap
    }.joined()
    let hasNext = tree.hasNextSibling(row)
    let stroke =
      (hasNext ? glyphs.branch : glyphs.lastBranch) + (isNarrow ? "" : glyphs.horizontal) + " "
    return (above + stroke, above + (hasNext ? glyphs.pipe : " ") + gap + end)
  }

  // MARK: - Verdicts

  /// The letter of the list's verdicts, so that colour is never the only sign.
  private static func mark(of span: StorySpan) -> String {
    if !span.evidence.isDisjoint(with: .denial) { return "D" }
    if span.evidence.contains(.clientGone) { return "G" }
    if !span.evidence.isDisjoint(with: .failure) { return "E" }
    return span.evidence.isDisjoint(with: .flag) ? " " : "F"
  }

  private static func color(of span: StorySpan) -> Ink.Color? {
    if !span.evidence.isDisjoint(with: .denial) { return .magenta }
    if span.evidence.contains(.clientGone) { return .yellow }
    if !span.evidence.isDisjoint(with: .failure) { return .red }
    return span.evidence.isDisjoint(with: .flag) ? nil : .yellow
  }
}

extension String {
  /// Filled with spaces behind it, to so many columns.
  fileprivate func padded(_ columns: Int) -> String {
    self + String(repeating: " ", count: max(0, columns - count))
  }

  /// Filled with spaces before it.
  fileprivate func padded(left columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - count)) + self
  }
}
