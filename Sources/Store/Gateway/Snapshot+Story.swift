extension Snapshot {
  /// The spans of a trace whole, in the order in which they arrived.
  public func storySpans(of trace: TraceNumber) -> [StorySpan] {
    spans(of: trace).compactMap { row in
      record(of: row.reference).map {
        StorySpan(record: $0, role: row.role, service: row.service, evidence: row.evidence)
      }
    }
  }

  /// The same of all traces of the request that a trace belongs to, the leading trace's first.
  public func storySpans(ofRequest trace: TraceNumber) -> [StorySpan] {
    members(of: trace.rawValue).flatMap { storySpans(of: TraceNumber($0)) }
  }

  /// What a gateway did with a request; nil for a trace that is not held.
  public func story(
    of trace: TraceNumber, now: UnixNanos
  ) -> RequestStory? {
    let spans = storySpans(of: trace)
    return spans.isEmpty ? nil : RequestStory(spans: spans, vocabulary: vocabulary)
  }
}
