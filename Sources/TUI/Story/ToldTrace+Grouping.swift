import Store

/// How the waterfall groups the trace.
extension ToldTrace {
  /// A row that is told of without a span: a step of a chain, or a line about a decision.
  enum Aside: Equatable, Sendable {
    /// A step by its number in the story.
    case step(Int)
    /// The models that a decision had to choose from, by its number in the story.
    case candidates(Int)
  }

  /// What goes together, and what each row that is no span stands for: by owner, in the order of
  /// the grouping's extras.
  var grouping: (grouping: TraceTree.Grouping, asides: [SpanID: [Aside]]) {
    var grouping = TraceTree.Grouping()
    var asides: [SpanID: [(start: UnixNanos, aside: Aside, extra: TraceTree.Grouping.Extra)]] = [:]
    let heads = Set(notes.filter { $0.value.isHead }.keys)
    grouping.heads = heads
    for (number, step) in story.filters.enumerated() {
      let kind = Self.kind(of: step)
      for span in step.spans {
        grouping.labels[span] = step.name
        if step.verdict.isFailure { grouping.failures.insert(span) }
        // Under a span that heads the chain there is no need for another heading.
        if step.owner.map({ !heads.contains($0) }) ?? true { grouping.members[span] = kind }
      }
      if step.spans.isEmpty, let owner = step.owner {
        let extra = TraceTree.Grouping.Extra(
          kind: kind, start: step.start, end: step.start + (step.duration ?? .zero),
          isFailure: step.verdict.isFailure)
        asides[owner, default: []].append((step.start, .step(number), extra))
      }
    }
    // What a filter without a span called stands beside it, not between it and the next.
    for call in story.calls where call.isOfFilter {
      guard let parent = parents[call.span], asides[parent] != nil else { continue }
      grouping.members[call.span] = .filtersIn
    }
    for (number, decision) in story.decisions.enumerated() where decision.candidates.count > 1 {
      let extra = TraceTree.Grouping.Extra(kind: nil, start: UnixNanos(0), end: UnixNanos(0))
      asides[decision.span, default: []].append((UnixNanos(0), .candidates(number), extra))
    }
    var ordered: [SpanID: [Aside]] = [:]
    for (owner, list) in asides {
      let sorted = list.enumerated().sorted {
        ($0.element.start, $0.offset) < ($1.element.start, $1.offset)
      }
      grouping.extras[owner] = sorted.map(\.element.extra)
      ordered[owner] = sorted.map(\.element.aside)
    }
    return (grouping, ordered)
  }

  private static func kind(of step: FilterStep) -> TraceTree.Grouping.Kind {
    if step.isToldLate { return .controls }
    return step.direction == .output ? .filtersOut : .filtersIn
  }
}
