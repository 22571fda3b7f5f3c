import Store

/// A column of the table of groups.
enum GroupColumn: Int, CaseIterable, Sendable {
  case value, traces, errors, share, bar, p50, p95, p99, tokens, cost, firstError

  var header: String {
    switch self {
    case .value: ""
    case .traces: "TRACES"
    case .errors: "ERR"
    case .share: "ERR%"
    case .bar: ""
    case .p50: "p50"
    case .p95: "p95"
    case .p99: "p99"
    case .tokens: "TOK"
    case .cost: "COST"
    case .firstError: "FIRST ERR"
    }
  }

  /// The columns it takes; the value has what is left.
  var width: Int {
    switch self {
    case .value: 0
    case .traces: 6
    case .errors, .share, .tokens: 5
    case .bar: 4
    case .p50, .p95, .p99: 6
    case .cost: 8
    case .firstError: 9
    }
  }

  /// Given up in this order where the value has too little room.
  static let givenUp: [GroupColumn] = [.bar, .p50, .cost, .tokens]
  /// What the value must have.
  static let narrowestValue = 16
  /// Columns that the table can be sorted by, in turn.
  static let sortable: [GroupColumn] = [
    .errors, .share, .traces, .p50, .p95, .p99, .tokens, .cost, .firstError, .value,
  ]

  /// What the list of columns is called when it is sorted by one.
  var sentence: String {
    switch self {
    case .value: "by value"
    case .traces: "most traces first"
    case .errors: "most errors first"
    case .share: "largest share of errors first"
    case .bar: ""
    case .p50, .p95, .p99: "slowest \(header) first"
    case .tokens: "most tokens first"
    case .cost: "dearest first"
    case .firstError: "earliest first error first"
    }
  }

  struct Placed: Equatable, Sendable {
    var column: GroupColumn
    var start: Int
    var width: Int
  }

  /// The columns from left to right, for a line this wide.
  static func placed(width: Int) -> [Placed] {
    var shown = allCases.filter { $0 != .value }
    func room() -> Int { width - 2 - shown.reduce(0) { $0 + $1.width + 2 } }
    for column in givenUp where room() < narrowestValue { shown.removeAll { $0 == column } }
    var placed = [Placed(column: .value, start: 1, width: min(max(1, room()), 60))]
    var start = 1 + placed[0].width + 2
    for column in shown {
      placed.append(Placed(column: column, start: start, width: column.width))
      start += column.width + 2
    }
    return placed
  }

  /// Whether one row comes before another where the table is sorted by this column.
  func isBefore(_ left: GroupTable.Row, _ right: GroupTable.Row) -> Bool {
    switch self {
    case .value, .bar: return (left.value ?? "") < (right.value ?? "")
    case .traces: return left.traces > right.traces
    case .errors:
      return left.errors != right.errors
        ? left.errors > right.errors : left.traces > right.traces
    case .share: return left.errorRate > right.errorRate
    case .p50: return left.p50 ?? .zero > right.p50 ?? .zero
    case .p95: return left.p95 ?? .zero > right.p95 ?? .zero
    case .p99: return left.p99 ?? .zero > right.p99 ?? .zero
    case .tokens: return left.tokens ?? 0 > right.tokens ?? 0
    case .cost: return left.costUSD ?? -1 > right.costUSD ?? -1
    case .firstError:
      let never = UnixNanos(.max)
      return left.firstError ?? never < right.firstError ?? never
    }
  }
}
