extension Snapshot {
  /// The spans of a trace whole, in the order in which they arrived.
  public func storySpans(of trace: TraceNumber) -> [StorySpan] {
    spans(of: trace).compactMap { row in
      record(of: row.reference).map {
        StorySpan(record: $0, role: row.role, service: row.service, evidence: row.evidence)
      }
    }
  }

  /// What a gateway did with a request; nil for a trace that is not held.
  public func story(
    of trace: TraceNumber, now: UnixNanos
  ) -> RequestStory? {
    let spans = storySpans(of: trace)
    return spans.isEmpty ? nil : RequestStory(spans: spans, vocabulary: vocabulary)
  }
}
