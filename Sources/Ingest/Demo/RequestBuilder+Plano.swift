import Store

/// What every span of Plano's own process (brightstaff) and of its Envoy has in common.
extension RequestBuilder {
  /// Plano's services. Each span is exported under the service that its first override names.
  enum PlanoService: String {
    case inbound = "plano(inbound)"
    case outbound = "plano(outbound)"
    case orchestrator = "plano(orchestrator)"
    case routing = "plano(routing)"
    case filter = "plano(filter)"
    case agent = "plano(agent)"
    case llm = "plano(llm)"
  }

  static let override = "service.name.override"

  /// Begins a span of brightstaff: kind INTERNAL, status unset, a resource of nothing but the service name.
  func beginPlano(
    _ service: PlanoService, _ name: String, at start: UnixNanos, under parent: SpanDraft?
  ) -> SpanDraft {
    // 0x200 says that the parent came over the network, from Envoy or a client.
    let isRemote = parent.map { $0.record.scope.name != "brightstaff" } ?? false
    return begin(
      name, at: start, under: parent, kind: .internal, flags: isRemote ? 0x301 : 0x101,
      resource: Resource(attributes: [Attribute("service.name", service.rawValue)]),
      scope: Scope(name: "brightstaff"))
  }

  /// A log line of brightstaff, which is an event of the span it was written in.
  func log(
    _ span: SpanDraft, _ message: String, at time: UnixNanos, in file: String, line: Int,
    level: String = "INFO", _ fields: [Attribute] = []
  ) {
    let module = "brightstaff::" + file.split(separator: "/").joined(separator: "::")
    var attributes = [Attribute("level", level), Attribute("target", module)]
    attributes += fields
    attributes += [
      Attribute("code.file.path", "brightstaff/src/\(file).rs"),
      Attribute("code.module.name", module), Attribute("code.line.number", line),
    ]
    span.event(message, at: time, attributes)
  }

  // MARK: - Envoy

  /// How an Envoy span ended.
  struct EnvoyOutcome {
    var status = 200
    /// Envoy's own reason, as `UF` (upstream failure), `UT` (timeout), `DC` (client gone).
    var flags = "-"
    var requestBytes = 400
    var responseBytes = 2_000
  }

  /// A span of Envoy. Both directions are of kind SERVER, all attributes are text, times are in microseconds.
  func envoy(
    _ service: PlanoService, method: String = "POST", host: String, path: String,
    at start: UnixNanos, until end: UnixNanos, under parent: SpanDraft?, cluster: String?,
    requestID: String? = nil, userAgent: String? = nil, outcome: EnvoyOutcome = EnvoyOutcome()
  ) -> SpanDraft {
    let isInbound = service == .inbound
    let name = isInbound ? "\(method) \(path)" : "\(method) \(host)\(path)"
    let span = begin(
      name, at: Self.wholeMicroseconds(start), under: parent, kind: .server, flags: 0,
      resource: Self.envoyResource(service),
      scope: Scope(name: "envoy", version: Self.envoyVersion))
    span.set("node_id", "")
    span.set("zone", "")
    span.set("guid:x-request-id", requestID ?? envoyRequestID)
    span.set("http.url", "https://\(host)\(path)")
    span.set("http.method", method)
    span.set("downstream_cluster", "-")
    span.set("user_agent", userAgent ?? (isInbound ? self.userAgent : "-"))
    span.set("http.protocol", "HTTP/1.1")
    span.set("peer.address", isInbound ? "172.18.0.1" : "127.0.0.1")
    span.set("request_size", "\(outcome.requestBytes)")
    span.set("response_size", "\(outcome.responseBytes)")
    span.set("component", "proxy")
    if let cluster {
      span.set("upstream_cluster", cluster)
      span.set("upstream_cluster.name", cluster)
    }
    close(span, outcome, at: end)
    return span
  }

  /// What Envoy knows when it is over.
  private func close(_ span: SpanDraft, _ outcome: EnvoyOutcome, at end: UnixNanos) {
    span.set("http.status_code", "\(outcome.status)")
    span.set("response_flags", outcome.flags)
    markFailure(span, outcome)
    span.finish(at: Self.wholeMicroseconds(end))
  }

  /// The answer of an inbound span that was begun before it was known.
  func answer(_ inbound: SpanDraft, _ outcome: EnvoyOutcome, at end: UnixNanos) {
    inbound.replace("http.status_code", "\(outcome.status)")
    inbound.replace("response_size", "\(outcome.responseBytes)")
    inbound.replace("response_flags", outcome.flags)
    markFailure(inbound, outcome)
    inbound.finish(at: Self.wholeMicroseconds(end))
  }

  private func markFailure(_ span: SpanDraft, _ outcome: EnvoyOutcome) {
    if outcome.status >= 500 || outcome.status == 0 { span.set("error", "true") }
    if outcome.status >= 500 { span.fail() }
  }

  private static let envoyVersion =
    "3909deb175ef358202d6ab4f94d683ffc0fdb477/1.37.0/Clean/RELEASE/BoringSSL"

  private static func envoyResource(_ service: PlanoService) -> Resource {
    Resource(attributes: [
      Attribute("telemetry.sdk.name", "envoy"), Attribute("telemetry.sdk.version", envoyVersion),
      Attribute("telemetry.sdk.language", "cpp"), Attribute("service.name", service.rawValue),
    ])
  }

  private static func wholeMicroseconds(_ time: UnixNanos) -> UnixNanos {
    UnixNanos(time.rawValue / 1_000 * 1_000)
  }

  // MARK: - The orchestrator model

  /// Asks Plano's own small model where to go, as a child of `span`; gives the time of its answer.
  func askOrchestrator(
    _ span: SpanDraft, at start: UnixNanos, routes: [(name: String, model: String)],
    failing status: Int? = nil
  ) -> UnixNanos {
    let taken = latency(240, spread: 0.3)
    let end = start + taken
    _ = envoy(
      .outbound, host: "archfc.katanemo.dev", path: "/v1/chat/completions",
      at: start + .microseconds(500), until: end - .microseconds(400), under: span,
      cluster: "plano",
      outcome: EnvoyOutcome(
        status: status ?? 200, requestBytes: random.int(in: 2_400...9_000),
        responseBytes: status == nil ? 341 : 96))
    if let status {
      log(
        span, "upstream connect error", at: end, in: "router/http", line: 93, level: "WARN",
        [Attribute("status", status), Attribute("body_size", "96")])
      return end
    }
    let names = routes.map { #""\#($0.name)""# }.joined(separator: ", ")
    let pairs = routes.map { #"("\#($0.name)", "\#($0.model)")"# }.joined(separator: ", ")
    log(
      span, "plano-orchestrator determined routes", at: end, in: "router/orchestrator", line: 472,
      [
        Attribute("content", #"{"route": [\#(names)]}"#),
        Attribute("selected_routes", routes.isEmpty ? "None" : "Some([\(pairs)])"),
        Attribute("response_time_ms", "\(taken.rawValue / 1_000_000)"),
      ])
    return end
  }
}
