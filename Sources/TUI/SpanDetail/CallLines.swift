import Store

/// What a call of a model, an agent or a tool was about: who answered, with which parameters, what it
/// took, what went in and came out, and what was noticed about the conversation.
struct CallLines {
  private(set) var items: [SpanDocument.Item] = []
  let title: String
  private let record: SpanRecord

  init(
    record: SpanRecord, role: Role, story: RequestStory?, _ traceStart: UnixNanos,
    _ context: ViewContext
  ) {
    self.record = record
    switch role {
    case .llm: title = "MODEL CALL"
    case .agent: title = "AGENT"
    case .tool: title = "TOOL"
    case .prompt: title = "PROMPT"
    case .resource: title = "RESOURCE"
    case .route: title = "ROUTING"
    default:
      title = ""
      return
    }
    if role == .llm {
      addModel(story?.calls.first { $0.span == record.spanID }, context)
    } else if role == .agent {
      addAgent(story, context)
    } else if role == .route {
      addDecision(story?.decisions.first { $0.span == record.spanID }, context)
    }
    for entry in Self.facts(of: role) { add(entry.label, entry.keys) }
    for entry in Self.payloads { addPayload(entry.label, entry.keys) }
    addMessages(traceStart, context)
    addSignals(traceStart, context)
  }

  // MARK: - Items

  private mutating func add(_ key: String, _ value: String?, field: Filter.Field? = nil) {
    guard let value, !value.isEmpty else { return }
    items.append(
      SpanDocument.Item(kind: .pair, section: .call, key: key, value: value, field: field))
  }

  private mutating func note(_ text: String, level: Int = 0) {
    items.append(
      SpanDocument.Item(
        kind: .note, section: .call, key: text, value: "", field: nil, level: level))
  }

  /// The first of the keys that the span has, as it is.
  private mutating func add(_ label: String, _ keys: [String]) {
    for key in keys {
      guard let value = record.text(key), !value.isEmpty else { continue }
      return add(label, value, field: .attribute(key))
    }
  }

  // MARK: - Model

