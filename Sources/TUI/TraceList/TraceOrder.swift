public import Store

/// What the trace list is sorted by, and what a row of it is.
public struct TraceOrder: Equatable, Hashable, Sendable {
  /// In the order in which `s` goes through them.
  public enum Column: UInt8, CaseIterable, Sendable {
    case time, duration, errors, spans, tokens, cost, tenant, user, service, name, route, model
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

  /// The same as the store has it.
  public var sort: TraceSort {
    TraceSort(column.sorted, isAscending: column.isText != isReversed)
  }
}

extension TraceOrder.Column {
  fileprivate var sorted: TraceSort.Column {
    switch self {
    case .time: .time
    case .duration: .duration
    case .errors: .errors
    case .spans: .spans
    case .tokens: .tokens
    case .cost: .cost
    case .tenant: .tenant
    case .user: .user
    case .service: .service
    case .name: .name
    case .route: .route
    case .model: .model
    }
  }

  /// Whether it is sorted as words are: from A to Z, where numbers begin with the largest.
  public var isText: Bool { sorted.isText }
}
