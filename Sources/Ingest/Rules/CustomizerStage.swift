import Store

/// ContextForge's SpanAttributeCustomizer, applied to spans; confined to one event loop.
///
/// The order is the original's: baggage; what is added; transformations; what is added wins over what
/// the span has; names; removals. Transformations reach the span's own attributes, too: see
/// Docs/Configuration.md for that and for which spans count as a tool's.
final class CustomizerStage {
  /// What a key is to these rules, whatever the span.
  private struct Decision {
    /// Which of ``chains`` transforms it; -1 for none.
    var chain = -1
    /// The number of the key it becomes by the mapping, and the rule; -1 for none.
    var renamed = -1
    var renamingRule = -1
    /// The rule that removes it from every span; -1 for none.
    var removingRule = -1
    /// Baggage that must not be there: the rule; -1 otherwise.
    var forbiddingRule = -1
    /// The number of the key that baggage has without its prefix; -1 where it keeps it.
    var bare = -1
  }

  /// A plan with its attributes made for the batch's keys.
  private struct ReadyPlan {
    var additions: [(attribute: BatchAttribute, rules: [Int])] = []
    var removals: [(key: Int, rule: Int)] = []
  }

  /// Where a span's tool is named, the first that is there counts.
  private static let toolKeys = ["tool.name", "mcp.tool.name", "cpex.control.tool.name"]

  let rules: CustomizerRules
  let secret: RuleSecret?
  private let numbers: [RuleLabel: Int]
  /// Fields that are transformed, each with its operations in order.
  let chains: [(field: String, steps: [(operation: TextOperation, rule: Int)])]
  /// The plan of a span without a tool, of Plano's spans, then those of the tools that rules name.
  private let plans: [CustomizerPlan]
  private let toolNames: [WireBytes]
  /// Whether any rule takes something away or makes it unreadable.
  private let hidesInEvents: Bool
  /// Every key that is removed from a span, whatever its tool.
  let removedKeys: Set<String>
  /// Whether the rules are for log records. Those seldom say a tool, so what any tool's rules remove is
  /// removed.
  private let isForLogs: Bool
  /// Keeps the bytes of names and values for as long as this lives.
  private let constants = Arena()

  private static let plain = 0
  private static let planos = 1

  private var generation = -1
  private var decisions: [Decision] = []
  private var ready: [ReadyPlan] = []
  private var toolNumbers: [Int] = []
  private var isPlanos: [Bool] = []

  init(
    _ rules: CustomizerRules, _ numbers: [RuleLabel: Int], _ secret: RuleSecret?,
    isForLogs: Bool = false
  ) {
    self.rules = rules
    self.isForLogs = isForLogs
    removedKeys = Set((rules.removals + rules.overrides.flatMap(\.removals)).map(\.key))
    self.secret = secret
    self.numbers = numbers
    var tools: [String] = []
    let named =
      rules.overrides.map(\.tool)
      + rules.conditions.compactMap { if case .toolIs(let name) = $0.when { name } else { nil } }
    for tool in named where !tools.contains(where: { $0.utf8.elementsEqual(tool.utf8) }) {
      tools.append(tool)
    }
    plans =
      [CustomizerPlan(rules, tool: nil, numbers, secret), CustomizerPlan()]
      + tools.map { CustomizerPlan(rules, tool: $0, numbers, secret) }
    let constants = constants
    toolNames = tools.map { constants.keep($0) }
    var chains: [(field: String, steps: [(operation: TextOperation, rule: Int)])] = []
    for rule in rules.transformations {
      let step = (rule.operation, numbers[rule.label] ?? 0)
      if let place = chains.firstIndex(where: { $0.field.utf8.elementsEqual(rule.field.utf8) }) {
        chains[place].steps.append(step)
      } else {
        chains.append((rule.field, [step]))
      }
    }
    self.chains = chains
    hidesInEvents =
      !chains.isEmpty || !rules.removals.isEmpty || rules.baggage.allowed != nil
      || rules.overrides.contains { !$0.removals.isEmpty }
  }

  func beginRequest(_ batch: SpanBatch) {
    if batch.keyGeneration != generation {
      generation = batch.keyGeneration
      decisions.removeAll(keepingCapacity: true)
      constantsReady(batch)
    }
    isPlanos.removeAll(keepingCapacity: true)
    for number in 0..<batch.resourceCount {
      let service = batch.service(ofResource: number)
      isPlanos.append(service.elementsEqual("plano") || service.hasPrefix("plano("))
    }
  }

