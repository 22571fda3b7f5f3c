public import Store

/// What the trace list is sorted by, and what a row of it is.
public struct TraceOrder: Equatable, Hashable, Sendable {
  public enum Column: UInt8, CaseIterable, Sendable {
    case time, duration, spans, errors
  }

  public var column: Column
  /// The smallest first instead of the largest; for time, the oldest instead of the newest.
  public var isReversed: Bool
  /// Whether the traces of one request are one row.
  public var joinsTraces: Bool

  public init(_ column: Column, isReversed: Bool = false, joinsTraces: Bool = true) {
    self.column = column
    self.isReversed = isReversed
    self.joinsTraces = joinsTraces
  }

  /// What the order is, for a person.
  var sentence: String {
    switch (column, isReversed) {
    case (.time, false): "newest first"
    case (.time, true): "oldest first"
    case (.duration, false): "slowest first"
    case (.duration, true): "fastest first"
    case (.spans, false): "most spans first"
    case (.spans, true): "fewest spans first"
    case (.errors, false): "most errors first"
    case (.errors, true): "fewest errors first"
    }
  }

  public static let newestFirst = TraceOrder(.time)

  /// Puts traces, given oldest first, in the order the list wants: the row at the top comes last.
  ///
  /// Reads every summary unless the order is by time; the query thread does this, never the
  /// screen's.
  public func arrange(_ traces: [TraceNumber], in snapshot: Snapshot, now: UnixNanos)
    -> [TraceNumber]
  {
    var arranged = traces
    if column != .time {
      let keyed = traces.enumerated().map { position, number in
        (key: key(summary(of: number, snapshot, now)), position: position, number: number)
      }
      arranged = keyed.sorted {
        $0.key != $1.key ? $0.key < $1.key : $0.position < $1.position
      }.map(\.number)
    }
    return isReversed ? arranged.reversed() : arranged
  }

  private func summary(
    of trace: TraceNumber, _ snapshot: Snapshot, _ now: UnixNanos
  ) -> TraceSummary? {
    joinsTraces
      ? snapshot.requestSummary(of: trace, now: now) : snapshot.summary(of: trace, now: now)
  }

  private func key(_ summary: TraceSummary?) -> UInt64 {
    guard let summary else { return 0 }
    switch column {
    case .time: return summary.start.rawValue
    case .duration: return summary.duration.rawValue
    case .spans: return UInt64(summary.spanCount)
    case .errors: return UInt64(summary.errorCount)
    }
  }
}
