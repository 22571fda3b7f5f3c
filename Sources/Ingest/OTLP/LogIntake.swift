import Store

/// Takes logs that were decoded into a store, as limits and rules leave them.
struct LogIntake {
  private let store: Store
  /// The rules, where any are on. They count spans, so what they do to records they do uncounted.
  private let ruler: SpanRuler?

  init(store: Store, rules: RuleBook?) {
    self.store = store
    ruler = rules.flatMap { $0.isEmpty ? nil : SpanRuler($0, isCounting: false) }
  }

  /// Takes the batch; `bodyBytes` is how long the request was. Says how many records were taken, what
  /// was taken away from them, and whether rules changed them.
  func take(
    _ logs: LogBatch, bodyBytes: Int
  ) -> (taken: Int, cuts: BatchCuts, isRuled: Bool) {
    let cuts = logs.cut(bodyBytes: bodyBytes)
    var isRuled = false
    if let ruler {
      isRuled = ruler.apply(to: logs.lines)
      if logs.changeBodies({ ruler.hidden(in: $0) }) { isRuled = true }
    }
    let result = store.append(logs)
    return (result.accepted + result.withoutTrace, cuts, isRuled)
  }
}
