import Store

/// How the rows of a table are sorted: by its own order, or by a figure with the largest first.
enum RouteOrder: Equatable, Sendable {
  case standard
  case by(RouteColumn)

  /// The orders that a table can have, one after the other.
  static func all(of pane: RoutePane) -> [RouteOrder] {
    switch pane {
    case .routes: [.standard, .by(.failed), .by(.fallbacks), .by(.decision), .by(.cost)]
    case .switches: [.standard, .by(.price), .by(.overhead)]
    case .steps: [.standard, .by(.runs), .by(.denied), .by(.errors), .by(.p99), .by(.share)]
    case .denials: [.standard, .by(.count)]
    }
  }

  /// The column with the arrow.
  func column(in pane: RoutePane) -> RouteColumn? {
    guard case .standard = self else {
      if case .by(let column) = self { return column }
      return nil
    }
    switch pane {
    case .routes: return .requests
    case .switches: return .switches
    case .steps: return nil
    case .denials: return .last
    }
  }

  /// What the order is, for a person.
  func sentence(in pane: RoutePane) -> String {
    switch self {
    case .by(let column):
      switch column {
      case .failed: "highest error rate first"
      case .fallbacks: "most fallbacks first"
      case .decision: "slowest decisions first"
      case .cost: "dearest requests first"
      case .price: "dearest switches first"
      case .overhead: "largest overhead first"
      case .runs: "most runs first"
      case .denied: "most denials first"
      case .errors: "most errors first"
      case .p99: "slowest first"
      case .share: "largest share of the time first"
      default: "most requests first"
      }
    case .standard:
      switch pane {
      case .routes, .switches: "most requests first"
      case .steps: "in the order in which they run"
      case .denials: "newest first"
      }
    }
  }

  /// Sorts rows that come in the table's own order, which decides where figures are equal.
  func arrange(_ lines: [RouteLine], isReversed: Bool) -> [RouteLine] {
    var arranged = lines
    if case .by(let column) = self {
      let keyed = lines.enumerated().map { place, line in
        (figure: column.figure(of: line), place: place, line: line)
      }
      arranged =
        keyed.sorted {
          $0.figure != $1.figure ? $0.figure > $1.figure : $0.place < $1.place
        }.map(\.line)
    }
    return isReversed ? arranged.reversed() : arranged
  }
}

extension RouteColumn {
  /// The figure to sort by; below every other where there is none.
  fileprivate func figure(of line: RouteLine) -> Double {
    let none = -Double.greatestFiniteMagnitude
    switch line {
    case .route(let route):
      switch self {
      case .failed: return route.errorRate
      case .fallbacks: return Double(route.fallbacks)
      case .decision: return route.decisionP50.map { Double($0.rawValue) } ?? none
      case .cost: return route.costPerRequest ?? none
      default: return Double(route.requests)
      }
    case .change(let change):
      switch self {
      case .price: return change.costed > 0 ? change.costUSD / Double(change.costed) : none
      case .overhead: return change.overheadPercent ?? none
      default: return Double(change.count)
      }
    case .step(let step):
      switch self {
      case .denied: return Double(step.denied)
      case .errors: return Double(step.errors)
      case .p99: return step.p99.map { Double($0.rawValue) } ?? none
      case .share: return step.share ?? none
      default: return Double(step.runs)
      }
    case .denial(let denial): return Double(denial.count)
    }
  }
}
