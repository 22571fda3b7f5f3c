/// A request's story in numbers.
extension RouteReading {
  init(of record: TraceRecord, _ spans: [StorySpan], _ catalogs: inout RouteTableCatalogs) {
    self.init(of: record)
    let story = RequestStory(spans: spans)
    addRoutes(of: story, &catalogs)
    addSteps(of: story, &catalogs)
    let evidence = Evidence(rawValue: record.evidence)
    if story.denial != nil || !evidence.isDisjoint(with: .denial) {
      addDenial(of: story, spans, &catalogs)
    }
    if let decision = story.switchDecision {
      let key = SwitchKey(
        isAllowed: decision.isAllowed, model: story.model, alternative: decision.counterfactual)
      switches.append(
        SwitchShare(
          row: catalogs.switches.number(of: key), session: story.session?.id.hashValue,
          costUSD: decision.costUSD, overheadPercent: story.session?.overheadPercent,
          sessionCostUSD: story.session?.totalCostUSD))
    }
  }

  // MARK: - Routes

  /// One share for each row: calls of a request that went the same way count once.
  private mutating func addRoutes(
    of story: RequestStory, _ catalogs: inout RouteTableCatalogs
  ) {
    var calls = story.calls.filter { !$0.isOfFilter }
    if calls.isEmpty, let decision = story.decision {
      // Only the routing service was asked; whoever asked makes the call.
      var call = ModelCall(span: decision.call, start: UnixNanos(0), duration: .zero)
      (call.asked, call.sent, call.route) = (decision.asked, decision.selected, decision.route)
      calls = [call]
    }
    for call in calls {
      let decision =
        story.decisions.first { $0.call == call.span }
        ?? (story.calls.isEmpty ? story.decision : nil)
      // What it was sent for: the upstream's own name of a model changes with its versions.
      let model = call.sent ?? call.answered
      let key = RouteKey(
        route: call.route ?? decision?.route, asked: call.asked, model: model,
        provider: model?.contains("/") ?? true ? nil : call.provider,
        isDefault: decision?.outcome == .fellBack)
      guard key.route != nil || key.asked != nil || key.model != nil else { continue }
      var share = RouteShare(
        row: catalogs.routes.number(of: key),
        hasFallenBack: Self.hasFallenBack(call, decision, story.switchDecision))
      // Where there was nothing to choose from, nothing was decided.
      if let decision, decision.outcome != .direct { share.decision = decision.duration }
      share.costUSD = call.costUSD
      add(share)
    }
  }

  private mutating func add(_ share: RouteShare) {
    guard let place = routes.firstIndex(where: { $0.row == share.row }) else {
      return routes.append(share)
    }
    if share.hasFallenBack { routes[place].hasFallenBack = true }
    routes[place].decision = Self.sum(routes[place].decision, share.decision)
    if let cost = share.costUSD { routes[place].costUSD = (routes[place].costUSD ?? 0) + cost }
  }

  /// Whether another model was used than the first choice: the router found no route, or the call
  /// went elsewhere without a price that kept it.
  private static func hasFallenBack(
    _ call: ModelCall, _ decision: RoutingDecision?, _ change: SwitchDecision?
  ) -> Bool {
    guard let decision else { return false }
    if decision.outcome == .fellBack { return true }
    guard change == nil, let chosen = decision.selected, let sent = call.sent else { return false }
    return chosen != sent
  }

  private static func sum(_ left: Nanoseconds?, _ right: Nanoseconds?) -> Nanoseconds? {
    guard let left, let right else { return left ?? right }
    return left + right
  }

  // MARK: - Steps

  private mutating func addSteps(
    of story: RequestStory, _ catalogs: inout RouteTableCatalogs
  ) {
    var place: Int32 = 0
    for step in story.filters {
      let key = StepKey(
        name: step.name, hook: step.hook ?? (step.direction == .input ? "in" : "out"))
      let row = catalogs.steps.number(of: key)
      let index = steps.firstIndex { $0.row == row }
      var share = index.map { steps[$0] } ?? StepShare(row: row, place: place)
      if index == nil { place += 1 }
      let runs = Int32(clamping: step.count)
      switch step.verdict {
      case .allow: share.allowed += runs
      case .modified: share.modified += runs
      case .denied: share.denied += runs
      case .error: share.errors += runs
      }
      share.kinds.insert(StepKinds(step.kind))
      share.took = Self.sum(share.took, step.duration)
      if let index { steps[index] = share } else { steps.append(share) }
    }
  }

  private mutating func addDenial(
    of story: RequestStory, _ spans: [StorySpan], _ catalogs: inout RouteTableCatalogs
  ) {
    let denial = story.denial
    let step = story.filters.first {
      $0.verdict == .denied && (denial?.filter == nil || $0.name == denial?.filter)
    }
    let key = DenialKey(
      filter: denial?.filter ?? step?.name, code: denial?.code ?? step?.code,
      reason: (denial?.reason ?? step?.reason).map(Denial.words(of:)))
    let teller = spans.first { $0.record.spanID == denial?.span }?.record.end
    let time = step?.start ?? teller ?? spans.map(\.record.end).max() ?? UnixNanos(0)
    denials.append(
      DenialShare(
        row: catalogs.denials.number(of: key), time: time,
        subject: story.subject?.name ?? story.modelAsked))
  }
}

/// What told of a step, for filters that find it again.
public struct StepKinds: OptionSet, Hashable, Sendable {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let http = StepKinds(rawValue: 1)
  public static let mcp = StepKinds(rawValue: 2)
  public static let plugin = StepKinds(rawValue: 4)
  public static let control = StepKinds(rawValue: 8)
  public static let metrics = StepKinds(rawValue: 16)

  init(_ kind: FilterStep.Kind) {
    self =
      switch kind {
      case .http: .http
      case .mcp: .mcp
      case .plugin: .plugin
      case .control: .control
      case .metrics: .metrics
      }
  }
}
