/// Who is whose child among the spans of a story.
struct StoryFamily {
  private let places: [SpanID: Int]
  private let spans: [StorySpan]
  private var childrenOf: [SpanID: [Int]] = [:]

  init(_ spans: [StorySpan]) {
    self.spans = spans
    places = Dictionary(
      spans.enumerated().map { ($1.record.spanID, $0) }, uniquingKeysWith: { first, _ in first })
    for (place, span) in spans.enumerated() {
      childrenOf[span.record.parentSpanID, default: []].append(place)
    }
  }

  func children(of span: SpanID) -> [StorySpan] { (childrenOf[span] ?? []).map { spans[$0] } }

  /// From the parent up to the root; ends where a parent has not come, or where a loop closes.
  func ancestors(of span: StorySpan) -> [StorySpan] {
    var found: [StorySpan] = []
    var seen: Set<SpanID> = [span.record.spanID]
    var parent = span.record.parentSpanID
    while let place = places[parent], seen.insert(parent).inserted {
      found.append(spans[place])
      parent = spans[place].record.parentSpanID
    }
    return found
  }
}

extension SpanRecord {
  /// What went wrong, in the words that the gateway cleared of secrets where it did: ContextForge's
  /// status and its second exception have them uncleared.
  var failure: String? {
    [text("error.message") ?? "", statusMessage].first { !$0.isEmpty }
  }

  /// The HTTP status under either of its keys, as a number or as text.
  var httpStatus: Int? {
    attributes.integer("http.status_code") ?? attributes.integer("http.response.status_code")
  }
}
