/// Traces that are one request, as a snapshot knows them.
extension Snapshot {
  /// Traces held, with those that are one request counted once.
  public var requestsHeld: Int { max(0, Int(statistics.tracesHeld) - requests.followers) }

  /// Whether any request held has more than one trace.
  public var hasJoinedTraces: Bool { requests.followers > 0 }

  /// The traces that are one request with a trace, the leading one first, the others by their start.
  ///
  /// Most often the trace alone; none where it is not held.
  public func requestTraces(of trace: TraceNumber) -> [TraceNumber] {
    members(of: trace.rawValue).map { TraceNumber($0) }
  }

  /// The trace that stands for the whole request: where the gateway's edge saw it, else one that has
  /// a root, and of several the one that began first.
  public func lead(of trace: TraceNumber) -> TraceNumber {
    TraceNumber(members(of: trace.rawValue).first ?? trace.rawValue)
  }

  /// One line of the list for the whole request of a trace; nil for a trace that is not held.
  ///
  /// The name, the ids and the number are the leading trace's. Counts and amounts are summed; of a
  /// dimension the first value stands, and a conflict is noted where traces disagree.
  public func requestSummary(of trace: TraceNumber, now: UnixNanos) -> TraceSummary? {
    let members = members(of: trace.rawValue)
    guard let lead = members.first, let record = requestRecord(members) else { return nil }
    var summary = summary(of: TraceNumber(lead), record, now: now)
    summary.traceCount = members.count
    return summary
  }

  /// The id of a trace that is held.
  public func id(of trace: TraceNumber) -> TraceID? { traceRecord(trace.rawValue)?.id }

  // MARK: - For queries

  /// ``requestTraces(of:)`` as bare numbers.
  func members(of number: UInt64) -> [UInt64] {
    guard let record = traceRecord(number) else { return [] }
    if record.peer == 0 { return [number] }
    let ring = RequestRing.members(of: number, in: chunks).compactMap { member in
      traceRecord(member).map { (number: member, rank: rank(of: $0), start: $0.start) }
    }
    return ring.sorted { left, right in
      if left.rank != right.rank { return left.rank < right.rank }
      return left.start != right.start ? left.start < right.start : left.number < right.number
    }.map(\.number)
  }

  /// What leads comes first: 0 for a root at the edge, 1 for any root, 2 for none.
  private func rank(of record: TraceRecord) -> Int {
    guard record.rootRow > 0, let role = role(ofRow: record.rootRow - 1) else { return 2 }
    return Role(rawValue: role) == .inbound ? 0 : 1
  }

  /// The records of a request's traces as one; nil for no traces.
  func requestRecord(_ members: [UInt64]) -> TraceRecord? {
    guard let lead = members.first, var whole = traceRecord(lead) else { return nil }
    guard members.count > 1 else { return whole }
    whole.missingParents -= min(whole.missingParents, whole.foundParents)
    for member in members.dropFirst() {
      guard let part = traceRecord(member) else { continue }
      whole.add(part)
      for dimension in Dimension.allCases {
        take(part.dimensions[Int(dimension.rawValue)], of: dimension, into: &whole)
      }
    }
    return whole
  }

  private func take(
    _ slot: TraceRecord.DimensionSlot, of dimension: Dimension, into whole: inout TraceRecord
  ) {
    let known = whole.dimensions[Int(dimension.rawValue)]
    guard slot.rank != 255 else { return }
    if slot.rank < known.rank {
      whole.dimensions[Int(dimension.rawValue)] = slot
    } else if slot.rank == known.rank, !known.hasConflict {
      // Traces joined by a request id may write it with another sampling digit.
      let isSame = dimension == .request || text(slot) == text(known)
      whole.dimensions[Int(dimension.rawValue)].hasConflict = slot.hasConflict || !isSame
    }
  }
}

extension TraceRecord {
  /// Takes in another trace of the same request; dimensions are the caller's.
  fileprivate mutating func add(_ part: TraceRecord) {
    start = min(start, part.start)
    end = max(end, part.end)
    firstTouched = min(firstTouched, part.firstTouched)
    touched = max(touched, part.touched)
    spans &+= part.spans
    errors &+= part.errors
    missingParents &+= part.missingParents - min(part.missingParents, part.foundParents)
    evidence |= part.evidence
    tokensIn = TraceRecord.sum(tokensIn, part.tokensIn)
    tokensOut = TraceRecord.sum(tokensOut, part.tokensOut)
    tokens = TraceRecord.sum(tokens, part.tokens)
    costUSD += part.costUSD
    // The leading trace's first token is what its user waited for; else the earliest trace's.
    if measured & 8 == 0 { timeToFirstToken = part.timeToFirstToken }
    measured |= part.measured
    isPinned = isPinned || part.isPinned
    if rootRow == 0 { rootRow = part.rootRow }
    if earliestRow == 0 { earliestRow = part.earliestRow }
  }

  private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }
}
