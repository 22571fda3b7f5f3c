import Store
import Support

/// Spans of many traces at random, with values that filters of `RandomFilters` ask for.
struct RandomTraffic {
  var random: SplitMix64
  static let start: UInt64 = 1_763_733_731_000_000_000

  init(_ random: SplitMix64) { self.random = random }

  /// The spans of `count` traces, numbered from `first`, in random order.
  mutating func spans(
    ofTraces count: Int, from first: UInt64 = 1, padding: Int = 0
  ) -> [SpanRecord] {
    var spans: [SpanRecord] = []
    for trace in first..<first + UInt64(count) {
      for span in 1...random.number(1...6) {
        spans.append(self.span(trace, UInt64(span), padding: padding))
      }
    }
    spans.shuffle(using: &random)
    return spans
  }

  private mutating func span(_ trace: UInt64, _ id: UInt64, padding: Int) -> SpanRecord {
    let start = RandomTraffic.start + random.number(0...3_000) * 1_000_000
    var span = SpanRecord(
      traceID: TraceID(high: trace & 1, low: trace), spanID: SpanID(id),
      parentSpanID: SpanID(id == 1 && random.chance(80) ? 0 : random.number(1...7)),
      name: random.pick(RandomFilters.oddValues), kind: SpanKind(rawValue: random.number(0...6)),
      start: UnixNanos(random.chance(5) ? 0 : start),
      end: UnixNanos(start + random.number(0...4) * 1_250_000), attributes: attributes(4),
      statusCode: StatusCode(rawValue: random.number(0...9) == 0 ? 2 : random.number(0...1)),
      resource: Resource(attributes: attributes(1)),
      scope: Scope(
        name: random.pick(["", "acme", "a b"]), version: random.pick(["", "1.5"]),
        attributes: attributes(1)))
    if random.chance(70) {
      let name = random.pick(["plano(llm)", "plano(filter)", "acme", ""])
      span.resource.attributes.append(Attribute("service.name", .string(name)))
    }
    if random.chance(20) {
      span.events = [
        SpanEvent(
          time: UnixNanos(start), name: random.pick(["exception", "acme"]),
          attributes: attributes(1))
      ]
    }
    // Where no filter looks: searching it would take minutes.
    span.traceState = String(repeating: "x", count: padding)
    return span
  }

  private static let keys =
    RandomFilters.oddKeys + [
      "llm.model", "user.id", "plano.session_id", "llm.usage.prompt_tokens", "gen_ai.usage.cost",
      "llm.time_to_first_token", "gen_ai.usage.output_tokens", "http.status_code",
      "gen_ai.operation.name",
    ]

  private mutating func attributes(_ most: Int) -> [Attribute] {
    (0..<random.number(0...most)).map { _ in Attribute(random.pick(RandomTraffic.keys), value()) }
  }

  private mutating func value(depth: Int = 1) -> AttributeValue {
    switch random.number(0...(depth > 0 ? 13 : 11)) {
    case 0: .empty
    case 1: .bool(random.chance(50))
    case 2: .int(random.number(0...5))
    case 3: .int(random.pick([200, 500, 4_000, -1, 1 << 40]))
    case 4: .double(random.pick([0, 0.01, 2, 1e5, .nan, -.infinity]))
    case 5: .bytes([random.number(0...255)])
    case 12: .array([value(depth: 0), value(depth: 0)])
    case 13: .keyValues([Attribute("a", value(depth: 0))])
    default: .string(random.pick(RandomFilters.oddValues))
    }
  }
}
