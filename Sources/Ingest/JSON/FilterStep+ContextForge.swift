import Store

/// ContextForge's plugins, in each of the ways in which its versions tell of them.
extension FilterStep {
  /// What one span says of a plugin: `plugin.execute` (1.0.0) or `cpex.control.result` (1.0.7 and later).
  static func gatewaySteps(of span: SpanRecord) -> [FilterStep] {
    switch span.name {
    case "plugin.execute":
      // An attribute mapping renames the plugin's name on some spans.
      let name = span.text("plugin.name") ?? span.text("controls.artifact.name") ?? span.name
      let verdict: Verdict =
        span.statusCode == .error
        ? .error : span.text("plugin.modified_payload") == "true" ? .modified : .allow
      return [FilterStep(name, verdict, duration: span.duration, start: span.start)]
    case "cpex.control.result":
      let name = span.text("cpex.control.name") ?? span.name
      let status = span.text("cpex.control.status") ?? "completed"
      var step = FilterStep(name, .allow, duration: nil, start: span.start)
      if span.text("cpex.control.payload_modified") == "true" { step.verdict = .modified }
      if status == "error" || status == "timeout" { step.verdict = .error }
      if span.text("cpex.control.result.allowed") == "false" { step.verdict = .denied }
      // The span is made after the fact: its own width means nothing.
      step.duration = span.text("cpex.control.duration_ns").flatMap { UInt64($0) }
        .map { Nanoseconds($0) }
      step.code = span.text("cpex.control.result.error_code")
      step.reason = span.text("cpex.control.result.reason")
      return [step]
    default: return []
    }
  }

  /// Marks the plugin that denied. Only the message of the error says which it was, with code and reason.
  static func named(in trace: TraceDocument, _ steps: [FilterStep]) -> [FilterStep] {
    var steps = steps
    var seen: Set<Denial> = []
    for span in trace.spans where span.record.statusCode == .error {
      guard let denial = Denial(span.record.statusMessage), seen.insert(denial).inserted else {
        continue
      }
      if let index = steps.lastIndex(where: { $0.name == denial.plugin }) {
        steps[index].verdict = .denied
        steps[index].code = denial.code
        steps[index].reason = denial.reason
      } else {
        steps.append(
          FilterStep(
            denial.plugin, .denied, duration: nil, start: span.record.end, code: denial.code,
            reason: denial.reason))
      }
    }
    return steps
  }

  /// `… <hook> blocked by plugin <NAME>: <CODE> - <reason>`, in all versions.
  private struct Denial: Hashable {
    var plugin: String
    var code: String
    var reason: String

    init?(_ message: String) {
      guard let mark = message.firstRange(of: " blocked by plugin "),
        let colon = message[mark.upperBound...].firstRange(of: ": "),
        let dash = message[colon.upperBound...].firstRange(of: " - ")
      else { return nil }
      plugin = String(message[mark.upperBound..<colon.lowerBound])
      code = String(message[colon.upperBound..<dash.lowerBound])
      reason = String(message[dash.upperBound...])
    }
  }
}
