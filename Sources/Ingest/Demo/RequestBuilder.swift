import Store

/// Tells one request: who sent it, and the spans that each gateway leaves, with their times.
///
/// Each kind of gateway is an extension. Confined to one call of `DemoTraffic`, which takes the random
/// generator and the sessions back when the request is told.
final class RequestBuilder {
  var random: DemoRandom
  var sessions: [String: DemoSession]
  /// When the client sent the request.
  let start: UnixNanos
  var drafts: [SpanDraft] = []

  let tenant: DemoCast.Tenant
  let user: String
  let prompt: String
  let userAgent: String
  /// Whether this request is one of the few that take several times as long.
  let isSlow: Bool
  /// The request's id as brightstaff writes it.
  let requestID: String
  /// The same as a traced Envoy listener writes it: it packs the sampling reason into hex digit 14.
  let envoyRequestID: String
  /// What Plano's header prefixes and static attributes add to some spans.
  let customAttributes: [Attribute]

  init(random: DemoRandom, sessions: [String: DemoSession], start: UnixNanos) {
    var random = random
    tenant = random.pick(from: DemoCast.tenants, or: DemoCast.tenants[0])
    user = random.pick(from: tenant.users, or: "ana")
    prompt = random.pick(from: DemoCast.prompts, or: "hello")
    userAgent = random.pick(from: DemoCast.userAgents, or: "-")
    isSlow = random.chance(0.04)
    let id = random.uuid()
    requestID = id
    envoyRequestID = id.prefix(14) + "9" + id.dropFirst(15)
    var custom = [
      Attribute("environment", "production"), Attribute("service.version", "1.0.0"),
      Attribute("tenant.id", tenant.name), Attribute("user.id", "usr_\(user)"),
    ]
    if random.chance(0.3) {
      custom.append(Attribute("workspace.id", "ws_\(random.int(in: 1...24))"))
    }
    // Plano keeps them in a hash map, so they come in any order.
    custom.shuffle(using: &random)
    customAttributes = custom
    self.random = random
    self.sessions = sessions
    self.start = start
  }

  // MARK: - Time

  /// A latency around so many milliseconds, longer in a slow request.
  func latency(_ milliseconds: Double, spread: Double = 0.5) -> Nanoseconds {
    random.latency(milliseconds: isSlow ? milliseconds * 5 : milliseconds, spread: spread)
  }

  // MARK: - Spans

  /// Begins a span under `parent`, or as the root of a trace of its own.
  func begin(
    _ name: String, at start: UnixNanos, under parent: SpanDraft?, kind: SpanKind, flags: UInt32,
    resource: Resource, scope: Scope
  ) -> SpanDraft {
    let draft = SpanDraft(
      SpanRecord(
        traceID: parent?.record.traceID ?? random.traceID(), spanID: random.spanID(),
        parentSpanID: parent?.record.spanID ?? .none, flags: flags, name: name, kind: kind,
        start: start, end: start + .microseconds(1), resource: resource, scope: scope))
    drafts.append(draft)
    return draft
  }
}
