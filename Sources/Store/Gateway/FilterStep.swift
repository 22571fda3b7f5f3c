/// One step of the filter chain that a request went through, whichever gateway told of it.
public struct FilterStep: Equatable, Sendable {
  public enum Verdict: String, CaseIterable, Sendable {
    case allow, modified, denied, error
  }

  /// Whether what it looked at was on its way in or on its way out.
  public enum Direction: String, CaseIterable, Sendable {
    case input, output
  }

  /// What tells of the step, which decides what can be known of it.
  public enum Kind: String, CaseIterable, Sendable {
    /// Plano's filter over HTTP: a span of its own, verdict from its owner's events.
    case http
    /// Plano's filter over MCP: no span, only events of the span that it renamed.
    case mcp
    /// ContextForge's plugin as 1.0.0 tells of it, while it runs.
    case plugin
    /// ContextForge's control as 1.0.7 and later tell of it, after the fact.
    case control
    /// A plugin of which only the figures are told (`plugin.metrics.…`), after the fact as well.
    case metrics
  }

  public var name: String
  public var verdict: Verdict
  public var kind: Kind
  public var direction: Direction
  /// How long it took, all runs together; nil where nothing says.
  public var duration: Nanoseconds?
  /// How many runs in a row were folded: an output filter runs once for each chunk of a stream.
  public var count: Int
  /// The filter's own code for what it refused, or the HTTP status it answered with.
  public var code: String?
  public var reason: String?
  /// ContextForge's hook, such as `tool_pre_invoke`.
  public var hook: String?
  /// What a failing or refusing plugin does to the request, such as `enforce` or `permissive`.
  public var mode: String?
  /// Whether it would have refused, and its mode let the request through all the same.
  public var isOverruled = false
  /// What it found and what it masked, where its figures say.
  public var detections: Int?
  public var masked: Int?
  public var detectionTypes: String?
  /// When the first run began; of a step that was posted late, when it was posted.
  public var start: UnixNanos
  /// The span that ran the chain, and the filter's own spans where it has any.
  public var owner: SpanID?
  public var spans: [SpanID]

  /// Whether its span was made after the fact, so that its place and width in time mean nothing.
  public var isPostedLate: Bool { kind == .control || kind == .metrics }

  public init(
    _ name: String, _ verdict: Verdict, kind: Kind, direction: Direction = .input,
    duration: Nanoseconds? = nil, start: UnixNanos, code: String? = nil, reason: String? = nil,
    hook: String? = nil, mode: String? = nil, owner: SpanID? = nil, spans: [SpanID] = []
  ) {
    self.name = name
    self.verdict = verdict
    self.kind = kind
    self.direction = direction
    self.duration = duration
    self.start = start
    self.code = code
    self.reason = reason
    self.hook = hook
    self.mode = mode
    self.owner = owner
    self.spans = spans
    count = 1
  }

  /// The steps of a request in the order in which they ran, with the denials that were told.
  static func chain(of spans: [StorySpan]) -> (steps: [FilterStep], denials: [Denial]) {
    let plano = planoChain(of: spans)
    let gateway = gatewayChain(of: spans)
    let steps = (plano.steps + gateway.steps).enumerated()
      .sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
    return (folded(steps), plano.denials + gateway.denials)
  }

  /// Runs of the same filter one after the other become one step.
  private static func folded(_ steps: [FilterStep]) -> [FilterStep] {
    steps.reduce(into: []) { folded, step in
      guard let last = folded.last, last.isSameRun(as: step) else { return folded.append(step) }
      let total = last.duration.flatMap { sum in step.duration.map { sum + $0 } }
      folded[folded.count - 1].duration = total ?? last.duration ?? step.duration
      folded[folded.count - 1].count += 1
      folded[folded.count - 1].spans += step.spans
    }
  }

  private func isSameRun(as other: FilterStep) -> Bool {
    name == other.name && verdict == other.verdict && kind == other.kind
      && direction == other.direction && code == other.code && reason == other.reason
      && hook == other.hook && owner == other.owner && isOverruled == other.isOverruled
      && masked == other.masked && detections == other.detections
  }
}
