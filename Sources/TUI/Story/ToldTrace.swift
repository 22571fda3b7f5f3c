public import Store

/// What a trace's spans tell of the request, as of one moment; made off the screen's thread, because
/// it takes a look at every attribute.
///
/// A reference to what never changes: it is looked up and compared for every frame.
public struct ToldTrace: Equatable, Sendable {
  /// The models of a request that called any.
  struct Calls: Equatable, Sendable {
    var model: String?
    var modelAsked: String?
  }

  private final class Content: Sendable {
    let number: TraceNumber
    let spanCount: Int
    let story: RequestStory
    let calls: Calls?
    let notes: [SpanID: SpanNote]
    let parents: [SpanID: SpanID]

    init(number: TraceNumber, spans: [StorySpan], vocabulary: Vocabulary) {
      self.number = number
      spanCount = spans.count
      let story = RequestStory(spans: spans, vocabulary: vocabulary)
      self.story = story
      calls =
        story.calls.isEmpty ? nil : Calls(model: story.model, modelAsked: story.modelAsked)
      notes = SpanNote.all(of: spans, story)
      let called = Set(story.calls.map(\.span))
      parents = Dictionary(
        spans.filter { called.contains($0.record.spanID) }.map {
          ($0.record.spanID, $0.record.parentSpanID)
        }, uniquingKeysWith: { first, _ in first })
    }
  }

  private let content: Content

  init(number: TraceNumber, spans: [StorySpan], vocabulary: Vocabulary) {
    content = Content(number: number, spans: spans, vocabulary: vocabulary)
  }

  public var number: TraceNumber { content.number }
  /// How many spans were told of: a trace with more is to be told anew.
  public var spanCount: Int { content.spanCount }
  public var story: RequestStory { content.story }
  /// Nil where nothing called a model.
  var calls: Calls? { content.calls }
  /// What the waterfall says of a span besides its name.
  var notes: [SpanID: SpanNote] { content.notes }
  /// The parents of the model calls.
  var parents: [SpanID: SpanID] { content.parents }

  public static func == (left: ToldTrace, right: ToldTrace) -> Bool {
    left.content === right.content
      || left.number == right.number && left.spanCount == right.spanCount
        && left.story == right.story && left.notes == right.notes && left.parents == right.parents
  }
}

/// What came of asking for a story: nil for a trace that is not held any more.
public struct StoryAnswer: Sendable {
  public let number: TraceNumber
  public let told: ToldTrace?

  /// How long telling goes on before what there is goes to the screen.
  private static let slice = Nanoseconds.milliseconds(8)

  init(_ number: TraceNumber, _ told: ToldTrace?) {
    self.number = number
    self.told = told
  }

  /// Tells of traces one after the other: of the first, and of more while there is time.
  static func all(
    of traces: [TraceNumber], joinsTraces: Bool, in snapshot: Snapshot
  ) -> [StoryAnswer] {
    let end = Clock.monotonic() + slice.rawValue
    var answers: [StoryAnswer] = []
    for trace in traces where answers.isEmpty || Clock.monotonic() < end {
      answers.append(StoryAnswer(trace, snapshot.told(of: trace, joinsTraces: joinsTraces)))
    }
    return answers
  }
}

extension Snapshot {
  /// Tells of a trace, or of all traces of the request that it leads; nil for one that is not held.
  func told(of number: TraceNumber, joinsTraces: Bool = true) -> ToldTrace? {
    let spans = joinsTraces ? storySpans(ofRequest: number) : storySpans(of: number)
    return spans.isEmpty ? nil : ToldTrace(number: number, spans: spans, vocabulary: vocabulary)
  }
}
