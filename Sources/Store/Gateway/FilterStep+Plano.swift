/// Plano's filters: the span that runs a chain has an event when each begins and when it is through.
///
/// A filter that says no leaves neither a status nor an end: only the owner's event about its client
/// error, or its error chain, tells (reference: brightstaff's handlers/agents/pipeline.rs).
extension FilterStep {
  static func planoChain(of spans: [StorySpan]) -> (steps: [FilterStep], denials: [Denial]) {
    // A filter's own spans, by the span that ran them and the filter's name.
    var own: [Run: [SpanRecord]] = [:]
    for span in spans {
      guard let name = filterName(of: span.record) else { continue }
      own[Run(owner: span.record.parentSpanID, name: name), default: []].append(span.record)
    }
    for run in own.keys { own[run]?.sort { $0.start < $1.start } }
    var chain = (steps: [FilterStep](), denials: [Denial]())
    for owner in spans {
      let record = owner.record
      guard record.events.contains(where: { isOfFilter($0) }) else { continue }
      let turn = replyBegins(in: record, spans)
      var steps = told(by: record, turn: turn, taking: &own)
      for event in record.events {
        guard let denial = refusal(event, by: record.spanID) else { continue }
        chain.denials.append(denial)
        guard !steps.contains(where: { $0.verdict == .denied && $0.name == denial.filter }) else {
          continue
        }
        // Where only warnings are logged, the refusal is told and the beginning is not.
        let spans =
          own.removeValue(
            forKey: Run(owner: record.spanID, name: denial.filter ?? "")) ?? []
        steps.append(
          FilterStep(
            denial.filter ?? "", .denied, kind: spans.isEmpty ? .mcp : .http,
            duration: spans.last?.duration, start: spans.last?.start ?? event.time,
            code: denial.code, reason: denial.reason, owner: record.spanID,
            spans: spans.map(\.spanID)))
      }
      chain.steps += steps
    }
    // While the span that runs a filter has not ended, the filter's own span is all there is.
    let owners = Dictionary(
      spans.map { ($0.record.spanID, $0.record) }, uniquingKeysWith: { first, _ in first })
    for (run, records) in own {
      let turn = owners[run.owner].flatMap { replyBegins(in: $0, spans) }
      chain.steps += records.map { record in
        FilterStep(
          run.name, .allow, kind: .http, direction: direction(at: record.start, turn: turn),
          duration: record.duration, start: record.start, owner: run.owner,
          spans: [record.spanID])
      }
    }
    return chain
  }

  /// A filter and the span that ran it.
  private struct Run: Hashable {
    var owner: SpanID
    var name: String
  }

  private static func filterName(of record: SpanRecord) -> String? {
    guard record.name.hasPrefix("execute_raw_filter") else { return nil }
    return record.text("filter_name") ?? record.text("agent_id") ?? record.name
  }

  private static func isOfFilter(_ event: SpanEvent) -> Bool {
    event.name == "executing raw filter" || event.name == "client error from agent"
      || event.name == "client error from filter chain"
  }

  /// The runs that the owner's events tell of, each with its own span where there is one.
  private static func told(
    by owner: SpanRecord, turn: UnixNanos?, taking own: inout [Run: [SpanRecord]]
  ) -> [FilterStep] {
    var steps: [FilterStep] = []
    for (index, event) in owner.events.enumerated() where event.name == "executing raw filter" {
      guard let name = event.text("agent") else { continue }
      var step = FilterStep(
        name, .allow, kind: event.text("agent_type") == "mcp" ? .mcp : .http,
        direction: direction(at: event.time, turn: turn), start: event.time, owner: owner.spanID)
      for later in owner.events.dropFirst(index + 1) {
        if later.name == "executing raw filter" { break }
        if later.name == "raw filter completed", later.text("agent") == name {
          step.duration = later.time.since(event.time)
          break
        }
        if step.end(with: later, of: owner.spanID) { break }
      }
      if let span = take(from: &own[Run(owner: owner.spanID, name: name)], near: event.time) {
        step.kind = .http
        step.duration = span.duration
        step.spans = [span.spanID]
      }
      steps.append(step)
    }
    return steps
  }

  /// The span that began with an event: clocks are the same, so it is the nearest within a millisecond.
  private static func take(
    from spans: inout [SpanRecord]?, near time: UnixNanos
  ) -> SpanRecord? {
    let slack = Nanoseconds(1_000_000)
    guard let index = spans?.firstIndex(where: { $0.start + slack >= time }),
      let found = spans?[index], found.start <= time + slack
    else { return nil }
    spans?.remove(at: index)
    return found
  }

  /// Takes in an event that ends the chain; whether it was one.
  private mutating func end(with event: SpanEvent, of owner: SpanID) -> Bool {
    if let denial = FilterStep.refusal(event, by: owner) {
      guard denial.filter == name else { return false }
      verdict = .denied
      code = denial.code
      reason = denial.reason
    } else if event.name == "agent chat error chain" {
      verdict = .error
      // The chain is a JSON array, the root of the trouble last.
      let chain = event.text("error_chain") ?? ""
      reason = RoutingDecision.quoted(chain).last ?? chain
      code = FilterStep.httpStatus(in: reason ?? "")
    } else {
      return false
    }
    duration = event.time.since(start)
    return true
  }

  /// The status in `… (HTTP 500): …`.
  private static func httpStatus(in text: String) -> String? {
    guard let mark = text.firstRange(of: "(HTTP ") else { return nil }
    let digits = text[mark.upperBound...].prefix { $0.isASCII && $0.isNumber }
    return digits.count == 3 ? String(digits) : nil
  }

  private static func refusal(_ event: SpanEvent, by owner: SpanID) -> Denial? {
    guard
      event.name == "client error from agent" || event.name == "client error from filter chain"
    else { return nil }
    return Denial(
      filter: event.text("agent"), code: event.text("status"), reason: event.text("body"),
      source: .event, evidence: .filterRejected, span: owner)
  }

  // MARK: - Direction

  /// When the answer began to come: filters that run later look at the answer. Nil where none did.
  private static func replyBegins(in owner: SpanRecord, _ spans: [StorySpan]) -> UnixNanos? {
    spans.lazy.filter { $0.record.parentSpanID == owner.spanID && $0.role == .upstream }
      .map(\.record.start).min()
  }

  private static func direction(at time: UnixNanos, turn: UnixNanos?) -> Direction {
    turn.map { time > $0 ? .output : .input } ?? .input
  }
}
