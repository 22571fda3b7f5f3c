extension RoutingDecision {
  /// What a routing span of Plano tells; nil for other spans of that role, such as a lookup of a tool.
  init?(of span: StorySpan, _ family: StoryFamily) {
    let record = span.record
    guard
      record.name == "routing" || record.name == "routing_decision"
        || span.service == "plano(routing)"
    else { return nil }
    let selected = record.text("route.selected_model")
    let determined = record.events.last { $0.name == "plano-orchestrator determined route" }
    let completed = record.events.last { $0.name == "routing decision completed" }
    let wasAsked = !family.children(of: record.spanID).isEmpty || determined != nil
    self.init(span: record.spanID, call: record.parentSpanID, outcome: .direct)
    asked = record.text("model.requested")
    alias = record.text("model.alias_resolved").flatMap { $0 == asked ? nil : $0 }
    let words =
      record.events.last { $0.name == "plano-orchestrator determined route" }?
      .text("selected_model").map(Self.quoted) ?? []
    route = words.first ?? completed?.text("route").flatMap { Self.quoted($0).first }
    candidates = Array(words.dropFirst())
    duration = record.number("routing.determination_ms").map {
      Nanoseconds(UInt64(max(0, min($0, 1e12)) * 1e6))
    }
    switch selected {
    case "unknown": outcome = .failed
    case "none": outcome = wasAsked ? .fellBack : .direct
    case .some(let model):
      outcome = .routed
      self.selected = model
    case nil:
      self.selected = completed?.text("primary_model")
      // A decision asked for by itself that says nothing came to nothing; a call's that says nothing
      // was not of interest to whoever wrote the span.
      let isFailed = record.name == "routing_decision" || span.hasError
      outcome = self.selected != nil ? .routed : isFailed ? .failed : .direct
    }
    if candidates.isEmpty, let selected = self.selected { candidates = [selected] }
  }

  /// The texts between quotes in what Rust prints of a value: `Some(("code", ["a", "b"]))`.
  static func quoted(_ text: String) -> [String] {
    var found: [String] = []
    var word: String?
    var isEscaped = false
    for character in text {
      if isEscaped {
        word?.append(character == "n" ? "\n" : character == "t" ? "\t" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        if let done = word { found.append(done) }
        word = word == nil ? "" : nil
      } else {
        word?.append(character)
      }
    }
    return found
  }
}

extension SwitchDecision {
  public init?(of record: SpanRecord) {
    guard let decision = record.text("plano.switch.decision") else { return nil }
    self.init(span: record.spanID, isAllowed: decision == "allowed")
    costUSD = record.number("plano.switch.cost_in_usd")
    candidateWarmTokens = record.attributes.integer("plano.switch.candidate_warm_tokens")
    ceilingUSD = record.number("plano.switch.overhead_ceiling_in_usd")
    counterfactual = record.text("plano.switch.counterfactual_route")
  }
}

extension SessionFigures {
  public init?(of record: SpanRecord) {
    let keys = ["session.id", "plano.session_id", "langfuse.session.id", "gen_ai.conversation.id"]
    guard let id = keys.lazy.compactMap({ record.text($0) }).first else { return nil }
    self.init(id: id)
    isCacheWarm = record.attributes.boolean("plano.cache.warm")
    idle = record.number("plano.cache.idle_ms").map {
      Nanoseconds(UInt64(max(0, min($0, 1e12)) * 1e6))
    }
    totalCostUSD = record.number("plano.session.total_cost_in_usd")
    baselineUSD = record.number("plano.session.baseline_in_usd")
    switchSpendUSD = record.number("plano.session.switch_spend_in_usd")
    overheadPercent = record.number("plano.session.overhead_pct")
    switches = record.attributes.integer("plano.session.switches")
  }
}

extension ConversationSignal {
  init?(of event: SpanEvent, _ span: SpanID) {
    guard event.name.hasPrefix("signal.") else { return nil }
    self.init(
      span: span, type: event.text("signal.type") ?? String(event.name.dropFirst(7)),
      time: event.time)
    messageIndex = event.attributes.integer("signal.message_index")
    confidence = event.attributes.number("signal.confidence")
    snippet = event.text("signal.snippet")
  }
}
