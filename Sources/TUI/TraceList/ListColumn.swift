import Store

/// A column of the trace list.
enum ListColumn: Int, CaseIterable, Sendable {
  case time, verdict, tenant, user, service, name, route, model, duration, bar, spans, tokens, cost

  var header: String {
    switch self {
    case .time: "TIME"
    case .verdict: "!"
    case .tenant: "TENANT"
    case .user: "USER"
    case .service: "SERVICE"
    case .name: "NAME"
    case .route: "ROUTE"
    case .model: "MODEL"
    case .duration: "DUR"
    case .bar: ""
    case .spans: "SP"
    case .tokens: "TOK"
    case .cost: "COST"
    }
  }

  /// Columns whose value `=` and `!` filter by.
  static let focusable: [ListColumn] = [.verdict, .tenant, .user, .service, .name, .route, .model]

  /// Columns as wide as their values.
  static let measured: [ListColumn] = [
    .tenant, .user, .service, .name, .route, .model, .spans, .tokens, .cost,
  ]

  /// The narrowest a column of values may be.
  var minimumWidth: Int {
    switch self {
    case .name: 12
    case .model: 8
    case .tenant, .user, .service: 6
    case .route: 5
    default: 0
    }
  }

  /// The width that reads well, where that is less than all of the value.
  var comfortableWidth: Int {
    switch self {
    case .name: 26
    case .model: 20
    case .tenant, .user: 12
    case .service: 18
    case .route: 12
    // As wide as <$0.00001.
    case .cost: 9
    default: 6
    }
  }

  /// The widest it may be, whatever the room.
  var maximumWidth: Int {
    switch self {
    case .tenant: 16
    case .user: 22
    case .service: 20
    case .name: 60
    case .route: 18
    case .model: 34
    case .cost: 9
    default: 6
    }
  }

  var isRightAligned: Bool {
    switch self {
    case .duration, .spans, .tokens, .cost: true
    default: false
    }
  }

  /// The field that the filter language has for the column.
  var filterField: Filter.Field? {
    switch self {
    case .verdict: .intrinsic(.verdict)
    case .tenant: .dimension(.tenant)
    case .user: .dimension(.user)
    case .service: .intrinsic(.rootService)
    case .name: .intrinsic(.rootName)
    case .route: .dimension(.route)
    case .model: .dimension(.model)
    default: nil
    }
  }

  /// What a filter would compare with; nil where the trace has none.
  func filterValue(of summary: TraceSummary) -> String? {
    switch self {
    case .verdict: summary.verdict.name
    case .tenant: summary.tenant
    case .user: summary.user
    case .service: summary.rootService.isEmpty ? nil : summary.rootService
    case .name: summary.rootName
    case .route: summary.route
    case .model: summary.model
    default: nil
    }
  }

  /// What a row shows; nil where the trace has nothing to show there.
  func text(of summary: TraceSummary, _ glyphs: Glyphs) -> String? {
    switch self {
    case .spans where summary.traceCount > 1:
      "\(glyphs.joined)\(summary.traceCount) \(Format.count(summary.spanCount))"
    case .model: Self.model(of: summary, glyphs).map { marked($0, summary) }
    case .spans: Format.count(summary.spanCount)
    case .tokens: summary.tokens.map { Format.count($0) }
    case .cost: summary.costUSD.map { Format.cost($0) }
    default:
      filterValue(of: summary).map { marked($0, summary) }
    }
  }

  /// A plus says that spans of the trace disagree; the details have every value.
  private func marked(_ value: String, _ summary: TraceSummary) -> String {
    isContested(in: summary) ? value + "+" : value
  }

  /// Whether spans of the trace have several values for what the column shows.
  func isContested(in summary: TraceSummary) -> Bool {
    switch self {
    case .tenant: summary.conflicts.contains(.tenant)
    case .user: summary.conflicts.contains(.user)
    case .route: summary.conflicts.contains(.route)
    case .model: summary.hasSeveralModels
    default: false
    }
  }

  /// The model, after the one asked for where that was another; without providers, which the
  /// details have.
  private static func model(of summary: TraceSummary, _ glyphs: Glyphs) -> String? {
    guard let asked = summary.modelAsked.map(withoutProvider) else {
      return summary.model.map(withoutProvider)
    }
    // Asked for, and nobody answered: as a model it is in no group and no filter finds it.
    guard let model = summary.model.map(withoutProvider) else { return "\(asked)\(glyphs.arrow)-" }
    return isSame(asked, model) ? asked : "\(asked)\(glyphs.arrow)\(model)"
  }

  /// Whether a model answered under the name that was asked for, or under that with its date:
  /// `gpt-4o-2024-08-06` is `gpt-4o`. The details have the date.
  private static func isSame(_ asked: String, _ model: String) -> Bool {
    guard model.hasPrefix(asked) else { return false }
    let rest = model.dropFirst(asked.count)
    return rest.isEmpty
      || rest.first == "-" && rest.count > 1 && rest.allSatisfy { $0 == "-" || $0.isWholeNumber }
  }

  /// `gpt-4o` of `openai/gpt-4o`.
  private static func withoutProvider(_ model: String) -> String {
    guard let slash = model.lastIndex(of: "/"), model.index(after: slash) < model.endIndex else {
      return model
    }
    return String(model[model.index(after: slash)...])
  }
}