  private mutating func addModel(_ call: ModelCall?, _ context: ViewContext) {
    guard let call else { return }
    let glyphs = context.glyphs
    var names: [String] = []
    for case let name? in [call.asked, call.alias, call.route, call.sent, call.answered] {
      // A name without its provider is the same model.
      if let last = names.last, last == name || last.hasSuffix("/" + name) { continue }
      names.append(name)
    }
    add("model", names.joined(separator: " \(glyphs.arrow) "), field: .dimension(.model))
    if !items.isEmpty { items[items.count - 1].filterValue = call.model }
    add("upstream", call.upstream)
    var tokens: [String] = []
    if let count = call.tokensIn {
      let cached = call.tokensCached.map { $0 > 0 ? " (\(Format.grouped($0)) cached)" : "" } ?? ""
      tokens.append("\(Format.grouped(count)) in\(cached)")
    }
    if let count = call.tokensOut {
      let thought =
        call.tokensReasoning.map { $0 > 0 ? " (\(Format.grouped($0)) reasoning)" : "" } ?? ""
      tokens.append("\(Format.grouped(count)) out\(thought)")
    }
    add("tokens", tokens.joined(separator: ", "))
    if let cost = call.costUSD {
      let parts = [("in", "llm.usage.input_cost_usd"), ("out", "llm.usage.output_cost_usd")]
        .compactMap { word, key in record.number(key).map { "\(Format.cost($0)) \(word)" } }
      add(
        "cost", Format.cost(cost) + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"))
    }
    var time = context.duration(call.duration)
    if let first = call.timeToFirstToken {
      time = "first token \(context.duration(first)), all \(time)"
      let rest = call.duration - first
      if let count = call.tokensOut, rest > .milliseconds(1) {
        let rate = Double(count) / (Double(rest.rawValue) / 1e9)
        time += ", \(Format.rate(rate)) tok/s"
      }
    }
    add("time", time)
    addSwitch(context)
    if let agent = call.agent { add("agent", agent, field: .attribute("agent_id")) }
  }

  // MARK: - Routing

  private mutating func addDecision(_ decision: RoutingDecision?, _ context: ViewContext) {
    guard let decision else { return }
    add("asked for", decision.asked, field: .attribute("model.requested"))
    add("alias of", decision.alias)
    add("route", decision.route, field: .dimension(.route))
    add("chosen", decision.selected, field: .attribute("route.selected_model"))
    if decision.candidates.count > 1 {
      add("candidates", decision.candidates.joined(separator: ", "))
    }
    let words =
      switch decision.outcome {
      case .routed: "the router chose"
      case .fellBack: "the router found no route that fits: the model asked for was used"
      case .direct: "there is nothing to route by: the model asked for was used"
      case .failed: "the router failed, and the request with it"
      }
    add("outcome", words)
    add("decided in", decision.duration.map { context.duration($0) })
  }

  /// Whether the session may change its model, with what that costs.
  private mutating func addSwitch(_ context: ViewContext) {
    guard let decision = SwitchDecision(of: record) else { return }
    add(
      "switch", decision.isAllowed ? "allowed" : "retained: the model stays",
      field: .attribute("plano.switch.decision"))
    items[items.count - 1].filterValue = decision.isAllowed ? "allowed" : "retained"
    var cost: [String] = []
    if let dollars = decision.costUSD { cost.append(RequestLine.money(dollars)) }
    if let dollars = decision.ceilingUSD {
      cost.append("of at most \(RequestLine.money(dollars))")
    }
    if let tokens = decision.candidateWarmTokens {
      cost.append("\(Format.grouped(UInt64(max(0, tokens)))) tokens warm there")
    }
    add("switch cost", cost.joined(separator: ", "))
    add("else", decision.counterfactual)
    guard let session = SessionFigures(of: record) else { return }
    var figures = [session.id]
    if let isWarm = session.isCacheWarm { figures.append(isWarm ? "cache warm" : "cache cold") }
    if let switches = session.switches { figures.append("\(switches) switches") }
    if let spent = session.switchSpendUSD {
      figures.append("\(RequestLine.money(spent)) spent on them")
    }
    if let total = session.totalCostUSD { figures.append("\(RequestLine.money(total)) in all") }
    add("session", figures.joined(separator: ", "), field: .dimension(.session))
    items[items.count - 1].filterValue = session.id
  }

  // MARK: - Agent

  private mutating func addAgent(_ story: RequestStory?, _ context: ViewContext) {
    let id = record.text("agent_id")
    let calls = story?.calls.filter { $0.agent != nil && $0.agent == id } ?? []
    guard !calls.isEmpty else { return }
    var words = ["\(calls.count)"]
    let models = calls.compactMap(\.model)
    if let model = models.first { words.append(models.count > 1 ? "\(model) …" : model) }
    func sum(_ values: [UInt64?]) -> UInt64 { values.compactMap { $0 }.reduce(0, &+) }
    let (tokensIn, tokensOut) = (sum(calls.map(\.tokensIn)), sum(calls.map(\.tokensOut)))
    if tokensIn + tokensOut > 0 {
      words.append(
        "\(Format.count(tokensIn))\(context.glyphs.arrow)\(Format.count(tokensOut)) tok")
    }
    add("model calls", words.joined(separator: "  "))
  }

  // MARK: - What went in and out

  private mutating func addPayload(_ label: String, _ keys: [String]) {
    for key in keys {
      guard let value = record.text(key), !value.isEmpty else { continue }
      add(label, value, field: .attribute(key))
      if let cut = PayloadCut.of(value) { note(cut, level: 1) }
    }
  }

  /// Messages that events carry: `gen_ai.user.message`, `gen_ai.choice` and their like.
  private mutating func addMessages(_ traceStart: UnixNanos, _ context: ViewContext) {
    for event in record.events where event.name.hasPrefix("gen_ai.") {
      for attribute in event.attributes where Self.messageKeys.contains(attribute.key) {
        let text = ValueText.line(attribute.value)
        guard !text.isEmpty else { continue }
        add(
          String(event.name.dropFirst(7)), text,
          field: .attribute(attribute.key, in: .event))
        if let cut = PayloadCut.of(text) { note(cut, level: 1) }
      }
    }
  }

  private mutating func addSignals(_ traceStart: UnixNanos, _ context: ViewContext) {
    var words: [String] = []
    if let quality = record.text("signals.quality") { words.append(quality) }
    if let score = record.number("signals.quality_score") { words.append("score \(score)") }
    if let turns = record.text("signals.turn_count") { words.append("\(turns) turns") }
    if let efficiency = record.number("signals.efficiency_score") {
      words.append("efficiency \(efficiency)")
    }
    add("quality", words.joined(separator: ", "), field: .attribute("signals.quality"))
    if !words.isEmpty, record.text("signals.quality") != nil {
      items[items.count - 1].filterValue = words[0]
    }
    for attribute in record.attributes
    where attribute.key.hasPrefix("signals.") && attribute.key.hasSuffix(".count") {
      // `signals.execution.loops.count`
      let name = String(attribute.key.dropFirst(8).dropLast(6))
      add(name, ValueText.line(attribute.value), field: .attribute(attribute.key))
    }
    for event in record.events where event.name.hasPrefix("signal.") {
      var words: [String] = []
      if let index = event.text("signal.message_index") { words.append("message \(index)") }
      if let confidence = event.attributes.number("signal.confidence") {
        words.append("\(Format.percent(confidence)) sure")
      }
      if let snippet = event.text("signal.snippet") { words.append("\"\(snippet)\"") }
      items.append(
        SpanDocument.Item(
          kind: .pair, section: .call, key: event.text("signal.type") ?? event.name,
          value: words.joined(separator: "  "), field: .intrinsic(.eventName)))
      items[items.count - 1].filterValue = event.name
    }
  }
}

/// What a gateway says of a payload that it cut.
enum PayloadCut {
  /// ContextForge's `{"_truncated":true,"_original_size":N,…}` and Plano's preview that ends in three
  /// dots; nil for one that is whole.
  static func of(_ text: String) -> String? {
    if text.hasPrefix("{\"_truncated\"") {
      let digits = text.firstRange(of: "\"_original_size\":").map { mark in
        text[mark.upperBound...].drop { $0 == " " }.prefix { $0.isASCII && $0.isNumber }
      }
      guard let digits, let size = UInt64(digits) else { return "cut by the gateway" }
      return "cut by the gateway: the whole had \(Format.grouped(size)) characters"
    }
    guard text.hasSuffix("..."), text.count == 53 else { return nil }
    return "cut by the gateway after 50 characters"
  }
}
