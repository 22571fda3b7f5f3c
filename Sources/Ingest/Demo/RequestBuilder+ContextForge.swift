import Store

/// What every span of ContextForge has in common.
extension RequestBuilder {
  /// The two ways in which plugin chains reach a trace: as spans (1.0.0) or as records posted afterwards (1.0.7 and later).
  enum GatewayVersion: String {
    case chains = "1.0.0"
    case controls = "1.0.8"
  }

  private func resource(_ version: GatewayVersion) -> Resource {
    Resource(
      attributes: [
        Attribute("telemetry.sdk.language", "python"),
        Attribute("telemetry.sdk.name", "opentelemetry"),
        Attribute("telemetry.sdk.version", "1.45.2"), Attribute("service.name", "mcp-gateway"),
        Attribute("service.version", version.rawValue),
        Attribute("deployment.environment", "production"),
      ])
  }

  private func scope(_ version: GatewayVersion) -> Scope {
    Scope(
      name: "mcp-gateway", version: version.rawValue,
      schemaURL: "https://opentelemetry.io/schemas/1.11.0")
  }

  /// The root that a request over HTTP leaves.
  func beginGatewayRequest(_ path: String, _ version: GatewayVersion) -> SpanDraft {
    let span = begin(
      "POST \(path)", at: start, under: nil, kind: .server, flags: 0x100,
      resource: resource(version), scope: scope(version))
    span.set("http.request.method", "POST")
    span.set("http.route", path)
    span.set("url.path", path)
    span.set("network.protocol.version", "1.1")
    span.set("server.address", "gateway.internal")
    span.set("server.port", 4444)
    span.set("client.address", "10.0.3.17")
    span.set("client.port", random.int(in: 40_000...60_000))
    span.set("user_agent.original", userAgent)
    span.set("tenant.id", tenant.name)
    return span
  }

  /// A denied call and one that worked look alike here: the root is OK and 200.
  func endGatewayRequest(_ span: SpanDraft, at end: UnixNanos) {
    span.set("http.response.status_code", 200)
    span.record.statusCode = .ok
    span.finish(at: end)
  }

  /// Begins a span of the gateway's own; `own` comes before what every span of a request carries.
  func beginGateway(
    _ name: String, at start: UnixNanos, under parent: SpanDraft?, _ version: GatewayVersion,
    title: String? = nil, _ own: [Attribute]
  ) -> SpanDraft {
    let span = begin(
      name, at: start, under: parent, kind: .internal, flags: 0x100,
      resource: resource(version), scope: scope(version))
    span.record.statusCode = .ok
    span.set(own)
    let id = requestID.split(separator: "-").joined()
    span.set("correlation_id", id)
    span.set("request_id", id)
    span.set("user.email", "\(user)@\(tenant.name).example")
    span.set("user.is_admin", false)
    span.set("team.scope", teamID)
    span.set("team.name", tenant.team)
    span.set("auth.method", "jwt")
    span.set("langfuse.user.id", "\(user)@\(tenant.name).example")
    span.set("langfuse.environment", "production")
    span.append(
      "langfuse.trace.tags",
      .array([.string("team:\(teamID)"), .string("auth:jwt"), .string("env:production")]))
    span.set("langfuse.trace.name", title ?? name)
    span.set("tenant.id", tenant.name)
    return span
  }

  /// A team's id stays the same from request to request.
  var teamID: String {
    let hash = tenant.name.utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
      ($0 ^ UInt64($1)) &* 1_099_511_628_211
    }
    return Hex.text(hash) + Hex.text(hash &* 0x9E37_79B9_7F4A_7C15)
  }

  // MARK: - Outcomes

  /// Marks a span failed as the gateway does: attributes, status, and the exception twice, first in the
  /// gateway's own words and then in the SDK's.
  func failGateway(
    _ span: SpanDraft, type: String, module: String, message: String, at time: UnixNanos
  ) {
    span.set("error", true)
    span.set("error.type", type)
    span.set("error.message", message)
    span.set("langfuse.observation.level", "ERROR")
    span.set("langfuse.observation.status_message", message)
    span.event(
      "exception", at: time,
      [
        Attribute("exception.type", type), Attribute("exception.message", message),
        Attribute("exception.escaped", true),
      ])
    span.event(
      "exception", at: time,
      [
        Attribute("exception.type", "\(module).\(type)"),
        Attribute("exception.message", message),
        Attribute(
          "exception.stacktrace", "Traceback (most recent call last):\n  …\n\(type): \(message)"),
        Attribute("exception.escaped", "False"),
      ])
    span.fail("\(type): \(message)")
  }

  func setDuration(_ span: SpanDraft, until end: UnixNanos, success: Bool) {
    span.set("success", success)
    span.set("duration.ms", end.since(span.start).milliseconds)
  }
}
