/// One decision about where a request goes, from a routing span and its events.
public struct RoutingDecision: Equatable, Sendable {
  public enum Outcome: String, CaseIterable, Sendable {
    /// The router chose a route.
    case routed
    /// The router was asked and found no route that fits: the default model was used.
    case fellBack = "fell_back"
    /// There is nothing to route by: the model that was asked for was used.
    case direct
    /// The router failed, and the request with it.
    case failed
  }

  public var span: SpanID
  /// The call that it was made for: the routing span's parent.
  public var call: SpanID
  public var outcome: Outcome
  public var asked: String?
  public var alias: String?
  public var route: String?
  public var selected: String?
  /// The models of the route, the preferred one first.
  public var candidates: [String]
  /// How long the decision took; nil where nothing says.
  public var duration: Nanoseconds?

  public init(span: SpanID, call: SpanID, outcome: Outcome) {
    self.span = span
    self.call = call
    self.outcome = outcome
    candidates = []
  }
}

/// Whether a session may change its model, weighed against what the change costs (Plano's session budget).
public struct SwitchDecision: Equatable, Sendable {
  public var span: SpanID
  public var isAllowed: Bool
  /// What the change costs; less than nothing where it saves.
  public var costUSD: Double?
  /// How much of the session's cache the candidate has.
  public var candidateWarmTokens: Int?
  /// What changes may cost at most.
  public var ceilingUSD: Double?
  /// What would have been used had it been decided otherwise.
  public var counterfactual: String?

  public init(span: SpanID, isAllowed: Bool) {
    self.span = span
    self.isAllowed = isAllowed
  }
}

/// What is known of the session that a request belongs to (Plano's cache and budget of a session).
public struct SessionFigures: Equatable, Sendable {
  public var id: String
  public var isCacheWarm: Bool?
  public var idle: Nanoseconds?
  public var totalCostUSD: Double?
  public var baselineUSD: Double?
  public var switchSpendUSD: Double?
  /// What changes of the model have cost, in percent of the session's cost without them.
  public var overheadPercent: Double?
  public var switches: Int?

  public init(id: String) { self.id = id }
}

/// Something about a conversation that was found in its text (Plano's signals).
public struct ConversationSignal: Equatable, Sendable {
  public var span: SpanID
  /// Such as `disengagement.escalation`.
  public var type: String
  public var messageIndex: Int?
  public var confidence: Double?
  public var snippet: String?
  public var time: UnixNanos

  public init(span: SpanID, type: String, time: UnixNanos) {
    self.span = span
    self.type = type
    self.time = time
  }
}