  private func constantsReady(_ batch: SpanBatch) {
    toolNumbers = Self.toolKeys.map { batch.number(ofKey: $0) }
    ready = plans.map { plan in
      var ready = ReadyPlan()
      ready.additions = plan.additions.map { addition in
        let key = batch.number(ofKey: addition.key)
        let value: BatchValue =
          switch addition.value {
          case .string(let text): .string(constants.keep(text))
          case .integer(let number): .integer(number)
          case .double(let number): .double(number)
          case .boolean(let isTrue): .boolean(isTrue)
          }
        return (batch.makeAttribute(key: key, value), addition.rules)
      }
      ready.removals = plan.removals.map { (batch.number(ofKey: $0.key), $0.rule) }
      return ready
    }
  }

  // MARK: - Applying

  func apply(to draft: AttributeDraft, span position: Int, of batch: SpanBatch, _ tally: RuleTally)
  {
    applyBaggage(to: draft, batch, tally)
    let tool = tool(of: draft)
    let plan = isPlanos[batch.resource(ofSpan: position)] ? Self.planos : plan(of: tool)
    let additions = ready[plan].additions
    transform(draft, adding: additions, batch, tally)
    for (attribute, rules) in additions {
      if let place = draft.place(of: attribute.key) {
        guard !draft[place].hasValue(of: attribute) else { continue }
        draft.replace(at: place, with: attribute)
      } else {
        draft.append(attribute)
      }
      for rule in rules { tally.note(rule) }
    }
    rename(draft, batch, tally)
    // The original's hook for resources has no list of removals.
    let removes = tool != nil || !Self.isResource(batch.name(ofSpan: position))
    let removals =
      removes ? (isForLogs ? ready.flatMap(\.removals) : ready[plan].removals) : []
    if removes { remove(from: draft, removals, batch, tally) }
    let hiding = EventHiding(removes: removes, removals: removals)
    if hide(hiding, inEventsOf: position, batch, tally) { draft.noteChange() }
  }

  private func applyBaggage(to draft: AttributeDraft, _ batch: SpanBatch, _ tally: RuleTally) {
    guard rules.baggage.allowed != nil || !rules.baggage.isPrefixed else { return }
    var isConcerned = false
    for index in 0..<draft.count {
      let decision = decision(draft[index].key, batch)
      isConcerned = isConcerned || decision.forbiddingRule >= 0 || decision.bare >= 0
    }
    guard isConcerned else { return }
    let prefixRule = rules.baggage.prefixLabel.flatMap { numbers[$0] }
    draft.remove { attribute in
      let decision = decisions[attribute.key]
      if decision.forbiddingRule >= 0 { tally.note(decision.forbiddingRule) }
      return decision.forbiddingRule >= 0
    }
    // What the span has under the bare name is not written over.
    draft.remove { decisions[$0.key].bare >= 0 && draft.place(of: decisions[$0.key].bare) != nil }
    draft.rename { attribute in
      let bare = decisions[attribute.key].bare
      guard bare >= 0 else { return attribute.key }
      if let prefixRule { tally.note(prefixRule) }
      return bare
    }
  }

  private func transform(
    _ draft: AttributeDraft, adding additions: [(attribute: BatchAttribute, rules: [Int])],
    _ batch: SpanBatch, _ tally: RuleTally
  ) {
    guard !chains.isEmpty else { return }
    for index in 0..<draft.count {
      let attribute = draft[index]
      let chain = decision(attribute.key, batch).chain
      guard chain >= 0, !additions.contains(where: { $0.attribute.key == attribute.key }),
        let text = PythonText.text(attribute.value.attributeValue),
        let changed = transformed(text, isString: attribute.text != nil, chain, tally)
      else { continue }
      let made = batch.makeAttribute(key: attribute.key, .string(batch.arena.keep(changed)))
      if !made.hasValue(of: attribute) { draft.replace(at: index, with: made) }
    }
  }

  /// What a chain of operations makes of a value's text; nil where none of them applies.
  private func transformed(
    _ text: String, isString: Bool, _ chain: Int, _ tally: RuleTally
  ) -> String? {
    var text = text
    var isChanged = false
    for (operation, rule) in chains[chain].steps {
      guard let changed = operation.apply(to: text, secret: secret) else { continue }
      if !isString || !changed.utf8.elementsEqual(text.utf8) { tally.note(rule) }
      text = changed
      isChanged = true
    }
    return isChanged ? text : nil
  }

  private func rename(_ draft: AttributeDraft, _ batch: SpanBatch, _ tally: RuleTally) {
    guard !rules.mapping.rules.isEmpty else { return }
    var isConcerned = false
    for index in 0..<draft.count {
      let decision = decision(draft[index].key, batch)
      guard decision.renamed >= 0 else { continue }
      isConcerned = true
      tally.note(decision.renamingRule)
    }
    guard isConcerned else { return }
    draft.rename { attribute in
      let renamed = decisions[attribute.key].renamed
      return renamed >= 0 ? renamed : attribute.key
    }
  }

