import Store

/// What ContextForge does besides tools: prompts, resources, models, agents, health checks.
extension RequestBuilder {
  func renderPrompt(isDenied: Bool) {
    let root = beginGatewayRequest("/rpc", .chains)
    let span = beginGateway(
      "prompt.render", at: start + .milliseconds(2), under: root, .chains,
      title: "Prompt: summarize",
      [
        Attribute("prompt.id", "summarize"), Attribute("arguments_count", 1),
        Attribute("user", "\(user)@\(tenant.name).example"),
        Attribute("langfuse.observation.input", #"{"text":"the incident report"}"#),
      ])
    let message =
      "prompt_pre_fetch blocked by plugin SchemaGuardPlugin: deny"
      + " - Prompt not allowed (Denied words found in prompt)"
    let chained = runChain(
      "prompt_pre_fetch", under: span, at: span.start + .milliseconds(1),
      denial: isDenied ? ("SchemaGuardPlugin", message) : nil)
    let end = chained + .milliseconds(3)
    setDuration(span, until: end, success: !isDenied)
    if isDenied {
      failGateway(
        span, type: "PluginViolationError", module: "mcpgateway.plugins.framework.errors",
        message: message, at: end)
    } else {
      span.set("langfuse.observation.prompt.name", "summarize")
      span.set("langfuse.observation.prompt.version", 3)
      span.set("messages.count", 1)
    }
    span.finish(at: end)
    endGatewayRequest(root, at: end + .milliseconds(1))
  }

  func readResource() {
    let root = beginGatewayRequest("/rpc", .controls)
    let span = beginGateway(
      "resource.read", at: start + .milliseconds(2), under: root, .controls,
      title: "Resource: handbook",
      [
        Attribute("resource.uri", "file:///handbook/travel-policy.md"),
        Attribute("user", "\(user)@\(tenant.name).example"),
        Attribute("resource.type", "static"),
      ])
    let end = span.start + latency(18)
    setDuration(span, until: end, success: true)
    span.set("content.size", random.int(in: 800...24_000))
    span.finish(at: end)
    endGatewayRequest(root, at: end + .milliseconds(1))
  }

  /// A model behind ContextForge's own proxy; such a span has no root above it.
  func proxyModel(isFailed: Bool) {
    let model = random.pick(DemoCast.small, DemoCast.large)
    let id = String(model.id.drop { $0 != "/" }.dropFirst())
    let span = beginGateway(
      "llm.proxy", at: start, under: nil, .controls, title: "LLM Proxy: \(id)",
      [
        Attribute("langfuse.observation.type", "generation"),
        Attribute("gen_ai.system", "openai"), Attribute("gen_ai.request.model", id),
        Attribute("llm.provider.id", "2d9c9069492f4a94ad31a689e3753bcf"),
        Attribute("llm.provider.type", "openai"),
        Attribute("llm.model.id", "d4b3657e54a4478b986843dcf98bd8ae"),
        Attribute(
          "langfuse.observation.input",
          #"{"model":"\#(id)","messages":[{"role":"user","content":"hello there"}]}"#),
      ])
    let end = start + latency(isFailed ? 90 : 800)
    if isFailed {
      failGateway(
        span, type: "LLMProxyRequestError", module: "mcpgateway.services.llm_proxy_service",
        message: "Request failed: 429 - rate limit exceeded", at: end)
    } else {
      let tokensIn = random.int(in: 11...600)
      let tokensOut = random.int(in: 7...400)
      span.set("gen_ai.response.model", model.reported)
      span.set("gen_ai.usage.prompt_tokens", tokensIn)
      span.set("gen_ai.usage.completion_tokens", tokensOut)
      span.set("gen_ai.usage.total_tokens", tokensIn + tokensOut)
      span.set(
        "langfuse.observation.output",
        #"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello!"}}]}"#)
    }
    span.finish(at: end)
  }

  func callAgentOverA2A() {
    let span = beginGateway(
      "a2a.invoke", at: start, under: nil, .controls, title: "A2A: TravelAgent",
      [
        Attribute("a2a.agent.name", "TravelAgent"),
        Attribute("a2a.agent.id", "79fbef08dbda46e1b79c86170cff36c0"),
        Attribute("a2a.agent.url", "http://agents.internal/travel"),
        Attribute("a2a.agent.type", "generic"), Attribute("a2a.interaction_type", "query"),
        Attribute("langfuse.observation.input", #"{"query":"flights to Oslo"}"#),
      ])
    let end = start + latency(450)
    setDuration(span, until: end, success: true)
    span.finish(at: end)
  }

  /// All gateways asked at once; an unhealthy one says so while its status is OK.
  func checkGateways() {
    let batch = beginGateway(
      "gateway.health_check_batch", at: start, under: nil, .controls,
      [Attribute("gateway.count", 3), Attribute("check.type", "health")])
    var end = start
    for (index, name) in ["github", "warehouse", "clock"].enumerated() {
      let isHealthy = index != 1 || random.chance(0.5)
      let check = beginGateway(
        "gateway.health_check", at: start + .microseconds(400), under: batch, .controls,
        [
          Attribute("gateway.name", name), Attribute("gateway.transport", "streamablehttp"),
          Attribute("gateway.enabled", true), Attribute("http.method", "GET"),
          Attribute("http.url", "http://\(name).internal:9000/health"),
          Attribute("http.status_code", isHealthy ? 200 : 503),
          Attribute("health.status", isHealthy ? "healthy" : "unhealthy"),
          Attribute("success", isHealthy),
        ])
      if !isHealthy { check.set("error", true) }
      check.finish(at: check.start + latency(12))
      end = max(end, check.end)
    }
    batch.set("check.duration_ms", Int(end.since(start).rawValue / 1_000_000))
    batch.set("check.completed", true)
    batch.finish(at: end + .microseconds(200))
  }
}
