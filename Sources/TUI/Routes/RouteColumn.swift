import Store

/// A column of one of the screen's tables.
enum RouteColumn: Int, CaseIterable, Sendable {
  // Where requests went.
  case route, asked, model, requests, decision, fallbacks, failed, cost
  // Changes of model that were priced.
  case outcome, chosen, alternative, switches, sessions, price, overhead, sessionCost
  // The chain.
  case filter, hook, runs, allowed, modified, denied, errors, p50, p99, share
  // Who was denied.
  case deniedBy, code, reason, count, first, last

  static func columns(of pane: RoutePane) -> [RouteColumn] {
    switch pane {
    case .routes: [.route, .asked, .model, .requests, .decision, .fallbacks, .failed, .cost]
    case .switches:
      [.outcome, .chosen, .alternative, .switches, .sessions, .price, .overhead, .sessionCost]
    case .steps:
      [.filter, .hook, .runs, .allowed, .modified, .denied, .errors, .p50, .p99, .share]
    case .denials: [.deniedBy, .code, .reason, .count, .first, .last]
    }
  }

  /// The column that the cursor is on at first: all requests of the row.
  static func standard(of pane: RoutePane) -> RouteColumn {
    switch pane {
    case .routes: .requests
    case .switches: .switches
    case .steps: .runs
    case .denials: .count
    }
  }

  var header: String {
    switch self {
    case .route: "ROUTE"
    case .asked: "requested"
    case .model: "resolved"
    case .requests: "REQ"
    case .decision: "decide"
    case .fallbacks: "fallbk"
    case .failed: "err%"
    case .cost: "$/req"
    case .outcome: "SWITCH"
    case .chosen: "answered by"
    case .alternative: "instead of"
    case .switches: "REQ"
    case .sessions: "sess"
    case .price: "price"
    case .overhead: "overhd"
    case .sessionCost: "$sess"
    case .filter: "FILTER"
    case .hook: "hook"
    case .runs: "run"
    case .allowed: "allow"
    case .modified: "modif"
    case .denied: "DENY"
    case .errors: "err"
    case .p50: "p50"
    case .p99: "p99"
    case .share: "share"
    case .deniedBy: "DENIED BY"
    case .code: "code"
    case .reason: "reason"
    case .count: "REQ"
    case .first: "first"
    case .last: "last"
    }
  }

  /// The cells of a figure; nil for text, which shares what figures leave.
  var width: Int? {
    switch self {
    case .requests, .switches, .count, .runs, .allowed, .modified, .denied, .errors: 5
    case .sessions: 4
    case .failed: 5
    case .decision, .fallbacks, .share, .p50, .p99, .overhead: 6
    case .cost, .price, .sessionCost, .first, .last: 8
    default: nil
    }
  }

  var isRightAligned: Bool { width != nil }

  /// The narrowest table that it shows in.
  var from: Int {
    switch self {
    case .share, .sessionCost, .first: 90
    case .cost, .overhead: 64
    default: 0
    }
  }

  /// Given up in this order where a table is too narrow for all: none that counts requests.
  static let givenUp: [RouteColumn] = [.p50, .decision, .price, .last, .hook, .p99]

  /// The requests that the figure counts; a column that counts none stands for all of the row.
  var part: RouteTable.Part {
    switch self {
    case .fallbacks: .fallbacks
    case .failed: .failed
    case .allowed: .allowed
    case .modified: .modified
    case .denied: .denied
    case .errors: .errors
    default: .all
    }
  }

  /// How the part is called in the title of what it counts; empty for the whole row.
  var partTitle: String {
    switch part {
    case .all: ""
    case .fallbacks: "fallbacks"
    case .failed, .errors: "errors"
    case .allowed: "allowed"
    case .modified: "modified"
    case .denied: "denied"
    }
  }
}
