extension RequestStory {
  /// Tells the story of a request from its spans, in whatever order they are.
  public init(spans unordered: [StorySpan], vocabulary: Vocabulary = .standard) {
    // Ids break ties, so that the story does not hang on the order of arrival.
    let spans = unordered.sorted {
      ($0.record.start, $0.record.spanID.rawValue) < ($1.record.start, $1.record.spanID.rawValue)
    }
    let family = StoryFamily(spans)
    gateway = Self.gateway(of: spans)
    agents = spans.filter { $0.role == .agent }.map { span in
      Agent(
        id: span.record.text("agent_id") ?? span.record.text("a2a.agent.name")
          ?? span.record.text("gen_ai.agent.name") ?? Self.agent(inName: span.record.name),
        duration: span.record.duration, span: span.record.spanID)
    }
    subjects = Self.subjects(of: spans, family)
    subject = subjects.first
    selection = spans.lazy.compactMap { Selection(of: $0.record) }.first
    decisions = spans.filter { $0.role == .route }.compactMap { RoutingDecision(of: $0, family) }
    let chain = FilterStep.chain(of: spans)
    filters = chain.steps
    filtersOmitted = spans.reduce(0) {
      $0 + ($1.record.attributes.integer("cpex.control.truncated") ?? 0)
    }
    calls = spans.filter { $0.role == .llm }.map { ModelCall(of: $0, family, filters) }
    denial = Self.denial(chain.denials, spans)
    mainCall = calls.last { !$0.isOfFilter && $0.agent != nil } ?? calls.first { !$0.isOfFilter }
    decision =
      mainCall.flatMap { call in decisions.first { $0.call == call.span } }
      ?? (calls.isEmpty ? decisions.first : nil)
    modelAsked = mainCall?.asked ?? decision?.asked
    strategy = spans.lazy.compactMap { $0.record.text("routing.strategy") }.first
    route = mainCall?.route ?? decision?.route
    model = mainCall?.model ?? decision?.selected
    provider = mainCall?.provider
    upstream = mainCall?.upstream ?? spans.lazy.compactMap { Self.toolServer(of: $0.record) }.first
    candidates = decision?.candidates ?? []
    switchDecision = spans.lazy.compactMap { SwitchDecision(of: $0.record) }.first
    session = spans.lazy.compactMap { SessionFigures(of: $0.record) }.first
    hiddenFailure = Self.hiddenFailure(spans)
    dimensions = DimensionValues.all(of: spans, vocabulary)
    addAmounts(spans, vocabulary)
    for span in spans {
      signals += span.record.events.compactMap { ConversationSignal(of: $0, span.record.spanID) }
      quality = quality ?? span.record.text("signals.quality")
    }
    timeToFirstToken = mainCall?.timeToFirstToken
  }

  /// The agent in Plano's `<agent> <path>`; any other name as it is.
  private static func agent(inName name: String) -> String {
    guard let path = name.firstRange(of: " /") else { return name }
    return String(name[..<path.lowerBound])
  }

  private static func gateway(of spans: [StorySpan]) -> Gateway {
    if spans.contains(where: { $0.service.hasPrefix("plano") }) { return .plano }
    let isForge = spans.contains { span in
      span.record.scope.name == "mcp-gateway" || span.role == .tool || span.role == .prompt
        || span.role == .resource
    }
    return isForge ? .contextForge : .other
  }

  /// The denial that stands for the request: the one with a code, else the first.
  private static func denial(_ denials: [Denial], _ spans: [StorySpan]) -> Denial? {
    denials.first { $0.source == .message } ?? denials.first
  }

  private static func hiddenFailure(_ spans: [StorySpan]) -> HiddenFailure? {
    let edges = spans.filter { $0.role == .inbound && !$0.hasError }
    let statuses = edges.compactMap { $0.record.httpStatus }
    guard let edge = statuses.first, statuses.allSatisfy({ (200..<400).contains($0) }) else {
      return nil
    }
    let failed = spans.filter(\.hasError)
    guard let last = failed.last(where: { $0.record.failure != nil }) ?? failed.last else {
      return nil
    }
    return HiddenFailure(
      edgeStatus: edge, span: last.record.spanID, status: last.record.httpStatus,
      message: last.record.failure)
  }

  private mutating func addAmounts(_ spans: [StorySpan], _ vocabulary: Vocabulary) {
    func amount(_ measure: KeyMeaning.Measure, _ record: SpanRecord) -> Double? {
      let keys = vocabulary.measures[measure] ?? []
      return keys.lazy.compactMap { record.number($0) }.first { $0 >= 0 }
    }
    for span in spans {
      if let number = amount(.tokensIn, span.record) {
        tokensIn = (tokensIn ?? 0) &+ UInt64(min(number, 1e15))
      }
      if let number = amount(.tokensOut, span.record) {
        tokensOut = (tokensOut ?? 0) &+ UInt64(min(number, 1e15))
      }
      if let number = amount(.cost, span.record) { costUSD = (costUSD ?? 0) + number }
    }
  }
}
