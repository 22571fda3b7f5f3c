import Store

/// A conversation that Plano keeps on one model while its cache is warm (handlers/llm/session_router.rs).
struct DemoSession {
  /// The model the session is on.
  var anchor: DemoCast.Model
  /// The route that led there.
  var anchorRoute: String?
  var lastRequest: UnixNanos?
  var turns = 0
  var switches = 0
  var switchSpend = 0.0
  var baseline = 0.0
  var totalCost = 0.0
  /// What a further request carries along.
  var contextTokens = 0

  /// How long a provider keeps a prompt cached.
  private static let warmth = Nanoseconds.seconds(300)
  /// The share of its own cost that a session may spend on changing models.
  private static let overheadShare = 0.2

  init(anchor: DemoCast.Model) {
    self.anchor = anchor
  }

  /// Decides between the candidate and the session's own model, and writes the decision on the span.
  mutating func decide(
    _ candidate: ModelChoice, hasBudget: Bool, at time: UnixNanos, on span: SpanDraft,
    _ builder: RequestBuilder
  ) -> ModelChoice {
    turns += 1
    let idle = lastRequest.map { time.since($0) } ?? .zero
    let isWarm = lastRequest != nil && idle <= Self.warmth
    var choice = candidate
    var decision: SwitchDecision?
    if !isWarm {
      (baseline, switchSpend, switches) = (0, 0, 0)
    } else {
      if hasBudget { baseline += Double(max(contextTokens, 800)) * anchor.cachedPrice / 1e6 }
      if candidate.model.id != anchor.id {
        if hasBudget {
          let made = price(candidate)
          if !made.isAllowed { choice = ModelChoice(model: anchor, route: anchorRoute) }
          made.log(on: span, at: time, anchor: anchor, candidate: candidate, builder)
          decision = made
        } else {
          switches += 1
        }
      }
    }
    span.set("plano.cache.warm", isWarm)
    span.set("plano.cache.idle_ms", Int(idle.rawValue / 1_000_000))
    if hasBudget {
      span.set("plano.session.overhead_pct", baseline > 0 ? 100 * switchSpend / baseline : 0)
      span.set("plano.session.switch_spend_in_usd", switchSpend)
      span.set("plano.session.baseline_in_usd", baseline)
      span.set("plano.session.switches", switches)
    }
    span.set("plano.session.total_cost_in_usd", totalCost)
    if let decision {
      span.set("plano.switch.cost_in_usd", decision.cost)
      span.set("plano.switch.candidate_warm_tokens", 0)
      span.set("plano.switch.overhead_ceiling_in_usd", decision.ceiling)
      span.set("plano.switch.decision", decision.isAllowed ? "allowed" : "retained")
      if !decision.isAllowed {
        let route = candidate.route.map { " (\($0))" } ?? ""
        span.set("plano.switch.counterfactual_route", candidate.model.id + route)
      }
    }
    (anchor, anchorRoute, lastRequest) = (choice.model, choice.route, time)
    return choice
  }

  /// What changing the model costs: the context read anew, against reading it from the cache.
  private mutating func price(_ candidate: ModelChoice) -> SwitchDecision {
    let context = Double(max(contextTokens, 800))
    let cost = context * (candidate.model.inputPrice - anchor.cachedPrice) / 1e6
    let ceiling = Self.overheadShare * baseline
    let isCheaper = cost <= 0
    let isAllowed = isCheaper || switchSpend + cost <= ceiling
    if isAllowed { switches += 1 }
    if isAllowed && !isCheaper { switchSpend += cost }
    return SwitchDecision(
      cost: cost, ceiling: ceiling, spend: switchSpend, isAllowed: isAllowed, isCheaper: isCheaper)
  }
}

/// Whether a session may change its model, with the figures that decided.
struct SwitchDecision {
  var cost: Double
  var ceiling: Double
  var spend: Double
  var isAllowed: Bool
  var isCheaper: Bool

  func log(
    on span: SpanDraft, at time: UnixNanos, anchor: DemoCast.Model, candidate: ModelChoice,
    _ builder: RequestBuilder
  ) {
    let message =
      isCheaper
      ? "switch allowed — candidate is no more expensive than staying"
      : isAllowed
        ? "switch allowed — within session overhead cap"
        : "switch vetoed — would exceed session overhead cap, retaining anchor"
    var fields = [
      Attribute("anchor", anchor.id), Attribute("candidate", candidate.model.id),
      Attribute("switch_cost_in_usd", cost),
    ]
    if !isCheaper {
      fields.append(Attribute("switch_spend_in_usd", spend))
      fields.append(Attribute("overhead_ceiling_in_usd", ceiling))
    }
    builder.log(
      span, message, at: time, in: "handlers/llm/session_router", line: isCheaper ? 486 : 498,
      fields)
  }
}
