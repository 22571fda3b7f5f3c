/// ContextForge's plugins, in each of the ways in which its versions tell of them.
extension FilterStep {
  /// What a plugin is called of which only a failure is told.
  static let unnamed = "(unnamed plugin)"

  static func gatewayChain(of spans: [StorySpan]) -> (steps: [FilterStep], denials: [Denial]) {
    var chain = (steps: spans.flatMap { gatewaySteps(of: $0.record) }, denials: [Denial]())
    for span in spans {
      addFlattened(span.record, to: &chain.steps)
      addFigures(of: span.record, to: &chain.steps)
    }
    for denial in denials(of: spans) {
      if !chain.denials.contains(where: { $0.isSame(as: denial) }) { chain.denials.append(denial) }
    }
    explainFailures(in: &chain.steps, spans)
    for denial in chain.denials { name(denial, in: &chain.steps, spans) }
    return chain
  }

  /// What one span says of a plugin: `plugin.execute` (1.0.0) or `cpex.control.…` (1.0.7 and later).
  private static func gatewaySteps(of span: SpanRecord) -> [FilterStep] {
    switch span.name {
    case "plugin.execute": [executed(span)]
    case "cpex.control.result": [controlled(span)]
    case "cpex.control.summary" where span.text("cpex.control.plugin_error") == "true":
      // A plugin that fails leaves no result: only that one did is known, and where.
      [
        FilterStep(
          unnamed, .error, kind: .control,
          direction: span.text("cpex.control.enforcement_point")?.hasSuffix("post") == true
            ? .output : .input, start: span.start, owner: span.parentSpanID, spans: [span.spanID])
      ]
    default: []
    }
  }

  private static func executed(_ span: SpanRecord) -> FilterStep {
    let hook = span.text("plugin.hook.type")
    // An attribute mapping renames the plugin's name and mode on some spans.
    let mode = span.text("plugin.mode") ?? span.text("controls.enforcement.mode")
    var step = FilterStep(
      span.text("plugin.name") ?? span.text("controls.artifact.name") ?? unnamed, .allow,
      kind: .plugin, direction: direction(ofHook: hook), duration: span.duration,
      start: span.start, hook: hook, mode: mode, owner: span.parentSpanID, spans: [span.spanID])
    if span.text("plugin.modified_payload") == "true" { step.verdict = .modified }
    if span.text("plugin.had_violation") == "true" {
      // Only the mode `enforce` keeps the request from going on.
      if mode == "enforce" { step.verdict = .denied } else { step.isOverruled = true }
    }
    if span.statusCode == .error {
      step.verdict = .error
      step.code = span.text("error.type")
      step.reason = span.text("error.message").flatMap { $0.isEmpty ? nil : $0 }
    }
    return step
  }

  private static func controlled(_ span: SpanRecord) -> FilterStep {
    let hook = span.text("cpex.control.hook_name")
    var step = FilterStep(
      span.text("cpex.control.name") ?? unnamed, .allow, kind: .control,
      direction: span.text("cpex.control.enforcement_point") == "post"
        ? .output : direction(ofHook: hook),
      // The span is made after the fact: its own width means nothing.
      duration: span.count("cpex.control.duration_ns").map { Nanoseconds($0) },
      start: span.start, code: span.text("cpex.control.result.error_code"),
      reason: span.text("cpex.control.result.reason"), hook: hook,
      mode: span.text("cpex.control.mode"), owner: span.parentSpanID, spans: [span.spanID])
    if span.text("cpex.control.payload_modified") == "true" { step.verdict = .modified }
    step.isOverruled =
      span.text("cpex.control.result.requested_allowed") == "false"
      && span.text("cpex.control.result.allowed") != "false"
    settle(&step, span.text("cpex.control.status"), span.text("cpex.control.result.allowed"))
    return step
  }

  private static func settle(_ step: inout FilterStep, _ status: String?, _ allowed: String?) {
    if status == "error" || status == "timeout" { step.verdict = .error }
    if status == "timeout", step.code == nil { step.code = "timeout" }
    if allowed == "false" { step.verdict = .denied }
  }

  private static func direction(ofHook hook: String?) -> Direction {
    hook?.contains("_post_") == true ? .output : .input
  }

  /// Takes what went wrong in a plugin without a name from the span that it failed.
  private static func explainFailures(in steps: inout [FilterStep], _ spans: [StorySpan]) {
    for index in steps.indices where steps[index].name == unnamed && steps[index].reason == nil {
      let failed = spans.first { $0.record.spanID == steps[index].owner && $0.hasError }?.record
      steps[index].code = failed?.text("error.type")
      steps[index].reason = failed?.failure
    }
  }

  // MARK: - Results that stand in the summary, figures

