public import Store

/// Applies the rules to the spans of a request before the store takes them; confined to one event loop.
///
/// What a rule makes of a key is decided once for each distinct key and remembered, so that a span
/// costs a look at each of its attributes.
public final class SpanRuler {
  private enum Stage {
    case plano(PlanoStage)
    case customizer(CustomizerStage)
  }

  private let stages: [Stage]
  private let tally: RuleTally
  private let draft = AttributeDraft()
  /// Whether what rules do is told to the book.
  private let isCounting: Bool

  /// A ruler of spans, or of the records of logs, which are not counted as spans.
  public init(_ book: RuleBook, isCounting: Bool = true) {
    self.isCounting = isCounting
    var numbers: [RuleLabel: Int] = [:]
    for (number, label) in book.labels.enumerated() { numbers[label] = number }
    stages = book.stages.map { stage in
      switch stage {
      case .plano(let rules): .plano(PlanoStage(rules, numbers))
      case .customizer(let rules):
        .customizer(
          CustomizerStage(rules, numbers, book.secret, isForLogs: !isCounting))
      }
    }
    tally = RuleTally(book)
  }

  /// Changes the spans of a batch; returns whether any of them is another one now.
  public func apply(to batch: SpanBatch) -> Bool {
    for stage in stages {
      switch stage {
      case .plano(let stage): stage.beginRequest(batch)
      case .customizer(let stage): stage.beginRequest(batch)
      }
    }
    var isChanged = false
    for position in 0..<batch.count {
      draft.load(span: position, of: batch)
      tally.beginSpan()
      for stage in stages {
        switch stage {
        case .plano(let stage): stage.apply(to: draft, span: position, of: batch, tally)
        case .customizer(let stage): stage.apply(to: draft, span: position, of: batch, tally)
        }
      }
      guard draft.isChanged else { continue }
      draft.store(asSpan: position, of: batch)
      isChanged = true
    }
    if isCounting { tally.endRequest() }
    return isChanged
  }

  /// A value without the members that a rule removes wherever they stand, and with those transformed
  /// that a rule transforms; nil where no rule has anything to say of it.
  ///
  /// For what is no attribute and has members all the same: the structured body of a log record.
  public func hidden(in value: AttributeValue) -> AttributeValue? {
    var result: AttributeValue?
    for case .customizer(let stage) in stages {
      result = stage.hidden(in: result ?? value) ?? result
    }
    return result
  }
}
