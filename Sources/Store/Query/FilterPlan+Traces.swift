/// Asking a plan about one trace, or about the traces of one request as if they were one.
extension FilterPlan {
  /// Whether the filter selects a trace all of whose rows were seen.
  func matches(_ number: UInt64, _ record: TraceRecord, _ snapshot: Snapshot, now: UnixNanos)
    -> Bool
  {
    matches([number], record, snapshot, now: now)
  }

  /// Whether the filter selects the request of these traces, the leading one first, all of whose rows
  /// were seen; `record` is their records as one.
  func matches(
    _ members: [UInt64], _ record: TraceRecord, _ snapshot: Snapshot, now: UnixNanos
  ) -> Bool {
    guard let root, !members.isEmpty else { return true }
    var asked = AskedTrace(members: members, record: record, snapshot: snapshot, now: now)
    return matches(root, &asked)
  }

  /// One trace, or one request, that is being asked about.
  private struct AskedTrace {
    let members: [UInt64]
    let record: TraceRecord
    let snapshot: Snapshot
    let now: UnixNanos
    /// Its spans, once something asks how they stand to each other.
    var known: TraceFamily?
    var knownDepths: [UInt64]?

    mutating func family() -> TraceFamily {
      if let known { return known }
      let made = TraceFamily(members, snapshot)
      known = made
      return made
    }

    mutating func depths() -> [UInt64] {
      if let knownDepths { return knownDepths }
      let made = family().depths()
      knownDepths = made
      return made
    }
  }

  private func matches(_ node: Node, _ trace: inout AskedTrace) -> Bool {
    switch node {
    case .mark(let index): return trace.members.contains { marks[index].hits.contains($0) }
    case .trace(let predicate): return holds(predicate, trace)
    case .set(let set, let count):
      // Most traces are passed over without a look at their spans.
      let isPossible = trace.members.count > 1 || bound(set, trace.members[0])
      if !isPossible, count == nil { return false }
      let spans = isPossible ? spans(set, &trace) : []
      guard let (comparison, number) = count else { return spans.contains(true) }
      return comparison.holds(UInt64(spans.count { $0 }), number)
    case .not(let inner): return !matches(inner, &trace)
    case .and(let parts):
      for part in parts where !matches(part, &trace) { return false }
      return true
    case .or(let parts):
      for part in parts where matches(part, &trace) { return true }
      return false
    }
  }

  private func holds(_ predicate: Filter.Predicate, _ trace: AskedTrace) -> Bool {
    guard trace.members.count > 1, predicate.field == .intrinsic(.trace) else {
      return TraceTest.holds(
        predicate, trace.record, trace.members[0], trace.snapshot, now: trace.now)
    }
    // A request has the ids of all its traces.
    var positive = predicate
    positive.test = predicate.test.positive
    return trace.members.contains { member in
      trace.snapshot.traceRecord(member).map {
        TraceTest.holds(positive, $0, member, trace.snapshot, now: trace.now)
      } ?? false
    } != predicate.test.isNegated
  }

  /// Whether a trace may have spans of a set, as far as the marks tell.
  private func bound(_ set: SetNode, _ number: UInt64) -> Bool {
    spansBound(set, number >> 6) >> (number & 63) & 1 == 1
  }

  /// Which of the trace's spans are in a set.
  private func spans(_ set: SetNode, _ trace: inout AskedTrace) -> [Bool] {
    switch set {
    case .matching(let node): return spans(node, &trace)
    case .related(let left, let relation, let right):
      let left = spans(left, &trace)
      guard left.contains(true) else { return left }
      let right = spans(right, &trace)
      guard right.contains(true) else { return right }
      return trace.family().related(left, relation, right)
    }
  }

  private func spans(_ node: SpanNode, _ trace: inout AskedTrace) -> [Bool] {
    switch node {
    case .mark(let index):
      let family = trace.family()
      return family.places.map { marks[index].holds($0.segment, $0.row) }
    case .depth(let test): return trace.depths().map { test.matches(count: $0) }
    case .constant(let inner):
      let answer = matches(inner, &trace)
      return [Bool](repeating: answer, count: trace.family().count)
    case .not(let inner): return spans(inner, &trace).map { !$0 }
    case .and(let parts):
      var result = [Bool](repeating: true, count: trace.family().count)
      for part in parts {
        let other = spans(part, &trace)
        for index in result.indices where !other[index] { result[index] = false }
      }
      return result
    case .or(let parts):
      var result = [Bool](repeating: false, count: trace.family().count)
      for part in parts {
        let other = spans(part, &trace)
        for index in result.indices where other[index] { result[index] = true }
      }
      return result
    }
  }
}
