public import Store

/// Requests as Plano and ContextForge trace them, made up from a seed.
///
/// Span trees, names, attributes (their types, order and duplicates), events and statuses are those
/// that the gateways send; the people, prompts and latencies are invented. The same seed and start
/// times give the same requests.
public struct DemoTraffic {
  private var random: DemoRandom
  private var sessions: [String: DemoSession] = [:]
  private static let totalWeight = DemoKind.allCases.reduce(0) { $0 + $1.weight }

  public init(seed: UInt64) {
    random = DemoRandom(seed: seed)
  }

  /// The next request, which a client sent at `start`; its spans in the order in which they end.
  public mutating func request(at start: UnixNanos, kind wanted: DemoKind? = nil) -> DemoRequest {
    let kind = wanted ?? nextKind()
    let builder = RequestBuilder(random: random, sessions: sessions, start: start)
    builder.tell(kind)
    random = builder.random
    sessions = builder.sessions
    // Spans that end together keep the order in which they were begun.
    let order = builder.drafts.enumerated().sorted {
      ($0.element.end, $0.offset) < ($1.element.end, $1.offset)
    }
    return DemoRequest(kind: kind, spans: order.map(\.element.record))
  }

  /// The time until the next request when they come at this rate.
  mutating func gap(ratePerSecond rate: Double) -> Nanoseconds { random.gap(ratePerSecond: rate) }

  private mutating func nextKind() -> DemoKind {
    var rest = random.int(in: 0...Self.totalWeight - 1)
    for kind in DemoKind.allCases {
      rest -= kind.weight
      if rest < 0 { return kind }
    }
    return .model
  }
}

/// One request of the demo with every span it leaves, those that end first standing first.
public struct DemoRequest: Sendable {
  public var kind: DemoKind
  public var spans: [SpanRecord]
}
