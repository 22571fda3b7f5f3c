import Store

/// A call of a model through Plano: `plano(llm)` with its filters, routing and upstream.
extension RequestBuilder {
  /// Tells the call from `time` on, under `parent` or as a root; gives its span and the status its caller gets.
  @discardableResult
  func callModel(
    _ call: ModelCall, at time: UnixNanos, under parent: SpanDraft?
  ) -> (span: SpanDraft, status: Int) {
    let span = beginPlano(.llm, "llm", at: time, under: parent)
    let id = call.requestID ?? requestID
    span.set("component", "llm")
    span.set("request_id", id)
    span.set("http.method", "POST")
    span.set("http.path", call.path)
    span.set(Self.override, PlanoService.llm.rawValue)
    if call.hasCustomAttributes { span.set(customAttributes) }
    var time = time + .microseconds(150)

    if call.failure == .unknownModel {
      log(
        span, "model not found in configured providers", at: time, in: "handlers/llm/mod",
        line: 657, level: "WARN", [Attribute("model", call.requested ?? call.model.id)])
      span.finish(at: time + .microseconds(200))
      return (span, 400)
    }
    describe(call, on: span)
    if !call.inputFilters.isEmpty {
      let filtered = runFilters(
        call.inputFilters, of: span, at: time, path: call.path, requestID: id,
        rejection: call.rejection)
      time = filtered.end
      if let rejection = filtered.rejection {
        log(
          span, "client error from filter chain", at: time, in: "handlers/llm/mod", line: 237,
          level: "WARN", rejection.attributes)
        span.finish(at: time + .microseconds(200))
        return (span, rejection.status)
      }
      log(
        span, "input filter chain processed successfully", at: time, in: "handlers/llm/mod",
        line: 220)
    }
    guard let choice = chooseModel(call, on: span, at: &time) else {
      span.finish(at: time + .microseconds(100))
      return (span, 500)
    }
    askUpstream(call, choice, on: span, at: time + .microseconds(300), requestID: id)
    return (span, call.status)
  }

  private func describe(_ call: ModelCall, on span: SpanDraft) {
    if let temperature = call.temperature { span.set("llm.temperature", temperature) }
    if !call.tools.isEmpty {
      span.set("llm.tools", call.tools.map { "\($0)(...)" }.joined(separator: "\n"))
    }
    span.set("llm.user_message_preview", preview)
  }

  /// The first 50 characters of the prompt, as Plano cuts it.
  var preview: String { prompt.count <= 50 ? prompt : prompt.prefix(50) + "..." }

  /// Routing and the session's say; nil where the router does not answer.
  private func chooseModel(
    _ call: ModelCall, on span: SpanDraft, at time: inout UnixNanos
  ) -> ModelChoice? {
    var choice = ModelChoice(model: call.model)
    if let session = call.session { span.set("plano.session_id", session) }
    if case .skipped = call.routing {
      span.set("plano.routing.skipped", "not_user_turn")
    } else {
      guard let routed = route(call, under: span, at: &time) else { return nil }
      choice = routed
    }
    if let name = call.session {
      var session = sessions[name] ?? DemoSession(anchor: call.model)
      choice = session.decide(choice, hasBudget: call.hasBudget, at: time, on: span, self)
      sessions[name] = session
    }
    if let route = choice.route { span.set("plano.route.name", route) }
    span.set("llm.model", choice.model.id)
    if let provider = choice.model.provider { span.set("llm.provider", provider) }
    let requested = call.requested ?? call.model.id
    span.record.name =
      requested == choice.model.id
      ? "POST \(call.path) \(requested)" : "POST \(call.path) \(requested) -> \(choice.model.id)"
    return choice
  }

