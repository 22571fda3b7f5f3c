import Store

/// Plano's routing: which model a request goes to.
extension RequestBuilder {
  /// The `plano(routing)` span of a call; nil where the router itself fails.
  func route(
    _ call: ModelCall, under span: SpanDraft, at time: inout UnixNanos
  ) -> ModelChoice? {
    let began = time
    let routing = beginPlano(.routing, "routing", at: began, under: span)
    routing.set("component", "routing")
    routing.set("http.method", "POST")
    routing.set("http.target", call.path)
    routing.set("model.requested", call.requested ?? call.model.id)
    routing.set("model.alias_resolved", call.model.id)
    routing.set(Self.override, PlanoService.routing.rawValue)
    log(
      routing, "processing router request", at: began, in: "handlers/llm/model_selection",
      line: 106,
      [
        Attribute("path", call.path),
        Attribute("latest_message", preview.split(separator: "\n").joined(separator: "\\n")),
      ])
    var choice: ModelChoice? = ModelChoice(model: call.model)
    var selected = "none"
    var end = began + .microseconds(100)
    switch call.routing {
    case _ where call.failure == .routerDown:
      end = askOrchestrator(routing, at: end, routes: [], failing: 503)
      (choice, selected) = (nil, "unknown")
    case .to(let route):
      end = askOrchestrator(routing, at: end, routes: [(route.name, route.model.id)])
      logRoute(routing, #"Some(("\#(route.name)", ["\#(route.model.id)"]))"#, at: end)
      choice = ModelChoice(model: route.model, route: route.name)
      selected = route.model.id
    case .undecided:
      end = askOrchestrator(routing, at: end, routes: [])
      logRoute(routing, "None", at: end)
    case .none, .skipped: break
    }
    let took = end.since(began).rawValue / 1_000_000
    routing.set("routing.determination_ms", Int(took))
    routing.set("route.selected_model", selected)
    if selected == "none" {
      log(
        routing, "no route determined, using default model", at: end,
        in: "handlers/llm/model_selection", line: 150)
    }
    routing.finish(at: end)
    time = end
    return choice
  }

  private func logRoute(_ span: SpanDraft, _ selected: String, at time: UnixNanos) {
    log(
      span, "plano-orchestrator determined route", at: time, in: "router/orchestrator", line: 393,
      [Attribute("selected_model", selected)])
  }

  /// The routing service asked by itself: a `routing_decision` span, without the decision's time.
  func askRoutingService(_ route: DemoCast.Route) {
    let span = beginPlano(.routing, "routing_decision", at: start, under: nil)
    span.set("component", "routing")
    span.set("request_id", requestID)
    span.set("http.method", "POST")
    span.set("http.path", "/v1/chat/completions")
    span.set(Self.override, PlanoService.routing.rawValue)
    span.set(customAttributes)
    log(
      span, "processing router request", at: start, in: "handlers/llm/model_selection", line: 106,
      [Attribute("path", "/v1/chat/completions"), Attribute("latest_message", preview)])
    let end = askOrchestrator(
      span, at: start + .microseconds(300), routes: [(route.name, route.model.id)])
    log(
      span, "routing decision completed", at: end, in: "handlers/routing_service", line: 333,
      [
        Attribute("primary_model", route.model.id), Attribute("total_models", "1"),
        Attribute("route", #"Some("\#(route.name)")"#), Attribute("pinned", false),
        Attribute("switched", false),
      ])
    span.finish(at: end + .microseconds(200))
  }
}
