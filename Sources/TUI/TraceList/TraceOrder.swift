public import Store

/// What the trace list is sorted by, and what a row of it is.
public struct TraceOrder: Equatable, Hashable, Sendable {
  /// In the order in which `s` goes through them.
  public enum Column: UInt8, CaseIterable, Sendable {
    case time, duration, errors, spans, tokens, cost, tenant, user, service, name, route, model

    /// Whether it is sorted as words are: from A to Z, where numbers begin with the largest.
    public var isText: Bool {
      switch self {
      case .tenant, .user, .service, .name, .route, .model: true
      case .time, .duration, .errors, .spans, .tokens, .cost: false
      }
    }
  }

  public var column: Column
  /// The smallest first instead of the largest; for time, the oldest instead of the newest; for words
  /// from Z to A.
  public var isReversed: Bool
  /// Whether the traces of one request are one row.
  public var joinsTraces: Bool

  public init(_ column: Column, isReversed: Bool = false, joinsTraces: Bool = true) {
    self.column = column
    self.isReversed = isReversed
    self.joinsTraces = joinsTraces
  }

  public static let newestFirst = TraceOrder(.time)

  /// Puts traces, given oldest first, in the order the list wants: the row at the top comes last.
  ///
  /// Rows that say nothing of the column stand below all others, whichever way it is sorted; among
  /// equals the newest is at the top. Reads every summary unless the order is by time; the query
  /// thread does this, never the screen's.
  public func arrange(_ traces: [TraceNumber], in snapshot: Snapshot, now: UnixNanos)
    -> [TraceNumber]
  {
    guard column != .time else { return isReversed ? traces.reversed() : traces }
    let keyed = traces.enumerated().map { position, number in
      (key: key(summary(of: number, snapshot, now)), position: position, number: number)
    }
    let growsUpwards = column.isText == isReversed
    return keyed.sorted { left, right in
      guard left.key != right.key else { return left.position < right.position }
      guard let one = left.key, let other = right.key else { return left.key == nil }
      return growsUpwards ? one < other : other < one
    }.map(\.number)
  }

  private func summary(
    of trace: TraceNumber, _ snapshot: Snapshot, _ now: UnixNanos
  ) -> TraceSummary? {
    joinsTraces
      ? snapshot.requestSummary(of: trace, now: now) : snapshot.summary(of: trace, now: now)
  }

  private enum Key: Comparable { case number(Double), text(String) }

  private func key(_ summary: TraceSummary?) -> Key? {
    guard let summary else { return nil }
    let text: String?
    switch column {
    case .time: return .number(Double(summary.start.rawValue))
    case .duration: return .number(Double(summary.duration.rawValue))
    case .spans: return .number(Double(summary.spanCount))
    case .errors: return .number(Double(summary.errorCount))
    case .tokens: return summary.tokens.map { .number(Double($0)) }
    case .cost: return summary.costUSD.map { .number($0) }
    case .tenant: text = summary.tenant
    case .user: text = summary.user
    case .service: text = summary.rootService
    case .name: text = summary.rootName
    case .route: text = summary.route
    case .model: text = summary.model
    }
    return text.flatMap { $0.isEmpty ? nil : .text($0) }
  }
}
