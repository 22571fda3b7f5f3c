import Store

extension JSONWriter {
  /// What is known of a whole trace; null where nothing is. `withID` puts its id in front, for lines that
  /// stand alone.
  public mutating func summary(of trace: TraceDocument, withID: Bool = false) {
    let summary = trace.summary
    let story = trace.story
    object { json in
      if withID { json.member("trace_id", trace.summary.id.hex) }
      json.member("verdict", summary.verdict.name)
      json.array("evidence", summary.evidence.names) { $0.string($1) }
      json.member("tenant", summary.tenant)
      json.member("user", summary.user)
      json.member("session", summary.session)
      json.member("request", summary.request)
      if !trace.otherTraces.isEmpty {
        json.array("request_traces", trace.otherTraces) { $0.string($1.hex) }
      }
      json.member("route", story.route ?? summary.route)
      json.member("model_asked", story.modelAsked ?? summary.modelAsked)
      json.member("model", story.model ?? summary.model)
      json.member("provider", story.provider ?? summary.provider)
      json.member("tokens_in", summary.tokensIn)
      json.member("tokens_out", summary.tokensOut)
      json.member("cost_usd", summary.costUSD)
      json.member("ttft_ms", (story.timeToFirstToken ?? summary.timeToFirstToken)?.milliseconds)
      json.member("start_unix_nano", summary.start.rawValue)
      json.member("duration_ms", summary.duration.milliseconds)
      json.member("spans", summary.spanCount)
      json.member("errors", summary.errorCount)
      json.array("services", trace.services) { $0.string($1) }
      json.member("root_name", summary.hasRoot ? summary.rootName : nil)
      json.member("complete", summary.hasRoot && summary.missingParents == 0)
      json.filters(of: story)
      json.denial(of: story)
      json.conflicts(of: story)
    }
  }

  private mutating func filters(of story: RequestStory) {
    array("filters", story.filters) { json, step in
      json.object { json in
        json.member("name", step.name)
        json.member("verdict", step.verdict.rawValue)
        json.member("duration_ms", step.duration?.milliseconds)
        json.member("count", step.count)
        json.member("code", step.code)
        json.member("reason", step.reason)
        json.member("direction", step.direction.rawValue)
        json.member("posted_late", step.isPostedLate)
      }
    }
  }

  /// Who refused the request and what for; null where nobody did.
  private mutating func denial(of story: RequestStory) {
    guard let denial = story.denial else { return member("denial", String?.none) }
    object("denial") { json in
      json.member("filter", denial.filter)
      json.member("code", denial.code)
      json.member("reason", denial.reason)
      json.member("evidence", denial.evidence.names.first)
      json.member("span_id", denial.span.hex)
    }
  }

  /// All values of each dimension that spans disagree about.
  private mutating func conflicts(of story: RequestStory) {
    object("conflicts") { json in
      for dimension in story.dimensions where dimension.hasConflict {
        json.array(dimension.dimension.name, dimension.conflicting) { $0.string($1) }
      }
    }
  }
}