  /// Adds the results that a summary has as attributes and that have no span of their own.
  private static func addFlattened(_ span: SpanRecord, to steps: inout [FilterStep]) {
    guard span.name == "cpex.control.summary" else { return }
    let prefix = "cpex.control.results."
    for attribute in span.attributes
    where attribute.key.hasPrefix(prefix) && attribute.key.hasSuffix(".status") {
      let base = String(attribute.key.dropLast(7))
      let name = span.text(base + ".name") ?? String(base.dropFirst(prefix.count))
      let isTold = steps.contains { $0.owner == span.spanID && $0.name == name }
      guard !isTold else { continue }
      var step = FilterStep(
        name, .allow, kind: .control,
        direction: span.text(base + ".enforcement_point") == "post" ? .output : .input,
        duration: span.count(base + ".duration_ns").map { Nanoseconds($0) }, start: span.start,
        owner: span.spanID, spans: [span.spanID])
      settle(&step, JSONText.of(attribute.value), span.text(base + ".result.allowed"))
      steps.append(step)
    }
  }

  /// Adds what `plugin.metrics.<plugin>` counts to the plugin's step, or a step where there is none.
  private static func addFigures(of span: SpanRecord, to steps: inout [FilterStep]) {
    let prefix = "plugin.metrics."
    guard span.name.hasPrefix(prefix) else { return }
    let name = String(span.name.dropFirst(prefix.count))
    let hook = span.text("stage")
    let known = steps.firstIndex { step in
      plain(step.name) == plain(name) && step.hook == hook && step.detections == nil
    }
    let masked = span.attributes.integer("total_masked")
    let index = known ?? steps.endIndex
    if known == nil {
      steps.append(
        FilterStep(
          name, masked ?? 0 > 0 ? .modified : .allow, kind: .metrics,
          direction: direction(ofHook: hook), start: span.start, hook: hook,
          owner: span.parentSpanID))
    }
    steps[index].detections = span.attributes.integer("total_detections")
    steps[index].masked = masked
    steps[index].detectionTypes = span.text("detection_types")
    steps[index].spans.append(span.spanID)
  }

  /// A plugin's name without what its writings differ in: `pii_filter` is `PIIFilterPlugin`.
  private static func plain(_ name: String) -> String {
    let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
    return letters.hasSuffix("plugin") ? String(letters.dropLast(6)) : letters
  }

  // MARK: - Denials

  /// What the spans say of denials, those with a code and a reason first.
  private static func denials(of spans: [StorySpan]) -> [Denial] {
    let told = spans.compactMap { message(of: $0.record) }
    if !told.isEmpty { return told }
    return spans.compactMap { span in
      let record = span.record
      if span.evidence.contains(.controlDenied) || isRefusal(record) {
        return Denial(
          filter: record.text("cpex.control.name"),
          code: record.text("cpex.control.result.error_code"),
          reason: record.text("cpex.control.result.reason"),
          hook: record.text("cpex.control.hook_name"), source: .control,
          evidence: .controlDenied, span: record.spanID)
      }
      guard record.text("plugin.had_violation") == "true", executed(record).verdict == .denied
      else { return nil }
      return Denial(
        filter: executed(record).name, hook: record.text("plugin.hook.type"), source: .violation,
        evidence: .pluginViolation, span: record.spanID)
    }
  }

  private static func isRefusal(_ record: SpanRecord) -> Bool {
    record.name.hasPrefix("cpex.control.") && record.text("cpex.control.result.allowed") == "false"
  }

  /// A denial in the message of a status, of an error, or of an exception.
  private static func message(of span: SpanRecord) -> Denial? {
    for text in [span.text("error.message") ?? "", span.statusMessage] {
      if let denial = Denial(message: text, span: span.spanID) { return denial }
    }
    return span.events.lazy.filter { $0.name == "exception" }
      .compactMap { $0.text("exception.message") }
      .compactMap { Denial(message: $0, span: span.spanID) }.first
  }

  /// Marks the step of the plugin that denied, or adds one where the plugin has none.
  private static func name(
    _ denial: Denial, in steps: inout [FilterStep], _ spans: [StorySpan]
  ) {
    let known = steps.lastIndex { step in
      step.name == denial.filter
        && (step.hook == nil || denial.hook == nil || step.hook == denial.hook)
    }
    if let known {
      steps[known].verdict = .denied
      steps[known].code = denial.code ?? steps[known].code
      steps[known].reason = denial.reason ?? steps[known].reason
    } else if let teller = spans.first(where: { $0.record.spanID == denial.span })?.record {
      steps.append(
        FilterStep(
          denial.filter ?? unnamed, .denied, kind: .plugin,
          direction: direction(ofHook: denial.hook), start: teller.end, code: denial.code,
          reason: denial.reason, hook: denial.hook, owner: denial.span))
    }
  }
}
