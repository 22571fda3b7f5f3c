import Store

/// Spans with anything OTLP allows in any field, from a seed that a failing test prints.
struct RandomSpans {
  private var random: SplitMix

  init(seed: UInt64) {
    random = SplitMix(state: seed)
  }

  /// Up to `count` spans; neighbours often share a resource and a scope.
  mutating func spans(_ count: Int) -> [SpanRecord] {
    var resource = resource()
    var scope = scope()
    return (0..<Int.random(in: 0...count, using: &random)).map { _ in
      if chance(0.3) { resource = self.resource() }
      if chance(0.3) { scope = self.scope() }
      return span(resource, scope)
    }
  }

  private mutating func span(_ resource: Resource, _ scope: Scope) -> SpanRecord {
    SpanRecord(
      traceID: TraceID(high: word(), low: word() | 1), spanID: SpanID(word() | 1),
      parentSpanID: chance(0.3) ? .none : SpanID(word() | 1), traceState: text(),
      flags: number(), name: text(),
      kind: SpanKind(rawValue: chance(0.1) ? -7 : Int32.random(in: 0...5, using: &random)),
      start: UnixNanos(word()), end: UnixNanos(chance(0.2) ? 0 : word()),
      attributes: attributes(depth: 3), droppedAttributes: number(), events: events(),
      droppedEvents: number(), links: links(), droppedLinks: number(),
      statusCode: StatusCode(rawValue: Int32.random(in: -1...3, using: &random)),
      statusMessage: text(), resource: resource, scope: scope)
  }

  private mutating func events() -> [SpanEvent] {
    (0..<Int.random(in: 0...3, using: &random)).map { _ in
      SpanEvent(
        time: UnixNanos(word()), name: text(), attributes: attributes(depth: 1),
        droppedAttributes: number())
    }
  }

  private mutating func links() -> [SpanLink] {
    (0..<Int.random(in: 0...2, using: &random)).map { _ in
      SpanLink(
        traceID: blob(), spanID: blob(), traceState: text(), attributes: attributes(depth: 1),
        droppedAttributes: number(), flags: number())
    }
  }

  private mutating func resource() -> Resource {
    Resource(attributes: attributes(depth: 1), droppedAttributes: number(), schemaURL: text())
  }

  private mutating func scope() -> Scope {
    Scope(
      name: text(), version: text(), attributes: attributes(depth: 1),
      droppedAttributes: number(), schemaURL: text())
  }

  private mutating func attributes(depth: Int) -> [Attribute] {
    (0..<Int.random(in: 0...4, using: &random)).map { _ in
      // Few keys, so that some come twice.
      Attribute(chance(0.1) ? "" : "key.\(Int.random(in: 0...3, using: &random))", value(depth))
    }
  }

  /// Any number. JSON has one NaN, so the others do not come back from it.
  private mutating func double() -> Double {
    let number = Double(bitPattern: word())
    return number.isNaN ? .nan : number
  }

  private mutating func value(_ depth: Int) -> AttributeValue {
    switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &random) {
    case 0: .empty
    case 1: .string(text())
    case 2: .bool(chance(0.5))
    case 3: .int(Int64(bitPattern: word()))
    case 4: .double(double())
    case 5: .bytes(blob())
    case 6: .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth - 1) })
    default: .keyValues(attributes(depth: depth - 1))
    }
  }

  private mutating func text() -> String {
    let texts = [
      "", "GET /cart", "東京", "flag \u{1F6A9}", "tab\tand\nline", String(repeating: "x", count: 300),
    ]
    return texts[Int.random(in: 0..<texts.count, using: &random)]
  }

  private mutating func blob() -> [UInt8] {
    (0..<Int.random(in: 0...20, using: &random)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
  }

  private mutating func number() -> UInt32 { chance(0.5) ? 0 : UInt32(truncatingIfNeeded: word()) }
  private mutating func word() -> UInt64 {
    random.next() >> UInt64.random(in: 0...60, using: &random)
  }
  private mutating func chance(_ likelihood: Double) -> Bool {
    Double.random(in: 0..<1, using: &random) < likelihood
  }
}

/// SplitMix64.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
