import Store

/// What happens on Plano's agent listener (handlers/agents/orchestrator.rs).
struct AgentRequest {
  var listener = "travel_booking_service"
  /// How many agents the listener has; with one, nobody is asked which to take.
  var listed = 2
  var agents = ["weather_agent"]
  var chain: [DemoCast.Filter] = []
  var rejection: FilterRejection?
  /// Whether agents hand the trace on to the models they call.
  var isPropagated = true
  var modelCalls = 2
  /// The answer to the last model call.
  var modelStatus = 200
  var isTimedOut = false
}

extension RequestBuilder {
  /// Tells a request to agents: inbound, orchestrator, filters, agents, and the models they ask.
  func callAgents(_ request: AgentRequest) {
    let path = "/v1/chat/completions"
    let inbound = envoy(
      .inbound, host: "localhost", path: path, at: start, until: start, under: nil,
      cluster: "bright_staff",
      outcome: EnvoyOutcome(requestBytes: prompt.utf8.count + 95, responseBytes: 0))
    var time = start + .microseconds(1_100)
    let owner = beginPlano(.orchestrator, request.listener, at: time, under: inbound)
    owner.set("component", "orchestrator")
    owner.set("request_id", envoyRequestID)
    owner.set("http.method", "POST")
    owner.set("http.path", "/agents" + path)
    owner.set(Self.override, PlanoService.orchestrator.rawValue)
    owner.set(customAttributes)
    log(
      owner, "handling request", at: time, in: "handlers/agents/orchestrator", line: 147,
      [Attribute("listener", request.listener)])
    time = selectAgents(request, on: owner, at: time + .microseconds(300))
    for (index, agent) in request.agents.enumerated() {
      if !request.chain.isEmpty {
        let filtered = runFilters(
          request.chain, of: owner, at: time, path: path, requestID: envoyRequestID,
          rejection: request.rejection)
        time = filtered.end
        if let rejection = filtered.rejection {
          return reject(rejection, owner: owner, inbound: inbound, at: time)
        }
      }
      let isLast = index == request.agents.count - 1
      time = runAgent(agent, request, turn: index + 1, under: owner, at: time)
      if isLast && request.isTimedOut {
        owner.finish(at: time)
        let late = start + Self.listenerTimeout + .milliseconds(1)
        return answer(
          inbound, EnvoyOutcome(status: 504, flags: "UT", responseBytes: 24), at: late)
      }
      logCompletion(of: agent, isLast: isLast, on: owner, at: time)
      time = time + .microseconds(300)
    }
    owner.finish(at: time)
    // An agent's own status is not passed on: whatever it was, the client reads 200.
    answer(
      inbound, EnvoyOutcome(responseBytes: random.int(in: 900...40_000)),
      at: time + .microseconds(800))
  }

  /// How long this demo's agent listener waits; Plano's default is 30 s, which would hide the end for too long.
  private static let listenerTimeout = Nanoseconds.seconds(8)

  private func selectAgents(
    _ request: AgentRequest, on owner: SpanDraft, at start: UnixNanos
  ) -> UnixNanos {
    let end =
      request.listed > 1
      ? askOrchestrator(owner, at: start, routes: request.agents.map { ($0, $0) }) : start
    owner.set("selection.listener", request.listener)
    owner.set("selection.agent_count", request.agents.count)
    owner.set("selection.agents", request.agents.joined(separator: ","))
    // Plano writes this time as text with two digits after the point.
    let hundredths = end.since(start).rawValue / 10_000
    let fraction = hundredths % 100
    owner.set(
      "selection.determination_ms",
      "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)")
    log(
      owner, "selected agents for execution", at: end, in: "handlers/agents/orchestrator",
      line: 256, [Attribute("count", "\(request.agents.count)")])
    return end + .microseconds(200)
  }

