/// What attributes say beyond themselves: dimensions, amounts, evidence, by the vocabulary.
extension SpanBatch {
  /// Takes a string or number of a key that means something.
  func interpret(
    _ meaning: KeyMeaning, _ text: WireBytes?, integer: Int64?, number: Double?, _ owner: Owner
  ) {
    let isShown = text.map { !$0.isEmpty } ?? (integer != nil)
    if isShown, owner != .scope {
      for index in 0..<meaning.aliasCount
      where !Vocabulary.isPlaceholder(text, for: meaning.aliases[index].dimension) {
        note(meaning.aliases[index], owner)
      }
    }
    guard owner == .span else { return }
    if let measure = meaning.measure, let number {
      note(measure, rank: meaning.measureRank, number)
    }
    guard let clue = meaning.clue else { return }
    var found: Evidence = []
    switch clue {
    case .httpStatus:
      found = integer.map(EvidenceRules.httpStatus) ?? text.map(EvidenceRules.httpStatus) ?? []
    case .error: if let text, EvidenceRules.isTrue(text) { found = .errorAttribute }
    case .errorType: if let text, !text.isEmpty { found = EvidenceRules.errorType(text) }
    case .success: if let text, EvidenceRules.isFalse(text) { found = .successFalse }
    case .responseFlags: if let text { found = EvidenceRules.responseFlags(text) }
    case .violation: if let text, EvidenceRules.isTrue(text) { found = .pluginViolation }
    case .controlAllowed: if let text, EvidenceRules.isFalse(text) { found = .controlDenied }
    case .quality: if let text { found = EvidenceRules.quality(text) }
    case .message: if let text { found = EvidenceRules.message(text) }
    case .operation:
      if let text, let role = words.role(ofOperation: text) {
        operationRole = role.rawValue + 1
      }
    case .modelCall: isModelCall = true
    }
    span.evidence |= found.rawValue
  }

  /// Takes a truth value of a key that means something.
  func interpret(_ meaning: KeyMeaning, boolean: Bool) {
    switch (meaning.clue, boolean) {
    case (.error, true): span.evidence |= Evidence.errorAttribute.rawValue
    case (.success, false): span.evidence |= Evidence.successFalse.rawValue
    case (.violation, true): span.evidence |= Evidence.pluginViolation.rawValue
    case (.controlAllowed, false): span.evidence |= Evidence.controlDenied.rawValue
    default: break
    }
  }

  /// Notes that the attribute just added is a value of a dimension.
  ///
  /// Of a key that repeats in one span, one value counts; see ``Dimension/speaksLast``.
  private func note(_ alias: KeyMeaning.Alias, _ owner: Owner) {
    let entry = DimensionEntry(
      attribute: attributes.count - 1, dimension: alias.dimension.rawValue, rank: alias.rank)
    if owner == .span {
      for index in span.dimensions..<dimensions.count
      where dimensions[index].dimension == entry.dimension && dimensions[index].rank == entry.rank {
        if alias.dimension.speaksLast { dimensions[index] = entry }
        return
      }
    }
    dimensions.append(entry)
  }

  private func note(_ measure: KeyMeaning.Measure, rank: UInt8, _ number: Double) {
    guard number.isFinite, number >= 0 else { return }
    hasMeasures = true
    let count = UInt64(exactly: min(number, 1e15).rounded(.down)) ?? 0
    switch measure {
    case .tokensIn where rank <= spanMeasures.tokensInRank:
      spanMeasures.tokensIn = count
      spanMeasures.tokensInRank = rank
    case .tokensOut where rank <= spanMeasures.tokensOutRank:
      spanMeasures.tokensOut = count
      spanMeasures.tokensOutRank = rank
    case .tokens where rank <= spanMeasures.tokensRank:
      spanMeasures.tokens = count
      spanMeasures.tokensRank = rank
    case .cost where rank <= spanMeasures.costRank:
      spanMeasures.costUSD = number
      spanMeasures.costRank = rank
    case .timeToFirstToken where rank <= spanMeasures.timeToFirstTokenRank:
      spanMeasures.timeToFirstToken = UInt64(min(number, 1e12) * 1e6)
      spanMeasures.timeToFirstTokenRank = rank
    default: break
    }
  }

  // MARK: - The span as a whole

  /// The event that Plano leaves beside the attribute of this name.
  static let firstTokenEvent: StaticString = "llm.time_to_first_token"

  /// Begins a span of which nothing is known but what it will say.
  func forgetMeaning() {
    spanMeasures = Measures()
    hasMeasures = false
    operationRole = 0
    isModelCall = false
    hasFirstTokenEvent = false
  }

  /// Takes in what an event's name says.
  func noteEvent(_ name: WireBytes) {
    span.evidence |= words.evidence(ofEvent: name).rawValue
    if name.elementsEqual(SpanBatch.firstTokenEvent) { hasFirstTokenEvent = true }
  }

  /// Draws the conclusions that need the whole span: its role, and evidence that depends on it.
  func settleMeaning() {
    let name = span.name.bytes
    span.role = role()
    var evidence = Evidence(rawValue: span.evidence).union(EvidenceRules.name(name))
    if span.statusCode == StatusCode.error.rawValue {
      evidence.insert(.statusError)
      // Few spans fail, so looking through the message of each costs nothing that counts.
      if let message = WireValues.statusMessage(inSpan: span.extras.bytes) {
        evidence.formUnion(EvidenceRules.message(message))
      }
    }
    if name.elementsEqual(Vocabulary.unsentCall.name),
      resources[span.resource].name.bytes.elementsEqual(Vocabulary.unsentCall.service)
    {
      evidence.insert(.neverSent)
    }
    if evidence.contains(.httpClientError),
      !Vocabulary.clientErrorRoles.contains(where: { $0.rawValue == span.role })
    {
      evidence.remove(.httpClientError)
    }
    span.evidence = evidence.rawValue
    if hasFirstTokenEvent, spanMeasures.timeToFirstTokenRank == 255,
      let number = WireValues.number(
        inSpan: span.extras.bytes, event: SpanBatch.firstTokenEvent, key: SpanBatch.firstTokenEvent)
    {
      note(.timeToFirstToken, rank: 254, number)
    }
    if hasMeasures {
      measures.append(spanMeasures)
      span.measures = measures.count
    }
  }

  private func role() -> UInt8 {
    if operationRole > 0 { return operationRole - 1 }
    let ofService = resources[span.resource].role
    if ofService > 0 { return ofService - 1 }
    let ofName = nameRoles.role(of: span.name)
    if ofName > 0 { return ofName - 1 }
    let isLocalRoot =
      span.parentID == 0 || span.flags & SpanBatch.remoteParent == SpanBatch.remoteParent
    return VocabularyWords.role(
      ofKind: span.kind, isLocalRoot: isLocalRoot, isModelCall: isModelCall
    ).rawValue
  }

  /// OTLP's flags for a span that knows where its parent is (0x100) and that it is elsewhere (0x200).
  static let remoteParent: UInt32 = 0x300
}
