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
      return facts
    }
    return TraceFacts(summary: summary, spans: spans)
  }
}
