/// The order of the list in words and signs.
extension TraceOrder {
  /// What the order is, for a person.
  var sentence: String {
    switch column {
    case .time: isReversed ? "oldest first" : "newest first"
    case .duration: isReversed ? "fastest first" : "slowest first"
    case .errors: isReversed ? "fewest errors first" : "most errors first"
    case .spans: isReversed ? "fewest spans first" : "most spans first"
    case .tokens: isReversed ? "fewest tokens first" : "most tokens first"
    case .cost: isReversed ? "cheapest first" : "dearest first"
    case .tenant, .user, .service, .name, .route, .model:
      "by \(column), " + (isReversed ? "Z to A" : "A to Z")
    }
  }

  /// Which way values go from the top row down: a mark for the head of the column.
  func mark(_ glyphs: Glyphs) -> String {
    column.isText == isReversed ? glyphs.down : glyphs.up
  }

  /// Sorted by another column, the usual way round.
  func by(_ column: Column) -> TraceOrder { TraceOrder(column, joinsTraces: joinsTraces) }

  /// Sorted by the next column in turn.
  var next: TraceOrder {
    let all = Column.allCases
    return by(all[((all.firstIndex(of: column) ?? 0) + 1) % all.count])
  }
}

extension ListColumn {
  /// What the list is sorted by when it is sorted by this column; nil for the picture of a duration.
  var order: TraceOrder.Column? {
    switch self {
    case .time: .time
    case .verdict: .errors
    case .tenant: .tenant
    case .user: .user
    case .service: .service
    case .name: .name
    case .route: .route
    case .model: .model
    case .duration: .duration
    case .bar: nil
    case .spans: .spans
    case .tokens: .tokens
    case .cost: .cost
    }
  }
}

extension TraceOrder.Column {
  /// The column of the list that is sorted.
  var listColumn: ListColumn { ListColumn.allCases.first { $0.order == self } ?? .time }
}
