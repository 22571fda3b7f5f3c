import Glibc

extension TraceMaker {
  /// Name, service, scope and the attributes that the kind of work brings.
  mutating func fill(
    _ span: inout MadeSpan, _ kind: Kind, _ request: Request, step: Int, isFailed: Bool
  ) {
    switch kind {
    case .server, .client: fillHTTP(&span, isServer: kind == .server, isFailed: isFailed)
    case .agent: fillAgent(&span, request, step: step)
    case .model: fillModel(&span, request)
    case .tool: fillTool(&span)
    case .database: fillDatabase(&span, request)
    case .cache: fillCache(&span, request)
    case .vector: fillVector(&span)
    }
  }

  private func describe(
    _ span: inout MadeSpan, _ name: String, service: Int, kind: UInt64, scope: String
  ) {
    span.name = name
    span.service = service
    span.kind = kind
    span.scope = scope
  }

  private mutating func fillHTTP(_ span: inout MadeSpan, isServer: Bool, isFailed: Bool) {
    let (route, method) = (random.pick(Cast.routes), random.pick(Cast.methods))
    let code = random.pick(
      isFailed ? [500, 502, 504, 429] : [200, 200, 200, 200, 201, 204, 304, 404])
    let address = "10.\(random.below(256)).\(random.below(256)).\(random.below(256))"
    span.attributes += [
      ("http.request.method", .string(method)), ("http.route", .string(route)),
      ("http.response.status_code", .int(code)),
      ("url.full", .string("https://api.example.com\(route)?trace=\(random.hex(12))")),
      ("user_agent.original", .string(random.pick(Cast.userAgents))),
      ("client.address", .string(address)),
      ("http.request.body.size", .int(random.within(100..<60_000))),
      ("network.protocol.version", .string(random.chance(0.5) ? "1.1" : "2")),
    ]
    describe(
      &span, "\(method) \(route)", service: isServer ? 0 : random.pick([3, 5]),
      kind: isServer ? 2 : 3, scope: "io.opentelemetry.http")
  }

  private mutating func fillAgent(_ span: inout MadeSpan, _ request: Request, step: Int) {
    span.attributes += [
      ("gen_ai.operation.name", .string("invoke_agent")),
      ("gen_ai.agent.name", .string(random.pick(["support", "coder", "planner", "analyst"]))),
      ("gen_ai.conversation.id", .string("conv_\(request.session)")), ("agent.step", .int(step)),
      ("agent.max_steps", .int(16)), ("agent.budget_usd", .double(random.fraction() * 2)),
    ]
    describe(&span, "invoke_agent", service: 1, kind: 1, scope: "agent.runtime")
  }

  private mutating func fillModel(_ span: inout MadeSpan, _ request: Request) {
    let model = Cast.models[request.model]
    let (input, output) = (exp(random.gauss(7, 1)), exp(random.gauss(5, 0.8)))
    span.attributes += [
      ("llm.model", .string(model.name)), ("gen_ai.system", .string(model.provider)),
      ("gen_ai.usage.input_tokens", .int(Int(input))),
      ("gen_ai.usage.output_tokens", .int(Int(output))),
      ("gen_ai.request.temperature", .double(random.pick([0, 0.2, 0.7, 1]))),
      ("llm.cost_usd", .double((input * 2.5 + output * 10) / 1e6)),
      ("gen_ai.response.id", .string("chatcmpl-\(random.hex(28))")),
      ("llm.streaming", .bool(random.chance(0.7))),
      ("gen_ai.prompt.preview", .string(random.words(random.within(8..<40)))),
      (
        "gen_ai.response.finish_reasons",
        .strings([random.chance(0.8) ? "stop" : "tool_calls"])
      ),
    ]
    let first = Double(span.end - span.start) * 0.2
    span.events.append(
      MadeEvent(
        name: "gen_ai.first_token", time: span.start + UInt64(first),
        attributes: [("ttft_ms", .double(first / 1e6))]))
    describe(&span, "chat \(model.name)", service: 2, kind: 3, scope: "gen_ai.client")
  }

  private mutating func fillTool(_ span: inout MadeSpan) {
    let tool = random.pick(Cast.tools)
    span.attributes += [
      ("gen_ai.tool.name", .string(tool)),
      ("gen_ai.tool.call.id", .string("call_\(random.hex(24))")),
      ("tool.args.size", .int(random.within(10..<4_000))),
      ("tool.result.size", .int(random.within(10..<90_000))),
      ("tool.sandboxed", .bool(random.chance(0.5))),
    ]
    describe(&span, "execute_tool \(tool)", service: 3, kind: 1, scope: "agent.tools")
  }

  private mutating func fillDatabase(_ span: inout MadeSpan, _ request: Request) {
    let table = random.pick(Cast.tables)
    let query =
      "SELECT * FROM \(table) WHERE tenant_id = $1 AND id = $2 /* \(random.hex(8)) */ LIMIT 50"
    span.attributes += [
      ("db.system.name", .string("postgresql")),
      ("db.namespace", .string("app_\(request.tenant % 4)")),
      ("db.operation.name", .string("SELECT")), ("db.collection.name", .string(table)),
      ("db.query.text", .string(query)), ("db.response.returned_rows", .int(random.below(51))),
      ("server.address", .string("pg-\(request.tenant % 4).internal")),
      ("server.port", .int(5_432)),
    ]
    describe(&span, "SELECT \(table)", service: 7, kind: 3, scope: "io.opentelemetry.jdbc")
  }

  private mutating func fillCache(_ span: inout MadeSpan, _ request: Request) {
    span.attributes += [
      ("db.system.name", .string("redis")),
      ("db.operation.name", .string(random.pick(["GET", "SET", "MGET"]))),
      ("cache.key", .string("sess:\(request.session):\(random.below(100))")),
      ("cache.hit", .bool(random.chance(0.7))), ("server.address", .string("redis-0.internal")),
      ("server.port", .int(6_379)),
    ]
    describe(&span, "redis", service: 6, kind: 3, scope: "io.opentelemetry.redis")
  }

  private mutating func fillVector(_ span: inout MadeSpan) {
    span.attributes += [
      ("db.system.name", .string("qdrant")), ("vector.top_k", .int(random.pick([5, 10, 20]))),
      ("vector.score.max", .double(random.fraction())),
      ("vector.score.min", .double(random.fraction() * 0.5)),
      ("vector.collection", .string(random.pick(Cast.tables))), ("vector.dim", .int(1_536)),
    ]
    describe(&span, "vector.search", service: 4, kind: 3, scope: "vector.client")
  }
}
