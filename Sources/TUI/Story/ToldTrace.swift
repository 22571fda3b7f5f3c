public import Store

/// What a trace's spans tell of the request, as of one moment; made off the screen's thread, because
/// it takes a look at every attribute.
public struct ToldTrace: Equatable, Sendable {
  public let number: TraceNumber
  /// How many spans were told of: a trace with more is to be told anew.
  public let spanCount: Int
  public let story: RequestStory
  /// What the waterfall says of a span besides its name.
  let notes: [SpanID: SpanNote]
  /// The parents of the model calls.
  let parents: [SpanID: SpanID]

  init(number: TraceNumber, spans: [StorySpan], vocabulary: Vocabulary) {
    self.number = number
    spanCount = spans.count
    story = RequestStory(spans: spans, vocabulary: vocabulary)
    notes = SpanNote.all(of: spans, story)
    let calls = Set(story.calls.map(\.span))
    parents = Dictionary(
      spans.filter { calls.contains($0.record.spanID) }.map {
        ($0.record.spanID, $0.record.parentSpanID)
      }, uniquingKeysWith: { first, _ in first })
  }
}

extension Snapshot {
  /// Tells of a trace, or of all traces of the request that it leads; nil for one that is not held.
  func told(of number: TraceNumber, joinsTraces: Bool = true) -> ToldTrace? {
    let spans = joinsTraces ? storySpans(ofRequest: number) : storySpans(of: number)
    return spans.isEmpty ? nil : ToldTrace(number: number, spans: spans, vocabulary: vocabulary)
  }
}
