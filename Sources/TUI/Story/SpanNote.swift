import Store

/// What the waterfall says of a span besides its name: which step of a chain it is and how that went.
struct SpanNote: Equatable, Sendable {
  enum Part: Equatable, Sendable {
    /// A filter, plugin or control.
    case step
    /// The span that ran a chain, or that sums up controls: it heads its children.
    case filtersIn, filtersOut, controls
    /// A decision about where the request goes, by its number in the story.
    case route(Int)
  }

  var part: Part
  /// The step's name, or the hook of a chain.
  var label: String
  /// Nil where nothing says how it went, as of a decision.
  var verdict: FilterStep.Verdict?
  /// How long it really took, where the span's own width does not say.
  var duration: Nanoseconds?
  /// Whether the span was made after the fact.
  var isLate = false
  /// How many steps a chain has.
  var count = 0

  /// Whether it heads the rows below it as a group does.
  var isHead: Bool { part != .step }

  // MARK: - Making

  /// The notes of all spans that the story has something to say of.
  static func all(of spans: [StorySpan], _ story: RequestStory) -> [SpanID: SpanNote] {
    var notes: [SpanID: SpanNote] = [:]
    for step in story.filters {
      for span in step.spans {
        notes[span] = SpanNote(
          part: .step, label: SpanLabel.filter(step.name), verdict: step.verdict,
          isLate: step.isPostedLate)
      }
    }
    for (number, decision) in story.decisions.enumerated() {
      notes[decision.span] = SpanNote(
        part: .route(number), label: "ROUTE", duration: decision.duration)
    }
    var steps: [SpanID: [SpanID]] = [:]
    for span in spans where notes[span.record.spanID]?.part == .step {
      steps[span.record.parentSpanID, default: []].append(span.record.spanID)
    }
    for span in spans {
      let id = span.record.spanID
      if let nanoseconds = span.record.number("cpex.control.duration_ns") {
        notes[id]?.duration = Nanoseconds(UInt64(max(0, min(nanoseconds, 1e18))))
      }
      guard let head = Self.head(span.record) else { continue }
      var note = head
      let verdicts = (steps[id] ?? []).compactMap { notes[$0]?.verdict }
      note.count = note.count > 0 ? note.count : verdicts.count
      note.verdict = note.verdict ?? Self.gravest(verdicts)
      notes[id] = note
    }
    return notes
  }

  /// The spans of ContextForge that stand over a chain.
  private static func head(_ record: SpanRecord) -> SpanNote? {
    switch record.name {
    case "plugin.hook.invoke":
      let hook = record.text("plugin.hook.type") ?? ""
      var note = SpanNote(part: hook.contains("_post_") ? .filtersOut : .filtersIn, label: hook)
      note.count = record.attributes.integer("plugin.executed_count") ?? 0
      return note
    case "cpex.control.summary":
      var note = SpanNote(part: .controls, label: "", isLate: true)
      note.count = record.attributes.integer("cpex.control.invocation_count") ?? 0
      note.duration = record.number("cpex.control.duration_ns").map {
        Nanoseconds(UInt64(max(0, min($0, 1e18))))
      }
      if record.attributes.boolean("cpex.control.result.allowed") == false {
        note.verdict = .denied
      }
      return note
    default: return nil
    }
  }

  /// What stands for several: the worst of them, nil for none.
  static func gravest(_ verdicts: some Sequence<FilterStep.Verdict>) -> FilterStep.Verdict? {
    verdicts.max { $0.gravity < $1.gravity }
  }
}

extension FilterStep.Verdict {
  /// How bad it is, for what stands for several.
  var gravity: Int {
    switch self {
    case .allow: 0
    case .modified: 1
    case .error: 2
    case .denied: 3
    }
  }

  /// Its sign and how that is drawn.
  func mark(_ glyphs: Glyphs) -> (sign: String, style: Style) {
    switch self {
    case .allow: (glyphs.check, .ok)
    case .modified: (glyphs.modified, .warning)
    case .denied: (glyphs.denied, .denied)
    case .error: (glyphs.warning, .error)
    }
  }

  var isFailure: Bool { self == .denied || self == .error }
}
