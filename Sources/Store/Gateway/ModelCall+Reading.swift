extension ModelCall {
  /// What a span of role llm tells, with its routing and upstream children.
  init(of span: StorySpan, _ family: StoryFamily, _ filters: [FilterStep]) {
    let record = span.record
    self.init(span: record.spanID, start: record.start, duration: record.duration)
    let children = family.children(of: record.spanID)
    let routing = children.first { $0.role == .route }?.record
    let upstreamSpan = children.last { $0.role == .upstream }?.record
    let named = Self.models(inName: record.name)
    asked =
      routing?.text("model.requested") ?? named.asked ?? record.text("model.requested")
      ?? record.text("gen_ai.request.model")
    alias = routing?.text("model.alias_resolved").flatMap { $0 == asked ? nil : $0 }
    sent = record.text("llm.model") ?? record.text("gen_ai.request.model") ?? named.sent
    answered = record.attributes.lastText("llm.model") ?? record.text("gen_ai.response.model")
    provider =
      record.text("llm.provider") ?? record.text("gen_ai.provider.name")
      ?? record.text("gen_ai.system") ?? record.text("llm.provider.type")
    route = record.text("plano.route.name")
    self.upstreamSpan = upstreamSpan?.spanID
    upstream = upstreamSpan.flatMap { Self.host(of: $0) } ?? record.text("server.address")
    httpStatus = record.httpStatus ?? upstreamSpan?.httpStatus
    tokensIn = record.count(
      "llm.usage.prompt_tokens", "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens")
    tokensOut = record.count(
      "llm.usage.completion_tokens", "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens")
    tokensCached = record.count("llm.usage.cached_input_tokens")
    tokensReasoning = record.count("llm.usage.reasoning_tokens")
    costUSD = record.number("llm.usage.total_cost_usd") ?? record.number("gen_ai.usage.cost")
    timeToFirstToken = record.firstToken
    let ancestors = family.ancestors(of: span)
    agent = ancestors.first { $0.role == .agent }?.record.text("agent_id")
    isOfFilter =
      ancestors.contains { $0.role == .filter }
      || filters.contains { step in
        step.kind == .mcp && step.owner == record.parentSpanID && step.start <= record.start
          && step.duration.map { record.start <= step.start + $0 } ?? false
      }
    hasFailed = span.hasError
  }

  /// What Plano writes into a call's name: `POST <path> <asked> -> <sent>`, or `POST <path> <sent>`.
  static func models(inName name: String) -> (asked: String?, sent: String?) {
    let words = name.split(separator: " ")
    guard words.count >= 3, words[1].hasPrefix("/") else { return (nil, nil) }
    guard words.count >= 5, words[3] == "->" else { return (String(words[2]), String(words[2])) }
    return (String(words[2]), String(words[4]))
  }

  /// The host that an upstream span called: from the address, or from Envoy's `POST <host><path>`.
  private static func host(of record: SpanRecord) -> String? {
    if let address = record.text("server.address") { return address }
    let words = record.name.split(separator: " ", maxSplits: 1)
    guard words.count == 2 else { return nil }
    return words[1].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).first
      .flatMap { $0.isEmpty ? nil : String($0) }
  }
}

extension SpanRecord {
  /// The first of the keys that has a count, as it.
  func count(_ keys: String...) -> UInt64? {
    keys.lazy.compactMap { number($0) }.first { $0 >= 0 }.map { UInt64(min($0, 1e15)) }
  }

  /// Time to first token, from the attribute or from the event of that name.
  var firstToken: Nanoseconds? {
    let key = "llm.time_to_first_token"
    let milliseconds =
      number(key)
      ?? events.lazy.filter { $0.name == key }.compactMap { $0.attributes.number(key) }
      .first
    return milliseconds.flatMap { $0 >= 0 ? Nanoseconds(UInt64(min($0, 1e12) * 1e6)) : nil }
  }
}
