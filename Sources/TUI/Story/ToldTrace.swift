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
  /// Every value that the trace has for a dimension, first come first, with who says it.
  let values: [Dimension: [DimensionValue]]

  /// One of the values of a dimension.
  struct DimensionValue: Equatable, Sendable {
    var value: String
    /// The service and the key of the first span that says it.
    var service: String
    var key: String
  }

  init(number: TraceNumber, spans: [StorySpan]) {
    self.number = number
    spanCount = spans.count
    story = RequestStory(spans: spans)
    notes = SpanNote.all(of: spans, story)
    values = Self.values(in: spans)
    let calls = Set(story.calls.map(\.span))
    parents = Dictionary(
      spans.filter { calls.contains($0.record.spanID) }.map {
        ($0.record.spanID, $0.record.parentSpanID)
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The most values kept of a dimension; what is beyond is no conflict but a list.
  static let maximumValues = 16

  private static func values(in spans: [StorySpan]) -> [Dimension: [DimensionValue]] {
    var found: [Dimension: [DimensionValue]] = [:]
    // A placeholder stands for a choice that was not made.
    let placeholders: Set<String> = ["none", "unknown"]
    for (dimension, keys) in Vocabulary.standard.dimensions {
      var values: [DimensionValue] = []
      for key in keys {
        for span in spans where values.count < maximumValues {
          for attribute in span.record.attributes where attribute.key == key {
            let value = ValueText.line(attribute.value)
            guard !value.isEmpty, !placeholders.contains(value),
              !values.contains(where: { $0.value == value && $0.key == key })
            else { continue }
            values.append(DimensionValue(value: value, service: span.service, key: key))
          }
        }
      }
      if !values.isEmpty { found[dimension] = values }
    }
    return found
  }
}

extension Snapshot {
  /// Tells of a trace; nil for one that is not held.
  func told(of number: TraceNumber) -> ToldTrace? {
    let spans = storySpans(of: number)
    return spans.isEmpty ? nil : ToldTrace(number: number, spans: spans)
  }
}
