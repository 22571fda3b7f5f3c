public import Store

/// What the trace list is sorted by.
public struct TraceOrder: Equatable, Hashable, Sendable {
  public enum Column: UInt8, CaseIterable, Sendable {
    case time, duration, spans, errors
  }

  public var column: Column
  /// The smallest first instead of the largest; for time, the oldest instead of the newest.
  public var isReversed: Bool

  public init(_ column: Column, isReversed: Bool = false) {
    self.column = column
    self.isReversed = isReversed
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
        (key: key(snapshot.summary(of: number, now: now)), position: position, number: number)
      }
      arranged = keyed.sorted {
        $0.key != $1.key ? $0.key < $1.key : $0.position < $1.position
      }.map(\.number)
    }
    return isReversed ? arranged.reversed() : arranged
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
