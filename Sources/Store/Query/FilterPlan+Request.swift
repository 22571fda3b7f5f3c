/// A filter asked of a whole request: of all its traces as if they were one.
extension FilterPlan {
  /// Whether the filter selects the request of these traces, the leading one first, all of whose rows
  /// were scanned; `record` is their records as one.
  func matches(
    _ members: [UInt64], _ record: TraceRecord, _ snapshot: Snapshot, now: UnixNanos
  ) -> Bool {
    guard let root, let lead = members.first else { return true }
    guard members.count > 1 else { return matches(lead, record, snapshot, now: now) }
    return matches(root, members, record, snapshot, now)
  }

  private func matches(
    _ node: Node, _ members: [UInt64], _ record: TraceRecord, _ snapshot: Snapshot,
    _ now: UnixNanos
  ) -> Bool {
    switch node {
    case .leaf(let index, let isNegated):
      return members.contains { leaves[index].hits.contains($0) } != isNegated
    case .trace(let predicate):
      guard predicate.field == .intrinsic(.trace) else {
        return TraceTest.holds(predicate, record, members[0], snapshot, now: now)
      }
      // A request has the ids of all its traces.
      var positive = predicate
      positive.test = predicate.test.positive
      return members.contains { member in
        snapshot.traceRecord(member).map {
          TraceTest.holds(positive, $0, member, snapshot, now: now)
        } ?? false
      } != predicate.test.isNegated
    case .not(let inner): return !matches(inner, members, record, snapshot, now)
    case .and(let parts):
      return parts.allSatisfy { matches($0, members, record, snapshot, now) }
    case .or(let parts): return parts.contains { matches($0, members, record, snapshot, now) }
    case .naive(let filter):
      return snapshot.facts(ofRequest: members, record, now: now).map {
        NaiveEvaluator($0).matches(filter)
      } ?? false
    }
  }
}

extension Snapshot {
  /// The facts of several traces as if they were one.
  func facts(
    ofRequest members: [UInt64], _ record: TraceRecord, now: UnixNanos
  ) -> TraceFacts? {
    guard let lead = members.first else { return nil }
    let spans = members.flatMap {
      facts(of: TraceNumber($0), now: now, vocabulary: vocabulary)?.spans ?? []
    }
    return TraceFacts(summary: summary(of: TraceNumber(lead), record, now: now), spans: spans)
  }
}
