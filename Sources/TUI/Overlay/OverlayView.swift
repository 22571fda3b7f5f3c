import Store

/// Draws what the program says of itself, over the upper right of whatever is on the screen.
struct OverlayView {
  let context: ViewContext
  let figures: OverlayFigures
  /// Whether spans came from a file: then nothing is behind anything.
  let isFile: Bool
  /// The key that closes it.
  let key: String

  static let columns = 44

  func draw(into frame: inout Frame) {
    let lines = self.lines
    let width = min(Self.columns, frame.size.columns - 2)
    let column = frame.size.columns - width - 1
    for (offset, line) in lines.enumerated() where offset + 1 < frame.size.rows - 2 {
      let row = offset + 1
      frame.put(String(repeating: " ", count: width), row: row, column: column, style: .statusBar)
      frame.put(line, row: row, column: column + 1, width: width - 2)
    }
  }

  private var lines: [StyledLine] {
    let statistics = context.snapshot.statistics
    var lines: [StyledLine] = [
      [("tracetop itself", .title.bold), ("   \(key) closes", .dim)],
      line("frame", times(figures.frame)),
      line("key to screen", times(figures.key)),
      line("to terminal", written),
      line("filter", query(figures.query)),
      line("groups, facets", query(figures.groups)),
      line("shown after", figures.lag.map { context.duration($0) } ?? "-"),
      line(
        "ingest lag",
        isFile ? "none: a file" : statistics.ingestLag.map { context.duration($0) } ?? "-"),
      line(
        "memory",
        "\(Format.bytes(statistics.memoryBytes)) of \(Format.bytes(statistics.memoryBudgetBytes))"),
    ]
    for part in statistics.memory.named {
      lines.append(line("  \(part.name)", Format.bytes(part.bytes)))
    }
    return lines
  }

  private static let labelColumns = 15

  private func line(_ label: String, _ text: String) -> StyledLine {
    let gap = String(repeating: " ", count: max(1, Self.labelColumns - label.utf8.count))
    return [(label + gap, .dim), (text, .number)]
  }

  private func times(_ times: OverlayFigures.Times?) -> String {
    guard let times else { return "-" }
    return "p50 \(context.duration(times.p50))  p99 \(context.duration(times.p99))"
  }

  private var written: String {
    guard let last = figures.written else { return "-" }
    return "\(Format.bytes(last)), \(Format.bytes(figures.writtenInAll ?? 0)) in all"
  }

  private func query(_ query: QueryFigures) -> String {
    guard let took = query.took else { return "-" }
    return "\(context.duration(took))  \(Format.grouped(query.rows)) rows"
  }
}
