import Store

/// Plano's header prefixes and static attributes, applied to spans; confined to one event loop.
///
/// Plano applies them to a request's headers and puts the result on four kinds of span. Here a header is
/// an attribute `http.request.header.NAME` of any span, and static attributes go where Plano puts
/// them, and to spans of other services that carry headers: they are requests, too.
final class PlanoStage {
  /// What a key is to these rules.
  private struct Decision {
    var isHeader = false
    /// The number of the key that the header becomes, and the rule; -1 for none.
    var key = -1
    var rule = -1
  }

  /// What a span is to these rules.
  private enum Bearer {
    /// One of the spans that Plano puts its custom attributes on.
    case plano
    /// Plano's span and none of those, Envoy's among them.
    case planoOther
    case routing
    case foreign
  }

  static let headerPrefix = "http.request.header."

  private let rules: PlanoRules
  private let prefixRules: [Int]
  private let staticRules: [Int]
  /// Keeps the bytes of static values for as long as this lives.
  private let constants = Arena()
  private let staticValues: [WireBytes]

  private var generation = -1
  private var decisions: [Decision] = []
  private var statics: [BatchAttribute] = []
  private var overrideKey = -1
  private var bearers: [Bearer] = []
  private var additions = GrowingBuffer<BatchAttribute>(capacity: 16)
  private var found: [(attribute: BatchAttribute, rule: Int, isHeader: Bool)] = []

  init(_ rules: PlanoRules, _ numbers: [RuleLabel: Int]) {
    self.rules = rules
    prefixRules = rules.prefixes.map { numbers[$0.label] ?? 0 }
    staticRules = rules.statics.map { numbers[$0.label] ?? 0 }
    let constants = constants
    staticValues = rules.statics.map { constants.keep($0.value) }
  }

  /// Looks at the services of a request's spans, and at the keys that are new.
  func beginRequest(_ batch: SpanBatch) {
    if batch.keyGeneration != generation {
      generation = batch.keyGeneration
      decisions.removeAll(keepingCapacity: true)
      overrideKey = batch.number(ofKey: "service.name.override")
      statics = zip(rules.statics, staticValues).map { rule, value in
        batch.makeAttribute(key: batch.number(ofKey: rule.key), .string(value))
      }
    }
    bearers.removeAll(keepingCapacity: true)
    for number in 0..<batch.resourceCount {
      bearers.append(Self.bearer(batch.service(ofResource: number)))
    }
  }

  private static func bearer(_ service: WireBytes) -> Bearer {
    guard service.hasPrefix("plano") else { return .foreign }
    if service.elementsEqual("plano(llm)") || service.elementsEqual("plano(orchestrator)")
      || service.elementsEqual("plano(agent)")
    {
      return .plano
    }
    if service.elementsEqual("plano(routing)") { return .routing }
    return service.elementsEqual("plano") || service.hasPrefix("plano(") ? .planoOther : .foreign
  }

  // MARK: - Applying

  func apply(to draft: AttributeDraft, span position: Int, of batch: SpanBatch, _ tally: RuleTally)
  {
    var bearer = bearers[batch.resource(ofSpan: position)]
    if bearer == .routing {
      bearer =
        batch.name(ofSpan: position).elementsEqual("routing_decision") ? .plano : .planoOther
    }
    found.removeAll(keepingCapacity: true)
    var hasHeaders = false
    for index in 0..<draft.count {
      let attribute = draft[index]
      let decision = decision(attribute.key, batch)
      guard decision.isHeader else { continue }
      hasHeaders = true
      guard decision.key >= 0, let value = HeaderValue.last(of: attribute.value, batch.arena) else {
        continue
      }
      let made = batch.makeAttribute(key: decision.key, .string(value))
      take(made, decision.rule)
    }
    if bearer == .plano || bearer == .foreign && hasHeaders {
      for (number, attribute) in statics.enumerated()
      where !found.contains(where: { $0.attribute.key == attribute.key }) {
        found.append((attribute, staticRules[number], false))
      }
    }
    guard !found.isEmpty else { return }
    add(to: draft, tally)
  }

  /// Keeps what a header says; of two headers that become one key the later one counts.
  private func take(_ attribute: BatchAttribute, _ rule: Int) {
    if let place = found.firstIndex(where: { $0.attribute.key == attribute.key }) {
      found[place] = (attribute, rule, true)
    } else {
      found.append((attribute, rule, true))
    }
  }

  /// Adds what was found, unless it is there already: Plano may have done the same.
  ///
  /// A key that the span has with another value repeats, as it does on Plano's own spans. There the new
  /// one stands where Plano puts it, in front of what Plano sets later, which so keeps the last word.
  private func add(to draft: AttributeDraft, _ tally: RuleTally) {
    additions.removeAll()
    for (attribute, rule, isHeader) in found {
      let isThere =
        isHeader
        ? Self.has(draft, attribute) : draft.place(of: attribute.key) != nil
      guard !isThere else { continue }
      additions.append(attribute)
      tally.note(rule)
    }
    guard additions.count > 0 else { return }
    let place = draft.place(of: overrideKey).map { $0 + 1 } ?? draft.count
    draft.insert(additions, at: place)
  }

  private static func has(_ draft: AttributeDraft, _ attribute: BatchAttribute) -> Bool {
    guard let first = draft.place(of: attribute.key) else { return false }
    for index in first..<draft.count
    where draft[index].key == attribute.key && draft[index].hasValue(of: attribute) {
      return true
    }
    return false
  }

  // MARK: - Keys

  private func decision(_ key: Int, _ batch: SpanBatch) -> Decision {
    while decisions.count <= key { decisions.append(decide(decisions.count, batch)) }
    return decisions[key]
  }

  private func decide(_ number: Int, _ batch: SpanBatch) -> Decision {
    let key = batch.key(number)
    guard key.hasPrefix("http.request.header.") else { return Decision() }
    // Header names are lower case by the time that Plano sees them.
    let name = String(key.text.dropFirst(Self.headerPrefix.count)).lowercased()
    guard let (prefix, made) = rules.attribute(ofHeader: name) else {
      return Decision(isHeader: true)
    }
    return Decision(isHeader: true, key: batch.number(ofKey: made), rule: prefixRules[prefix])
  }
}
