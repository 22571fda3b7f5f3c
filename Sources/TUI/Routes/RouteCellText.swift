import Store

/// What stands in the cells of the screen's tables.
struct RouteCellText {
  let context: ViewContext

  private var glyphs: Glyphs { context.glyphs }

  /// The text of a cell; nil for "not known".
  func text(_ line: RouteLine, _ column: RouteColumn) -> String? {
    switch line {
    case .route(let route): text(route, column)
    case .step(let step): text(step, column)
    case .denial(let denial): text(denial, column)
    case .change(let change): text(change, column)
    }
  }

  /// How a cell looks; figures that tell of something wrong stand out where they are not zero.
  func style(_ line: RouteLine, _ column: RouteColumn) -> Style {
    switch (line, column) {
    case (.route(let route), .failed): route.failed > 0 ? .error : .dim
    case (.route(let route), .fallbacks): route.fallbacks > 0 ? .warning : .dim
    case (.step(let step), .denied): step.denied > 0 ? .denied.bold : .dim
    case (.step(let step), .errors): step.errors > 0 ? .error : .dim
    case (.step(let step), .modified): step.modified > 0 ? .warning : .dim
    case (.change(let change), .outcome): change.key.isAllowed ? .ok : .held
    case (_, .route), (_, .filter): .title
    case (_, .deniedBy): .denied
    case (_, .model), (_, .chosen), (_, .alternative): .model
    case (_, .hook), (_, .first), (_, .last), (_, .asked): .dim
    default: column.isRightAligned ? .number : .text
    }
  }

  // MARK: - Routes

  private func text(_ route: RouteTable.Route, _ column: RouteColumn) -> String? {
    let key = route.key
    switch column {
    case .route: return name(of: key)
    case .asked: return key.asked
    case .model: return model(key).map { "\(glyphs.arrow) \($0)" }
    case .requests: return Format.count(route.requests)
    case .decision: return route.decisionP50.map { context.duration($0) }
    case .fallbacks: return Format.count(route.fallbacks)
    case .failed: return Format.percent(route.errorRate)
    case .cost: return route.costPerRequest.map { Format.cost($0) }
    default: return nil
    }
  }

  private func name(of key: RouteKey) -> String {
    if key.isOthers { return "(others)" }
    return key.route ?? (key.isDefault ? "(default)" : "(direct)")
  }

  private func model(_ key: RouteKey) -> String? {
    guard let model = key.model, !model.contains("/"), let provider = key.provider else {
      return key.model
    }
    return "\(provider)/\(model)"
  }

  // MARK: - Steps

  private func text(_ step: RouteTable.Step, _ column: RouteColumn) -> String? {
    switch column {
    case .filter: return step.key.isOthers ? "(others)" : step.key.name
    case .hook: return step.key.hook
    case .runs: return Format.count(step.runs)
    case .allowed: return Format.count(step.allowed)
    case .modified: return Format.count(step.modified)
    case .denied: return Format.count(step.denied)
    case .errors: return Format.count(step.errors)
    case .p50: return step.p50.map { context.duration($0) }
    case .p99: return step.p99.map { context.duration($0) }
    case .share: return step.share.map { Format.percent($0) }
    default: return nil
    }
  }

  // MARK: - Denials

  private func text(_ denial: RouteTable.Denial, _ column: RouteColumn) -> String? {
    let key = denial.key
    switch column {
    case .deniedBy: return key.isOthers ? "(others)" : key.filter ?? "(not named)"
    case .code: return key.code
    case .reason: return key.reason
    case .count: return Format.count(denial.count)
    case .first: return Format.clock(denial.firstSeen, zone: context.zone)
    case .last: return Format.clock(denial.lastSeen, zone: context.zone)
    default: return nil
    }
  }

  /// One request that was denied: when, whose, what.
  func example(_ example: RouteTable.Example) -> StyledLine {
    var line: StyledLine = [(Format.clock(example.time, zone: context.zone), .dim)]
    if let tenant = example.tenant { line.append((" \(tenant)", .tenant)) }
    if let user = example.user { line.append((" \(user)", .user)) }
    if !example.name.isEmpty { line.append((" \(example.name)", .text)) }
    return line
  }

  // MARK: - Switches

  private func text(_ change: RouteTable.Switch, _ column: RouteColumn) -> String? {
    let key = change.key
    switch column {
    case .outcome: return key.isOthers ? "(others)" : key.isAllowed ? "allowed" : "retained"
    case .chosen: return key.model
    case .alternative: return key.alternative
    case .switches: return Format.count(change.count)
    case .sessions: return Format.count(change.sessions)
    case .price: return change.costed > 0 ? money(change.costUSD / Double(change.costed)) : nil
    case .overhead: return change.overheadPercent.map { Format.percent($0 / 100) }
    case .sessionCost:
      return change.sessionCostUSD.map { money($0 / Double(max(1, change.sessions))) }
    default: return nil
    }
  }

  /// A price that may be below zero: the change saves.
  func money(_ dollars: Double) -> String {
    dollars < 0 ? "-" + Format.cost(-dollars) : Format.cost(dollars)
  }

  /// What became of the changes of model, and what deciding costs in time.
  func summary(_ table: RouteTable) -> StyledLine {
    var line: StyledLine = []
    let allowed = table.switches.filter(\.key.isAllowed).reduce(0) { $0 + $1.count }
    let retained = table.switches.reduce(0) { $0 + $1.count } - allowed
    if allowed + retained > 0 {
      line.append(("switches ", .dim))
      line.append(("\(Format.count(allowed)) allowed, \(Format.count(retained)) retained", .text))
      if let overhead = table.switches.compactMap(\.overheadPercent).max() {
        line.append(("  overhead up to ", .dim))
        line.append((Format.percent(overhead / 100), .text))
      }
    }
    if let share = table.decisionShare {
      line.append((line.isEmpty ? "deciding " : "  deciding ", .dim))
      line.append((Format.percent(share), .text))
      line.append((" of the time", .dim))
    }
    return line
  }
}
