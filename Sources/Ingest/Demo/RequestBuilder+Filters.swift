import Store

extension FilterRejection {
  /// What Plano logs of it.
  var attributes: [Attribute] {
    [
      Attribute("agent", filter), Attribute("status", "\(status)"), Attribute("body", body),
    ]
  }
}

/// Plano's filter chains (handlers/agents/pipeline.rs).
extension RequestBuilder {
  /// Runs a chain one after the other; ends early, with the rejection, where a filter says no.
  ///
  /// An HTTP filter has a span, which says nothing of its verdict. An MCP filter has none: it renames
  /// the span it runs in and leaves events there.
  func runFilters(
    _ chain: [DemoCast.Filter], of owner: SpanDraft, at start: UnixNanos, path: String,
    requestID: String, rejection: FilterRejection?
  ) -> (end: UnixNanos, rejection: FilterRejection?) {
    var time = start
    let bytes = Attribute("bytes_len", "\(prompt.utf8.count + 200)")
    for filter in chain {
      let url = "http://localhost:\(filter.port)"
      log(
        owner, "executing raw filter", at: time, in: "handlers/agents/pipeline", line: 545,
        [
          Attribute("agent", filter.id), Attribute("url", url),
          Attribute("agent_type", filter.isMCP ? "mcp" : "http"), bytes,
        ])
      if filter.isMCP {
        time = runMCPFilter(filter, in: owner, at: time, requestID: requestID)
      } else {
        let span = beginPlano(
          .filter, "execute_raw_filter (\(filter.id))", at: time, under: owner)
        span.set("request_path", path)
        span.set("agent_id", filter.id)
        span.set("agent_url", url)
        span.set("filter_name", filter.id)
        span.set([bytes])
        span.set(Self.override, PlanoService.filter.rawValue)
        let work = time + latency(12, spread: 0.4)
        let end = filter.callsModel ? askGuard(under: span, at: time, requestID: requestID) : work
        span.finish(at: end)
        time = span.end
      }
      if let rejection, rejection.filter == filter.id { return (time, rejection) }
      log(
        owner, "raw filter completed", at: time, in: "handlers/agents/pipeline", line: 561,
        [Attribute("agent", filter.id), bytes])
    }
    return (time, nil)
  }

  private func runMCPFilter(
    _ filter: DemoCast.Filter, in owner: SpanDraft, at start: UnixNanos, requestID: String
  ) -> UnixNanos {
    owner.set(Self.override, PlanoService.filter.rawValue)
    owner.record.name = "execute_mcp_filter_raw (\(filter.id))"
    let session = random.hexName()
    let steps: [(after: UInt64, line: Int, message: String)] = [
      (0, 411, "initializing MCP session for agent \(filter.id)"),
      (6, 420, "initialize response status: 200 OK"),
      (6, 434, "created new MCP session for agent \(filter.id): \(session)"),
      (9, 398, "initialized notification response status: 202 Accepted"),
      (9, 261, "Using MCP session ID \(session) for agent \(filter.id)"),
    ]
    for step in steps {
      log(
        owner, step.message, at: start + .milliseconds(step.after),
        in: "handlers/agents/pipeline", line: step.line)
    }
    var time = start + .milliseconds(10)
    if filter.callsModel { time = askGuard(under: owner, at: time, requestID: requestID) }
    return time + latency(8, spread: 0.3)
  }

  /// A filter that asks a small model through Plano, with the trace's own parent.
  private func askGuard(
    under span: SpanDraft, at start: UnixNanos, requestID: String
  ) -> UnixNanos {
    let call = ModelCall(
      model: DemoCast.aliased, requested: "fast-llm", isStreamed: false, temperature: "0.1",
      requestID: requestID, userAgent: "AsyncOpenAI/Python 2.17.0", hasCustomAttributes: false,
      medianMilliseconds: 220)
    return callModel(call, at: start + .milliseconds(2), under: span).span.end + .milliseconds(3)
  }
}
