import Glibc

/// Makes whole traces: 4 to 12 spans below one HTTP request, an agent's run with its calls.
struct TraceMaker {
  enum Kind: CaseIterable {
    case server, agent, model, tool, database, cache, client, vector
  }

  static let tenants = 50
  static let users = 5_000

  var random: SeededRandom
  private let tenantRanks = Zipf(tenants, exponent: 1)
  private let userRanks = Zipf(users, exponent: 0.8)
  private let modelRanks = Zipf(Cast.models.count, exponent: 0.9)

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// What all spans of a trace have in common.
  struct Request {
    var tenant: Int
    var user: Int
    var session: String
    var id: String
    var region: String
    var model: Int
  }

  mutating func trace(startingAt base: UInt64) -> [MadeSpan] {
    let count = random.pick([4, 5, 6, 7, 8, 8, 9, 10, 11, 12])
    let traceID = random.bytes(16)
    let tenant = tenantRanks.draw(&random)
    let request = Request(
      tenant: tenant, user: userRanks.draw(&random), session: random.hex(16),
      id: "req_\(random.hex(24))",
      region: random.chance(0.8) ? Cast.regions[tenant % 4] : random.pick(Cast.regions),
      model: modelRanks.draw(&random))
    // A median of 0.7 s.
    let total = UInt64(min(max(exp(random.gauss(13.5, 1)) * 1_000, 2e6), 120e9))
    let fails = random.chance(0.06)
    var spans: [MadeSpan] = []
    for index in 0..<count {
      var span = MadeSpan()
      span.traceID = traceID
      span.spanID = random.bytes(8)
      place(&span, index: index, below: spans, from: base, lasting: total)
      span.attributes = common(request)
      let isFailed = fails && (index == 0 || index == count - 1) || random.chance(0.008)
      fill(&span, kind(index), request, step: index, isFailed: isFailed)
      finish(&span, step: index, isFailed: isFailed)
      span.instance = (request.user + index) % Cast.instances
      spans.append(span)
    }
    return spans
  }

  private mutating func kind(_ index: Int) -> Kind {
    switch index {
    case 0: .server
    case 1: .agent
    default: random.pick([.model, .model, .tool, .database, .database, .cache, .client, .vector])
    }
  }

  /// Chooses a parent among the first spans, and a time within its own.
  private mutating func place(
    _ span: inout MadeSpan, index: Int, below spans: [MadeSpan], from base: UInt64,
    lasting total: UInt64
  ) {
    guard index > 0 else {
      span.start = base
      span.end = base + total
      return
    }
    let parent = spans[index == 1 ? 0 : random.within(1..<min(index, 4))]
    let length = Double(parent.end - parent.start)
    let (one, other) = (random.fraction(), random.fraction())
    var (from, to) = (min(one, other), max(one, other))
    if index == 1 { (from, to) = (from * 0.02, 1 - (1 - to) * 0.02) }
    span.parentSpanID = parent.spanID
    span.start = parent.start + UInt64(length * from)
    span.end = parent.start + UInt64(length * to) + 1_000
  }

  private mutating func common(_ request: Request) -> [MadeAttribute] {
    [
      ("tenant.id", .string("tenant-\(padded(request.tenant, 3))")),
      ("user.id", .string("user-\(padded(request.user, 5))")),
      ("session.id", .string(request.session)), ("request.id", .string(request.id)),
      ("cloud.region", .string(request.region)), ("thread.id", .int(random.within(1..<65))),
      ("app.cache_hit", .bool(random.chance(0.3))),
      ("app.retry_count", .int(random.chance(0.9) ? 0 : random.within(1..<4))),
      ("app.sampling.priority", .double(random.fraction())),
    ]
  }

  /// Status, error and log events, and a link now and then.
  private mutating func finish(_ span: inout MadeSpan, step: Int, isFailed: Bool) {
    if isFailed {
      let exception = random.pick(Cast.exceptions)
      span.status = (2, exception.message)
      span.attributes.append(("error.type", .string(exception.type)))
      let stack = "\(Cast.stack)\(exception.type): \(exception.message)"
      span.events.append(
        MadeEvent(
          name: "exception", time: span.end - 1_000,
          attributes: [
            ("exception.type", .string(exception.type)),
            ("exception.message", .string(exception.message)),
            ("exception.stacktrace", .string(stack)),
          ]))
    } else if random.chance(0.2) {
      span.status = (1, "")
    }
    if random.chance(0.1) {
      span.events.append(
        MadeEvent(
          name: "log", time: span.start + 500,
          attributes: [
            ("message", .string(random.words(8))), ("level", .string("INFO")), ("seq", .int(step)),
          ]))
    }
    if step > 0, random.chance(0.01) { span.link = (random.bytes(16), random.bytes(8)) }
  }

  private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
