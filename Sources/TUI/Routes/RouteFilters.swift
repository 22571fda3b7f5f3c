import Store

/// Filters that say what a row or a figure of the screen's tables is about.
enum RouteFilters {
  /// What `=` adds to the filter for the value under the cursor, and `!` denies; nil where it is about
  /// nothing that a filter can say.
  static func narrowing(_ line: RouteLine, _ column: RouteColumn) -> Filter? {
    switch line {
    case .route(let route): narrowing(route.key, column)
    case .step(let step): filter(of: step.key.name, step.kinds, hook: nil)
    case .denial(let denial):
      switch column {
      case .deniedBy: denial.key.filter.map { filter(of: $0, .all, hook: nil) }
      default: self.denial(denial.key)
      }
    case .change(let change): narrowing(change.key, column)
    }
  }

  /// Filters that may select exactly the requests that a figure counts, the plainest first.
  static func drafts(of line: RouteLine, _ part: RouteTable.Part, under base: Filter?) -> [Filter] {
    var drafts: [Filter?]
    switch line {
    case .route(let route):
      guard part == .all || part == .failed else { return [] }
      let failed = part == .failed ? Self.failed : nil
      let named = [narrowing(route.key, .route), narrowing(route.key, .model)]
      drafts = [
        Filter.joining(named + [failed]),
        Filter.joining(named + [narrowing(route.key, .asked), failed]),
      ]
    case .step(let step): drafts = [filter(of: step, part)]
    case .denial(let denial): drafts = [self.denial(denial.key)]
    case .change(let change):
      let named = [narrowing(change.key, .outcome), narrowing(change.key, .alternative)]
      drafts = [Filter.joining(named), Filter.joining(named + [narrowing(change.key, .chosen)])]
    }
    return drafts.compactMap { $0 }.compactMap { Filter.joining([base, $0]) }
  }

  // MARK: - Routes

  private static func narrowing(_ key: RouteKey, _ column: RouteColumn) -> Filter? {
    guard !key.isOthers else { return nil }
    switch column {
    case .route:
      return key.route.map { equal(.dimension(.route), $0) }
        ?? Filter.predicate(Filter.Predicate(.attribute("plano.route.name"), .exists)).negated
    case .asked: return key.asked.map { anyOf(["model.requested", "gen_ai.request.model"], $0) }
    case .model: return key.model.map { equal(.dimension(.model), $0) }
    default:
      return Filter.joining([narrowing(key, .route), narrowing(key, .model)])
    }
  }

  private static func narrowing(_ key: SwitchKey, _ column: RouteColumn) -> Filter? {
    guard !key.isOthers else { return nil }
    switch column {
    case .chosen: return key.model.map { equal(.dimension(.model), $0) }
    case .alternative:
      return key.alternative.map { equal(.attribute("plano.switch.counterfactual_route"), $0) }
    default:
      return equal(.attribute("plano.switch.decision"), key.isAllowed ? "allowed" : "retained")
    }
  }

  private static var failed: Filter? {
    let words = [Verdict.error, .denied, .clientGone].map { Filter.Operand($0.name) }
    return .predicate(Filter.Predicate(.intrinsic(.verdict), .isIn(words)))
  }

  // MARK: - Steps

  private static func filter(of step: RouteTable.Step, _ part: RouteTable.Part) -> Filter? {
    guard !step.key.isOthers else { return nil }
    let hook = step.key.hook.contains("_") ? step.key.hook : nil
    switch part {
    case .all: return filter(of: step.key.name, step.kinds, hook: hook)
    case .denied where step.kinds.isSubset(of: [.http, .mcp]):
      return rejection(by: step.key.name)
    case .modified:
      return Filter.any(
        of: [
          step.kinds.contains(.plugin)
            ? span(["plugin.name": step.key.name, "plugin.modified_payload": "true"], hook) : nil,
          step.kinds.contains(.control)
            ? span(
              ["cpex.control.name": step.key.name, "cpex.control.payload_modified": "true"], hook)
            : nil,
        ].compactMap { $0 })
    default: return nil
    }
  }

  /// Traces in which a filter ran, by what each gateway writes its name under.
  private static func filter(of name: String, _ kinds: StepKinds, hook: String?) -> Filter {
    var parts: [Filter] = []
    if kinds.contains(.http) { parts.append(equal(.attribute("filter_name"), name)) }
    if kinds.contains(.mcp) {
      parts.append(equal(.attribute("agent", in: .event), name))
    }
    if kinds.contains(.plugin) { parts.append(contentsOf: [span(["plugin.name": name], hook)]) }
    if kinds.contains(.control) { parts.append(span(["cpex.control.name": name], hook)) }
    if kinds.contains(.metrics) {
      parts.append(equal(.intrinsic(.name), "plugin.metrics.\(name)"))
    }
    return Filter.any(of: parts) ?? .text(TextSearch(name))
  }

  /// One span with these attributes; a single one needs no braces.
  private static func span(_ values: [String: String], _ hook: String?) -> Filter {
    var predicates = values.sorted { $0.key < $1.key }.map { equal(.attribute($0.key), $0.value) }
    if let hook {
      let key =
        values["plugin.name"] != nil ? "plugin.hook.type" : "cpex.control.hook_name"
      predicates.append(equal(.attribute(key), hook))
    }
    return predicates.count == 1
      ? predicates[0] : .spans(.matching(Filter.all(of: predicates)))
  }

  // MARK: - Denials

  private static func denial(_ key: DenialKey) -> Filter? {
    guard !key.isOthers, let name = key.filter else { return nil }
    // Plano's event has the status as its code; ContextForge has all of it in one message.
    guard let code = key.code, UInt(code) == nil else { return rejection(by: name) }
    return .text(TextSearch("blocked by plugin \(name): \(code)"))
  }

  private static func rejection(by name: String) -> Filter {
    .spans(
      .matching(
        Filter.all(of: [
          .predicate(
            Filter.Predicate(
              .intrinsic(.eventName),
              .isIn([
                Filter.Operand("client error from agent"),
                Filter.Operand("client error from filter chain"),
              ]))), equal(.attribute("agent", in: .event), name),
        ])))
  }

  // MARK: - Parts

  private static func equal(_ field: Filter.Field, _ value: String) -> Filter {
    .predicate(Filter.Predicate(field, .comparison(.equal, Filter.Operand(value))))
  }

  private static func anyOf(_ keys: [String], _ value: String) -> Filter {
    Filter.any(of: keys.map { equal(.attribute($0), value) }) ?? equal(.attribute(""), value)
  }
}

extension StepKinds {
  static let all: StepKinds = [.http, .mcp, .plugin, .control, .metrics]
}
