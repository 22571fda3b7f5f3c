import Store

/// Which rows of a waterfall have log records, read anew when records arrived.
struct LogMarks: Equatable, Sendable {
  private(set) var marks: [SpanID: LogMark] = [:]
  /// The traces of the request in view.
  private(set) var traces: [TraceNumber] = []
  /// The last record of each of them.
  private var last: [LogReference?] = []

  mutating func refresh(_ context: ViewContext, of number: TraceNumber) {
    let snapshot = context.snapshot
    let traces = context.joinsTraces ? snapshot.requestTraces(of: number) : [number]
    let last = traces.map { snapshot.lastLog(of: $0) }
    guard last != self.last || traces != self.traces else { return }
    self.traces = traces
    self.last = last
    marks = [:]
    for trace in traces {
      marks.merge(snapshot.logMarks(of: trace)) { $0.joined(with: $1) }
    }
  }

  /// The records that name none of these spans.
  func stray(besides spans: Set<SpanID>) -> LogMark {
    marks.reduce(into: LogMark()) { mark, entry in
      if !spans.contains(entry.key) { mark = mark.joined(with: entry.value) }
    }
  }
}

extension WaterfallState {
  /// What the row of the tree says of its logs; the first span has what no span that is here does.
  func logMark(at row: Int) -> LogMark? {
    guard let span = tree.span(at: row), !logs.marks.isEmpty else { return nil }
    let own = logs.marks[span.spanID] ?? LogMark()
    let all = row == strayRow ? own.joined(with: strayLogs) : own
    return all.count > 0 ? all : nil
  }

  /// The first row that is a span.
  var strayRow: Int? { tree.rows.indices.first { tree.span(at: $0) != nil } }
}

extension LogMark {
  /// `≡3`, with the first letter of a gravity worth looking at: colour is never alone.
  func text(_ glyphs: Glyphs) -> (text: String, style: Style) {
    let sign = "\(glyphs.logs)\(Format.count(count))"
    if gravest >= .error { return (sign + "E", .error) }
    return gravest >= .warning ? (sign + "W", .warning) : (sign, .dim)
  }
}