  private func remove(
    from draft: AttributeDraft, _ removals: [(key: Int, rule: Int)], _ batch: SpanBatch,
    _ tally: RuleTally
  ) {
    var isConcerned = false
    for index in 0..<draft.count {
      let key = draft[index].key
      var rule = decision(key, batch).removingRule
      if rule < 0 { rule = removals.first { $0.key == key }?.rule ?? -1 }
      guard rule >= 0 else { continue }
      isConcerned = true
      tally.note(rule)
    }
    guard isConcerned else { return }
    draft.remove { attribute in
      decisions[attribute.key].removingRule >= 0
        || removals.contains { $0.key == attribute.key }
    }
  }

  // MARK: - Events

  /// What may be taken out of a span's events.
  private struct EventHiding {
    var removes: Bool
    /// Those that the span's tool adds.
    var removals: [(key: Int, rule: Int)]
  }

  /// Does to the attributes of a span's events what hides something in its own: transformations,
  /// removals and the baggage that is not allowed. Names stay, nothing is added.
  ///
  /// The originals leave events alone. Whoever has `user.email` hashed would find it there in clear.
  private func hide(
    _ hiding: EventHiding, inEventsOf position: Int, _ batch: SpanBatch, _ tally: RuleTally
  ) -> Bool {
    guard hidesInEvents else { return false }
    return batch.rewriteEvents(ofSpan: position) { key in
      let number = batch.number(ofKey: key)
      return decision(number, batch).chain >= 0 || removingRule(number, hiding, batch) >= 0
    } _: { key, value in
      let number = batch.number(ofKey: key)
      let rule = removingRule(number, hiding, batch)
      if rule >= 0 {
        tally.note(rule)
        return .go
      }
      let chain = decision(number, batch).chain
      guard chain >= 0, let text = PythonText.text(value) else { return .stay }
      var isString = false
      if case .string = value { isString = true }
      guard let changed = transformed(text, isString: isString, chain, tally) else { return .stay }
      return .become(changed)
    }
  }

  /// The rule that takes an event's attribute away, by its name or the one that the mapping gives it;
  /// -1 for none.
  private func removingRule(_ key: Int, _ hiding: EventHiding, _ batch: SpanBatch) -> Int {
    let decision = decision(key, batch)
    if decision.forbiddingRule >= 0 { return decision.forbiddingRule }
    guard hiding.removes else { return -1 }
    for name in [key, decision.renamed] where name >= 0 {
      let rule = self.decision(name, batch).removingRule
      if rule >= 0 { return rule }
      if let rule = hiding.removals.first(where: { $0.key == name })?.rule { return rule }
    }
    return -1
  }

  // MARK: - Spans

  /// The name of the span's tool; nil for a span of none.
  private func tool(of draft: AttributeDraft) -> WireBytes? {
    for key in toolNumbers {
      if let place = draft.place(of: key), let text = draft[place].text { return text }
    }
    return nil
  }

  private func plan(of tool: WireBytes?) -> Int {
    guard let tool else { return Self.plain }
    let named = toolNames.firstIndex { $0.elementsEqual(tool) }
    return named.map { $0 + 2 } ?? Self.plain
  }

  /// Whether the span is a resource's being fetched, under either of the names that it has had.
  private static func isResource(_ name: WireBytes) -> Bool {
    name.elementsEqual("resource.read") || name.elementsEqual("invoke.resource")
  }

  // MARK: - Keys

  private func decision(_ key: Int, _ batch: SpanBatch) -> Decision {
    while decisions.count <= key { decisions.append(decide(decisions.count, batch)) }
    return decisions[key]
  }

  private func decide(_ number: Int, _ batch: SpanBatch) -> Decision {
    let key = batch.key(number).text
    var decision = Decision()
    decision.chain = chains.firstIndex { $0.field.utf8.elementsEqual(key.utf8) } ?? -1
    if let (rule, target) = rules.mapping.target(of: key) {
      decision.renamed = batch.number(ofKey: target)
      decision.renamingRule = numbers[rules.mapping.rules[rule].label] ?? -1
    }
    let removal = rules.removals.first { $0.key.utf8.elementsEqual(key.utf8) }
    decision.removingRule = removal.flatMap { numbers[$0.label] } ?? -1
    guard key.utf8.starts(with: "baggage.".utf8), key.utf8.count > 8 else { return decision }
    let bare = String(key.dropFirst(8))
    if let allowed = rules.baggage.allowed, !allowed.contains(bare) {
      decision.forbiddingRule = rules.baggage.allowedLabel.flatMap { numbers[$0] } ?? -1
    } else if !rules.baggage.isPrefixed {
      decision.bare = batch.number(ofKey: bare)
    }
    return decision
  }
}