  /// The upstream's answer and what Plano learns from it.
  private func askUpstream(
    _ call: ModelCall, _ choice: ModelChoice, on span: SpanDraft, at sent: UnixNanos,
    requestID: String
  ) {
    let answer = ModelAnswer(call, choice, builder: self)
    let isUnreachable = call.failure == .unreachable
    _ = envoy(
      .outbound, host: isUnreachable ? "localhost" : choice.model.host,
      path: answer.upstreamPath, at: sent + .microseconds(400),
      until: sent + answer.duration - .microseconds(300), under: span,
      cluster: choice.model.provider ?? "openai", userAgent: call.userAgent ?? userAgent,
      outcome: EnvoyOutcome(
        status: call.status, flags: isUnreachable ? "UF" : "-",
        requestBytes: random.int(in: 400...4_000), responseBytes: answer.bytes))
    span.set("http.status_code", call.status)
    span.set(Self.override, PlanoService.llm.rawValue)
    // Output filters run once for each chunk of the stream.
    if !call.outputFilters.isEmpty {
      for chunk in 0..<answer.chunks {
        let after = (answer.duration - answer.firstToken).rawValue / UInt64(answer.chunks)
        let time = sent + answer.firstToken + Nanoseconds(after * UInt64(chunk))
        _ = runFilters(
          call.outputFilters, of: span, at: time, path: call.path, requestID: requestID,
          rejection: nil)
      }
    }
    let end = sent + answer.duration
    if call.isClientGone {
      log(span, "receiver dropped", at: end, in: "streaming", line: 647, level: "WARN")
    }
    let firstToken = Int(answer.firstToken.rawValue / 1_000_000)
    span.set("llm.time_to_first_token", firstToken)
    span.event(
      "llm.time_to_first_token", at: end, [Attribute("llm.time_to_first_token", firstToken)])
    span.set("llm.duration_ms", Int(answer.duration.rawValue / 1_000_000))
    span.set("llm.response_bytes", answer.bytes)
    reportUsage(call, choice, answer, on: span)
    reportSignals(mood: call.mood, turns: call.turns, on: span, at: end)
    log(
      span, "streaming completed", at: end, in: "streaming", line: 573,
      [
        Attribute("service", PlanoService.llm.rawValue),
        Attribute("total_bytes", "\(answer.bytes)"), Attribute("chunk_count", "\(answer.chunks)"),
        Attribute("duration_ms", "\(answer.duration.rawValue / 1_000_000)"),
        Attribute("time_to_first_token_ms", "Some(\(firstToken))"),
      ])
    span.finish(at: end + .microseconds(50))
  }

  /// Tokens and, in a session, cost. Plano knows them only where the upstream's answer says them.
  private func reportUsage(
    _ call: ModelCall, _ choice: ModelChoice, _ answer: ModelAnswer, on span: SpanDraft
  ) {
    guard answer.hasUsage else { return }
    let model = choice.model
    let isInSession = call.session != nil
    let cached =
      isInSession ? Int(Double(answer.inputTokens) * random.pick(0, 0, 0.5, 0.9)) : 0
    span.set("llm.usage.prompt_tokens", answer.inputTokens)
    span.set("llm.usage.completion_tokens", answer.outputTokens)
    span.set("llm.usage.total_tokens", answer.inputTokens + answer.outputTokens)
    if model.provider == "openai" || cached > 0 {
      span.set("llm.usage.cached_input_tokens", cached)
    }
    if model.id == DemoCast.reasoning.id {
      span.set("llm.usage.reasoning_tokens", random.pick(0, 64, 192, 640))
    }
    // The id that the upstream reported comes second, under the same key.
    if !(answer.isStreamed && model.provider == "anthropic") {
      span.set("llm.model", model.reported)
    }
    guard let name = call.session else { return }
    let fresh = Double(answer.inputTokens - cached)
    let input = (fresh * model.inputPrice + Double(cached) * model.cachedPrice) / 1e6
    let output = Double(answer.outputTokens) * model.outputPrice / 1e6
    span.set("llm.usage.input_cost_usd", input)
    span.set("llm.usage.output_cost_usd", output)
    span.set("llm.usage.total_cost_usd", input + output)
    sessions[name]?.totalCost += input + output
    sessions[name]?.contextTokens = answer.inputTokens + answer.outputTokens
  }
}

/// The model that will answer, and the route that led to it.
struct ModelChoice {
  var model: DemoCast.Model
  var route: String?
}
