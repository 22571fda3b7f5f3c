/// Asking a plan about one trace.
extension FilterPlan {
  /// Whether the filter selects a trace all of whose rows were seen.
  func matches(_ number: UInt64, _ record: TraceRecord, _ snapshot: Snapshot, now: UnixNanos)
    -> Bool
  {
    guard let root else { return true }
    var asked = AskedTrace(number: number, record: record, snapshot: snapshot, now: now)
    return matches(root, &asked)
  }

  /// One trace that is being asked about.
  private struct AskedTrace {
    let number: UInt64
    let record: TraceRecord
    let snapshot: Snapshot
    let now: UnixNanos
    /// Its spans, once something asks how they stand to each other.
    var known: TraceFamily?
    var knownDepths: [UInt64]?

    mutating func family() -> TraceFamily {
      if let known { return known }
      let made = TraceFamily(record, snapshot)
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
    case .mark(let index): return marks[index].hits.contains(trace.number)
    case .trace(let predicate):
      return TraceTest.holds(
        predicate, trace.record, trace.number, trace.snapshot, now: trace.now)
    case .set(let set, let count):
      // Most traces are passed over without a look at their spans.
      let isPossible = bound(set, trace.number)
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
      return family.places.map { marks[index].holds($0.serial, $0.row) }
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
