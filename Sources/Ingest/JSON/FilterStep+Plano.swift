import Store

/// Plano's filters: the span that runs a chain has an event when each begins and when it is through.
///
/// A filter that says no leaves neither a status nor an end: only the owner's event about its client
/// error, or its error chain, tells (reference: brightstaff's handlers/agents/pipeline.rs).
extension FilterStep {
  static func planoSteps(of owner: SpanRecord) -> [FilterStep] {
    var steps: [FilterStep] = []
    for (index, event) in owner.events.enumerated() where event.name == "executing raw filter" {
      guard let name = event.text("agent") else { continue }
      var step = FilterStep(name, .allow, duration: nil, start: event.time)
      for later in owner.events.dropFirst(index + 1) {
        if later.name == "executing raw filter" { break }
        if later.name == "raw filter completed", later.text("agent") == name {
          step.duration = later.time.since(event.time)
          break
        }
        if step.refuse(later, name) { break }
      }
      steps.append(step)
    }
    return steps
  }

  /// Takes in an event that ends the chain; whether it was one.
  private mutating func refuse(_ event: SpanEvent, _ name: String) -> Bool {
    switch event.name {
    case "client error from agent", "client error from filter chain":
      guard event.text("agent") == name else { return false }
      verdict = .denied
      code = event.text("status")
      reason = event.text("body")
    case "agent chat error chain":
      verdict = .error
      reason = event.text("error_chain")
    default: return false
    }
    duration = event.time.since(start)
    return true
  }
}

extension SpanEvent {
  func text(_ key: String) -> String? { attributes.text(key) }
}

extension SpanRecord {
  func text(_ key: String) -> String? { attributes.text(key) }
}

extension [Attribute] {
  /// The first value under the key, as text.
  fileprivate func text(_ key: String) -> String? {
    first { $0.key == key }.map { JSONText.of($0.value) }
  }
}
