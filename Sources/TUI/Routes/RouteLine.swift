import Store

/// A row of any of the screen's tables.
enum RouteLine: Equatable, Sendable {
  case route(RouteTable.Route)
  case step(RouteTable.Step)
  case denial(RouteTable.Denial)
  case change(RouteTable.Switch)

  /// What the row is about, which stays while its figures and its place change.
  var row: RouteTable.Row {
    switch self {
    case .route(let route): .route(route.key)
    case .step(let step): .step(step.key)
    case .denial(let denial): .denial(denial.key)
    case .change(let change): .change(change.key)
    }
  }
}

/// The tables of the screen, in the order in which Tab goes through them.
enum RoutePane: Int, CaseIterable, Sendable {
  case routes, switches, steps, denials

  var title: String {
    switch self {
    case .routes: "routes"
    case .switches: "switches"
    case .steps: "filters"
    case .denials: "denials"
    }
  }
}

extension RouteTable {
  /// The rows of one of the tables, in the table's own order.
  func lines(of pane: RoutePane) -> [RouteLine] {
    switch pane {
    case .routes: routes.map { .route($0) }
    case .switches: switches.map { .change($0) }
    case .steps: steps.map { .step($0) }
    case .denials: denials.map { .denial($0) }
    }
  }
}
