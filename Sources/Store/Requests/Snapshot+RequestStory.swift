extension Snapshot {
  /// What a gateway did with a whole request, whichever of its traces is asked for; nil where none is
  /// held.
  public func requestStory(
    of trace: TraceNumber, now: UnixNanos
  ) -> RequestStory? {
    let spans = requestTraces(of: trace).flatMap { storySpans(of: $0) }
    return spans.isEmpty ? nil : RequestStory(spans: spans, vocabulary: vocabulary)
  }
}
