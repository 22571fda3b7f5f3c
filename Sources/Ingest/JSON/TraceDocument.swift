public import Store

/// A whole trace as one-shot output shows it: its summary, and its spans in the order in which they arrived.
public struct TraceDocument: Equatable, Sendable {
  public typealias Span = StorySpan

  public var summary: TraceSummary
  public var spans: [Span]
  /// What the gateway did, from the spans as they came: leaving attributes out does not change it.
  public let story: RequestStory
  /// The other traces of the same request, as far as they are known.
  public var otherTraces: [TraceID] = []
  /// The log records of the trace, by time.
  public var logs: [LogRecord] = []

  public init(summary: TraceSummary, spans: [Span]) {
    self.summary = summary
    self.spans = spans
    story = RequestStory(spans: spans)
  }

  /// The distinct services in the order in which they first arrived.
  public var services: [String] {
    var seen: Set<String> = []
    return spans.map(\.service).filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// Keeps only the attributes whose key passes; those of events, links, resource and scope stay, as does
  /// the story.
  public mutating func keepAttributes(where isKept: (String) -> Bool) {
    for index in spans.indices {
      spans[index].record.attributes.removeAll { !isKept($0.key) }
    }
  }
}
