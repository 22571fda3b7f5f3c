public import Store

extension JSONWriter {
  /// What is known of a whole trace; null where nothing is.
  mutating func summary(of trace: TraceDocument) {
    let summary = trace.summary
    object { json in
      json.member("verdict", summary.verdict.name)
      json.array("evidence", summary.evidence.names) { $0.string($1) }
      json.member("tenant", summary.tenant)
      json.member("user", summary.user)
      json.member("session", summary.session)
      json.member("request", summary.request)
      if !trace.otherTraces.isEmpty {
        json.array("request_traces", trace.otherTraces) { $0.string($1.hex) }
      }
      json.member("route", summary.route)
      json.member("model_asked", summary.modelAsked)
      json.member("model", summary.model)
      json.member("provider", summary.provider)
      json.member("tokens_in", summary.tokensIn)
      json.member("tokens_out", summary.tokensOut)
      json.member("cost_usd", summary.costUSD)
      json.member("ttft_ms", summary.timeToFirstToken?.milliseconds)
      json.member("start_unix_nano", summary.start.rawValue)
      json.member("duration_ms", summary.duration.milliseconds)
      json.member("spans", summary.spanCount)
      json.member("errors", summary.errorCount)
      json.array("services", trace.services) { $0.string($1) }
      json.member("root_name", summary.hasRoot ? summary.rootName : nil)
      json.member("complete", summary.hasRoot && summary.missingParents == 0)
      json.array("filters", trace.story.filters) { json, step in
        json.object { json in
          json.member("name", step.name)
          json.member("verdict", step.verdict.rawValue)
          json.member("duration_ms", step.duration?.milliseconds)
          json.member("count", step.count)
          json.member("code", step.code)
          json.member("reason", step.reason)
        }
      }
    }
  }
}

extension Evidence {
  /// The words for what is in the set, in the order of the bits.
  public var names: [String] {
    Self.words.filter { contains($0.evidence) }.map(\.word)
  }

  private static let words: [(evidence: Evidence, word: String)] = [
    (.statusError, "status_error"), (.httpServerError, "http_server_error"),
    (.httpClientError, "http_client_error"), (.errorAttribute, "error_attribute"),
    (.errorType, "error_type"), (.exceptionEvent, "exception_event"),
    (.successFalse, "success_false"), (.upstreamFailure, "upstream_failure"),
    (.clientGone, "client_gone"), (.errorEvent, "error_event"),
    (.filterRejected, "filter_rejected"), (.pluginViolation, "plugin_violation"),
    (.controlDenied, "control_denied"), (.poorQuality, "poor_quality"),
    (.flagInName, "flag_in_name"), (.violationError, "violation_error"),
  ]
}
