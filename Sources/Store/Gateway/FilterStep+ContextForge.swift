/// ContextForge's plugins, in each of the ways in which its versions tell of them.
extension FilterStep {
  static func gatewayChain(of spans: [StorySpan]) -> (steps: [FilterStep], denials: [Denial]) {
    var chain = (steps: spans.flatMap { gatewaySteps(of: $0.record) }, denials: [Denial]())
    for span in spans {
      guard let denial = denial(of: span.record) else { continue }
      let isKnown = chain.denials.contains {
        $0.filter == denial.filter && $0.code == denial.code && $0.reason == denial.reason
      }
      if !isKnown { chain.denials.append(denial) }
    }
    // Only the message says which plugin it was, with code and reason.
    for denial in chain.denials where denial.source == .message {
      guard let name = denial.filter else { continue }
      let index = chain.steps.lastIndex { step in
        step.name == name && (step.hook == nil || denial.hook == nil || step.hook == denial.hook)
      }
      if let index {
        chain.steps[index].verdict = .denied
        chain.steps[index].code = denial.code
        chain.steps[index].reason = denial.reason
      } else if let teller = spans.first(where: { $0.record.spanID == denial.span })?.record {
        chain.steps.append(
          FilterStep(
            name, .denied, kind: .control, direction: direction(ofHook: denial.hook),
            start: teller.end, code: denial.code, reason: denial.reason, hook: denial.hook,
            owner: denial.span))
      }
    }
    return chain
  }

  /// What one span says of a plugin: `plugin.execute` (1.0.0) or `cpex.control.result` (1.0.7 and later).
  private static func gatewaySteps(of span: SpanRecord) -> [FilterStep] {
    switch span.name {
    case "plugin.execute":
      let hook = span.text("plugin.hook.type")
      // An attribute mapping renames the plugin's name on some spans.
      var step = FilterStep(
        span.text("plugin.name") ?? span.text("controls.artifact.name") ?? span.name, .allow,
        kind: .plugin, direction: direction(ofHook: hook), duration: span.duration,
        start: span.start, hook: hook,
        mode: span.text("plugin.mode") ?? span.text("controls.enforcement.mode"),
        owner: span.parentSpanID, spans: [span.spanID])
      if span.text("plugin.modified_payload") == "true" { step.verdict = .modified }
      if span.statusCode == .error {
        step.verdict = .error
        step.code = span.text("error.type")
        step.reason = span.text("error.message").flatMap { $0.isEmpty ? nil : $0 }
      }
      return [step]
    case "cpex.control.result":
      let status = span.text("cpex.control.status") ?? "completed"
      let hook = span.text("cpex.control.hook_name")
      var step = FilterStep(
        span.text("cpex.control.name") ?? span.name, .allow, kind: .control,
        direction: span.text("cpex.control.enforcement_point") == "post"
          ? .output : direction(ofHook: hook),
        // The span is made after the fact: its own width means nothing.
        duration: span.text("cpex.control.duration_ns").flatMap { UInt64($0) }
          .map { Nanoseconds($0) },
        start: span.start, code: span.text("cpex.control.result.error_code"),
        reason: span.text("cpex.control.result.reason"), hook: hook,
        mode: span.text("cpex.control.mode"), owner: span.parentSpanID, spans: [span.spanID])
      if span.text("cpex.control.payload_modified") == "true" { step.verdict = .modified }
      if status == "error" || status == "timeout" { step.verdict = .error }
      if span.text("cpex.control.result.allowed") == "false" { step.verdict = .denied }
      return [step]
    default: return []
    }
  }

  private static func direction(ofHook hook: String?) -> Direction {
    hook?.contains("_post_") == true ? .output : .input
  }

  /// What a span says of a denial, in its message first: only there are code and reason.
  private static func denial(of span: SpanRecord) -> Denial? {
    if span.statusCode == .error {
      let texts = [span.statusMessage, span.text("error.message") ?? ""]
      for text in texts {
        if let denial = Denial(message: text, span: span.spanID) { return denial }
      }
    }
    return nil
  }
}
