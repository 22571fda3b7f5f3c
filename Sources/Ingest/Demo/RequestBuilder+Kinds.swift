import Store

extension RequestBuilder {
  /// Tells a request of the given kind, from its beginning at `start`.
  func tell(_ kind: DemoKind) {
    if let call = modelCall(kind) {
      callModel(call, at: start, under: kind == .modelUpstreamTraced ? unseenParent() : nil)
    } else if let request = agentRequest(kind) {
      callAgents(request)
    } else if let call = toolCall(kind) {
      callTool(call)
    } else {
      tellRest(kind)
    }
  }

  /// What a kind asks of Plano's model listener; nil for kinds of other listeners.
  private func modelCall(_ kind: DemoKind) -> ModelCall? {
    let route = random.pick(DemoCast.understanding, DemoCast.generation)
    let guardFilter = DemoCast.Filter(id: "content_guard", port: 10_500)
    switch kind {
    case .model:
      return ModelCall(
        model: random.pick(DemoCast.small, DemoCast.reasoning, DemoCast.claude),
        mood: random.pick(.neutral, .neutral, .neutral, .happy, .corrected),
        turns: random.pick(1, 1, 2, 3, 4, 7), temperature: random.pick(nil, "0", "0.2", "0.7"))
    case .modelRouted:
      return ModelCall(
        routing: random.chance(0.3) ? .undecided : .to(route), turns: random.pick(1, 2, 3))
    case .modelAliased: return ModelCall(model: DemoCast.aliased, requested: "fast-llm")
    case .modelMessages:
      return ModelCall(
        model: DemoCast.claude, path: "/v1/messages", isStreamed: true,
        tools: ["Bash", "Read", "Edit"], userAgent: "Anthropic/Python 0.79.0")
    case .modelResponses: return ModelCall(model: DemoCast.reasoning, path: "/v1/responses")
    case .modelSession:
      let session = "sess_\(tenant.name)_\(random.int(in: 1...3))"
      return ModelCall(
        routing: random.chance(0.3) ? .undecided : .to(route), session: session,
        turns: nextTurn(of: session))
    case .modelBudget:
      let session = random.pick("implicit:9f86d081884c7d65", "implicit:2c26b46b68ffc68f")
      return ModelCall(
        routing: .to(route), session: session, hasBudget: true, turns: nextTurn(of: session))
    case .modelFlagged:
      return ModelCall(
        model: DemoCast.large, mood: random.pick(.escalated, .frustrated, .failingTools),
        turns: random.pick(2, 4, 9, 14), tools: ["get_weather"])
    case .modelRateLimited: return ModelCall(model: DemoCast.large, status: 429)
    case .modelFailed: return ModelCall(model: DemoCast.reasoning, status: 500)
    case .modelUnreachable:
      return ModelCall(model: DemoCast.reasoning, status: 503, failure: .unreachable)
    case .modelUnknown:
      return ModelCall(requested: "gpt-9", failure: random.pick(.unknownModel, .routerDown))
    case .modelDenied:
      return ModelCall(
        inputFilters: [guardFilter],
        rejection: FilterRejection(
          filter: guardFilter.id, status: 400, body: #"{"error":"blocked by content policy"}"#))
    case .modelOutputFiltered:
      return ModelCall(
        isStreamed: true, inputFilters: [guardFilter],
        outputFilters: [DemoCast.Filter(id: "output_redactor", port: 10_502)])
    case .modelClientGone: return ModelCall(isStreamed: true, isClientGone: true)
    case .modelUpstreamTraced: return ModelCall()
    default: return nil
    }
  }

  private func nextTurn(of session: String) -> Int { (sessions[session]?.turns ?? 0) + 1 }

  /// A span of the client's own that never arrives here.
  private func unseenParent() -> SpanDraft {
    SpanDraft(
      SpanRecord(
        traceID: random.traceID(), spanID: random.spanID(), name: "", start: start, end: start))
  }

  /// What a kind asks of Plano's agent listener; nil for kinds of other listeners.
  private func agentRequest(_ kind: DemoKind) -> AgentRequest? {
    let outOfScope =
      #"{"detail":{"error":"out_of_scope","message":"I can only help with our services."}}"#
    var one = AgentRequest(listener: "agent_1", listed: 1, agents: ["rag_agent"], modelCalls: 1)
    var many = AgentRequest(agents: [random.pick("weather_agent", "flight_agent")])
    switch kind {
    case .agent: return random.chance(0.3) ? one : many
    case .agentChain: many.agents = ["flight_agent", "weather_agent"]
    case .agentFiltered, .agentMCPFiltered:
      one.chain = DemoCast.chain(overMCP: kind == .agentMCPFiltered)
      return one
    case .agentDenied:
      one.chain = DemoCast.chain(overMCP: random.chance(0.3))
      one.rejection = random.pick(
        FilterRejection(filter: "input_guards", status: 400, body: outOfScope),
        FilterRejection(
          filter: "context_builder", status: 422, body: #"{"detail":"no context"}"#))
      return one
    case .agentFilterFailed:
      one.chain = DemoCast.chain(overMCP: false)
      one.rejection = FilterRejection(
        filter: "query_rewriter", status: 500, body: "Internal Server Error")
      return one
    case .agentModelFailed: many.modelStatus = random.pick(429, 500, 503)
    case .agentTimeout: many.isTimedOut = true
    case .agentSeparateTraces: many.isPropagated = false
    default: return nil
    }
    return many
  }

  /// What a kind asks of ContextForge's tools; nil for other kinds.
  private func toolCall(_ kind: DemoKind) -> ToolCall? {
    let isMCP = kind == .toolMCP || random.chance(0.5)
    let tools = DemoCast.tools.filter { ($0.target != nil) == isMCP }
    var call = ToolCall(
      tool: random.pick(from: tools, or: DemoCast.tools[0]),
      version: random.pick(.chains, .controls))
    switch kind {
    case .tool, .toolMCP: break
    case .toolRetried: call.isRetried = true
    case .toolDenied, .toolDeniedByChain:
      call.outcome = .denied
      call.version = kind == .toolDenied ? .controls : .chains
    case .toolFailed: call.outcome = random.pick(.failed, .timedOut)
    default: return nil
    }
    return call
  }

  private func tellRest(_ kind: DemoKind) {
    switch kind {
    case .agentClientGone: abandonAgents()
    case .routingService:
      askRoutingService(random.pick(DemoCast.understanding, DemoCast.generation))
    case .promptGateway: askPromptGateway()
    case .prompt, .promptDenied: renderPrompt(isDenied: kind == .promptDenied)
    case .resource: readResource()
    case .modelProxy, .modelProxyFailed: proxyModel(isFailed: kind == .modelProxyFailed)
    case .agentToAgent: callAgentOverA2A()
    case .gatewayHealthCheck: checkGateways()
    default:
      _ = envoy(
        .inbound, method: "GET", host: "localhost:8001", path: "/healthz", at: start,
        until: start + .microseconds(200), under: nil, cluster: nil)
    }
  }

  /// The prompt gateway traces its outer listener only; its model call is a trace of its own.
  private func askPromptGateway() {
    let host = "arch_prompt_gateway_listener"
    let end = start + latency(1_200)
    _ = envoy(
      .inbound, host: host, path: "/v1/chat/completions", at: start, until: end, under: nil,
      cluster: host)
    let called = start + .milliseconds(4)
    let id = random.uuid()
    _ = envoy(
      .outbound, host: "archfc.katanemo.dev", path: "/v1/chat/completions", at: called,
      until: called + latency(200), under: nil, cluster: "plano",
      requestID: id.prefix(14) + "9" + id.dropFirst(15))
  }
}