  private func runAgent(
    _ agent: String, _ request: AgentRequest, turn: Int, under owner: SpanDraft,
    at start: UnixNanos
  ) -> UnixNanos {
    let span = beginPlano(.agent, "\(agent) /v1/chat/completions", at: start, under: owner)
    span.set("agent_id", agent)
    span.set("message_count", "\(turn)")
    span.set(Self.override, PlanoService.agent.rawValue)
    span.set(customAttributes)
    var time = start + latency(20)
    for index in 0..<request.modelCalls {
      let isLast = index == request.modelCalls - 1
      var call = ModelCall(
        model: isLast ? DemoCast.reasoning : DemoCast.small, isStreamed: isLast, turns: turn,
        temperature: isLast ? "0.7" : "0.1", requestID: envoyRequestID,
        userAgent: "AsyncOpenAI/Python 2.17.0", hasCustomAttributes: random.chance(0.5),
        medianMilliseconds: 450)
      if isLast { call.status = request.modelStatus }
      if call.status == 503 { call.failure = .unreachable }
      if index == 0 && random.chance(0.4) { call.tools = ["get_weather", "resolve_city"] }
      let answered = callModel(call, at: time, under: request.isPropagated ? span : nil)
      time = answered.span.end + latency(15)
    }
    if request.isTimedOut { time = max(time, self.start + Self.listenerTimeout) }
    span.finish(at: time)
    return span.end
  }

  private func logCompletion(
    of agent: String, isLast: Bool, on owner: SpanDraft, at time: UnixNanos
  ) {
    let file = "handlers/agents/orchestrator"
    if isLast {
      log(
        owner, "completed agent chain, returning response", at: time, in: file, line: 355,
        [Attribute("agent", agent)])
    } else {
      log(
        owner, "agent completed, passing response to next agent", at: time, in: file, line: 379,
        [
          Attribute("agent", agent),
          Attribute("response_len", "\(random.int(in: 80...1_500))"),
        ])
    }
  }

  /// A filter said no: Plano says so in events only, and the client gets the filter's 4xx, or 400 for a 5xx.
  private func reject(
    _ rejection: FilterRejection, owner: SpanDraft, inbound: SpanDraft, at time: UnixNanos
  ) {
    var status = rejection.status
    if status >= 500 {
      let cause =
        "Server error from agent '\(rejection.filter)' (HTTP \(status)): \(rejection.body)"
      let chain = #"["Pipeline processing error: \#(cause)", "\#(cause)"]"#
      let file = "handlers/agents/errors"
      log(
        owner, "agent chat error chain", at: time, in: file, line: 26, level: "WARN",
        [Attribute("error_chain", chain)])
      log(
        owner, "root error", at: time, in: file, line: 27, level: "WARN",
        [Attribute("root_error", "Pipeline(ServerError { .. })")])
      status = 400
    } else {
      log(
        owner, "client error from agent", at: time, in: "handlers/agents/orchestrator", line: 80,
        level: "WARN", rejection.attributes)
    }
    owner.finish(at: time + .microseconds(200))
    answer(
      inbound,
      EnvoyOutcome(status: status, responseBytes: 160 + rejection.body.utf8.count),
      at: owner.end + .microseconds(500))
  }

  /// The client hangs up while the orchestrator works.
  func abandonAgents() {
    let end = start + latency(800)
    let inbound = envoy(
      .inbound, host: "localhost", path: "/v1/chat/completions", at: start, until: end,
      under: nil, cluster: "bright_staff",
      outcome: EnvoyOutcome(status: 0, flags: "DC", responseBytes: 0))
    let owner = beginPlano(
      .orchestrator, "travel_booking_service", at: start + .milliseconds(1), under: inbound)
    owner.set("component", "orchestrator")
    owner.set("request_id", envoyRequestID)
    owner.set("http.method", "POST")
    owner.set("http.path", "/agents/v1/chat/completions")
    owner.set(Self.override, PlanoService.orchestrator.rawValue)
    owner.set(customAttributes)
    owner.finish(at: end)
  }
}
