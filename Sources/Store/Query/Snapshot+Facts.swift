extension Snapshot {
  /// A trace as the naive evaluator wants it: every span whole. Slow; nil for a trace that is not held.
  func facts(
    of trace: TraceNumber, now: UnixNanos, vocabulary: Vocabulary = .standard
  ) -> TraceFacts? {
    guard let summary = summary(of: trace, now: now) else { return nil }
    let spans = spans(of: trace).compactMap { row -> SpanFacts? in
      guard let record = record(of: row.reference) else { return nil }
      var facts = SpanFacts(record: record, role: row.role, hasError: row.hasError)
      for (dimension, aliases) in vocabulary.dimensions {
        let values = (record.attributes + record.resource.attributes).filter {
          aliases.contains($0.key)
        }.map { Comparison.text(of: $0.value) }
        if !values.isEmpty { facts.dimensions[dimension] = values }
      }
      facts.noteAmounts(vocabulary)
      return facts
    }
    return TraceFacts(summary: summary, spans: spans)
  }
}

extension SpanFacts {
  /// Sets the amounts that the span's own attributes say: the first alias that has a number.
  fileprivate mutating func noteAmounts(_ vocabulary: Vocabulary) {
    func number(_ wanted: KeyMeaning.Measure) -> Double? {
      for key in vocabulary.measures[wanted] ?? [] {
        let numbers = record.attributes.filter { $0.key == key }.compactMap { attribute in
          switch attribute.value {
          case .int(let integer): Double(integer)
          case .double(let double): double
          default: nil
          }
        }
        if let last = numbers.last(where: { $0.isFinite && $0 >= 0 }) { return last }
      }
      return nil
    }
    tokensIn = number(.tokensIn).map(SpanAmount.count)
    tokensOut = number(.tokensOut).map(SpanAmount.count)
    tokens = number(.tokens).map(SpanAmount.count)
    if tokens == nil, tokensIn != nil || tokensOut != nil {
      tokens = (tokensIn ?? 0) + (tokensOut ?? 0)
    }
    costUSD = number(.cost)
    timeToFirstToken = number(.timeToFirstToken).map(SpanAmount.duration)
  }
}

extension Snapshot {
  /// The facts of several traces as if they were one.
  func facts(
    ofRequest members: [UInt64], _ record: TraceRecord, now: UnixNanos
  ) -> TraceFacts? {
    guard let lead = members.first else { return nil }
    let spans = members.flatMap {
      facts(of: TraceNumber($0), now: now, vocabulary: vocabulary)?.spans ?? []
    }
    return TraceFacts(summary: summary(of: TraceNumber(lead), record, now: now), spans: spans)
  }
}
