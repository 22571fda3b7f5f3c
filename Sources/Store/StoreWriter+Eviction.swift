/// Making room: whole requests go, dull ones first, the oldest first.
///
/// Segments are swept from the oldest on: what is dull goes, what is evidence (errors, denials, clients
/// gone, flags, slow ones) or pinned stays, within ``RetentionPolicy/evidenceShare`` of the budget; past
/// that the oldest evidence goes, pins last. Segments that become thin are merged (``SegmentMerge``) a
/// little with each append.
///
///     oldest                                                          newest
///     [swept: evidence][swept][merged ...] | [unswept][unswept] ... [open]
extension StoreWriter {
  /// Called at the end of each append, which brought so many rows.
  mutating func keepWithinBudget(rows: Int) {
    if bytes > budgetBytes - reserve { evictDownTo(budgetBytes - reserve) }
    while hasSpared, isSpanTooLong, evictEvidence(sparingPins: false) {}
    mergeThin(rows: rows)
    // Where merging did not keep up, it is done here and now.
    while bytes > budgetBytes, finishMerge() || evictNext() {}
  }

  private var isSpanTooLong: Bool {
    chunks.end - chunks.base > max(RetentionPolicy.longestSpan, UInt64(index.count) * 4)
  }

  /// What is kept free while there is something to be merged, so that it need not be done at once.
  private var reserve: Int {
    hasSpared ? min(budgetBytes / RetentionPolicy.reserveShare, largestSealed * 2) : 0
  }

  private mutating func evictDownTo(_ limit: Int) {
    while bytes - mergeableBytes > limit {
      guard evictNext() else { return }
    }
  }

  /// Lets the next ones go; false where nothing is left but the open segment.
  private mutating func evictNext() -> Bool {
    let spared = sparedBytes
    let isOver = Double(spared) > RetentionPolicy.evidenceShare * Double(budgetBytes)
    if isOver, evictEvidence(sparingPins: true) || evictEvidence(sparingPins: false) {
      return true
    }
    if let next = oldestUnswept {
      sweep(next)
      return true
    }
    if evictEvidence(sparingPins: true) || evictEvidence(sparingPins: false) { return true }
    guard let last = sealed.first(where: { !$0.segment.isSwept }) else { return false }
    sweep(last.segment)
    return true
  }

  /// The next segment to be swept: the oldest. Where only those are left that are to be packed, none is:
  /// they hold the newest requests and will soon take less. But one for which nobody has had the time to
  /// pack it does not outlive what came after it. In a store that was filled newest first, a segment's
  /// place says nothing of its age.
  private var oldestUnswept: Segment? {
    let unswept = sealed.map(\.segment).filter { !$0.isSwept }
    guard unswept.contains(where: { !isToBePacked($0) }) else { return nil }
    return isBackfilled ? unswept.min { $0.middleStart < $1.middleStart } : unswept.first
  }

  /// The memory of what was spared.
  private var sparedBytes: Int {
    sealed.reduce(0) { $1.segment.isSwept ? $0 + $1.segment.liveBytes : $0 }
  }

  // MARK: - Segments

  /// Lets the dull requests of a segment go.
  private mutating func sweep(_ segment: Segment) {
    segment.isSwept = true
    forEachHeld(segment) { writer, number in
      let members = RequestRing.members(of: number, in: writer.chunks)
      if !writer.isEvidence(members) { writer.letGo(members, .dull) }
    }
    if segment.deadRows < segment.count { hasSpared = true }
    dropEmptied()
  }

  /// Lets the evidence in the oldest swept segment that has any go.
  private mutating func evictEvidence(sparingPins: Bool) -> Bool {
    for view in sealed where view.segment.isSwept {
      let before = statistics.tracesEvicted
      forEachHeld(view.segment) { writer, number in
        let members = RequestRing.members(of: number, in: writer.chunks)
        if sparingPins, members.contains(where: { writer.chunks[$0].isPinned }) { return }
        writer.letGo(members, .evidence)
      }
      if statistics.tracesEvicted != before {
        dropEmptied()
        return true
      }
    }
    return false
  }

  /// Calls `body` with the traces held that have rows in a segment, in the order of their rows; with
  /// some of them more than once.
  private mutating func forEachHeld(
    _ segment: Segment, _ body: (inout StoreWriter, UInt64) -> Void
  ) {
    var last: UInt32?
    for row in 0..<segment.count {
      let trace = segment.rows.trace[row]
      guard trace != last else { continue }
      last = trace
      let number = chunks.number(low: trace)
      if isHeld(number) { body(&self, number) }
    }
  }

  /// Segments whose rows are all gone hold nothing any more.
  mutating func dropEmptied() {
    guard hasEmptied else { return }
    hasEmptied = false
    sealed.removeAll { view in
      guard view.segment.deadRows == view.segment.count else { return false }
      sealedBytes -= view.segment.bytes
      return true
    }
    forgetWaitingGone()
    if hasSpared { hasSpared = sealed.contains { $0.segment.isSwept } }
    logs.dropEmpty()
    chunks.dropEvicted()
  }

  // MARK: - Requests

  /// Whether any trace of a request tells of something that is kept for longer.
  mutating func isEvidence(_ members: [UInt64]) -> Bool {
    for member in members {
      let record = chunks[member]
      if record.isPinned || record.hasEvidence { return true }
    }
    return isSlow(members)
  }

  /// Lets one trace of a request go, and not the others.
  mutating func letGo(oneOf members: [UInt64], _ number: UInt64) {
    requests.part(members, &chunks)
    letGo(number, .sampledOut)
  }

  /// Lets the traces of a request go.
  mutating func letGo(_ members: [UInt64], _ departure: Departure) {
    requests.forget(members)
    for member in members { letGo(member, departure) }
  }

  private mutating func letGo(_ number: UInt64, _ departure: Departure) {
    let record = chunks[number]
    var row = record.lastRow
    while row > 0 {
      let (segment, position) = place(row - 1)
      segment.deadRows += 1
      if segment.deadRows * 2 >= segment.count, segment !== open {
        hasThinned = true
        if segment.deadRows == segment.count { hasEmptied = true }
      }
      let back = UInt64(segment.rows.previous[position])
      row = back == 0 ? 0 : row - back
    }
    logs.evict(record.lastLog)
    index.remove(record.id, number)
    chunks.evict(number)
    if let set = large.removeValue(forKey: number) { largeBytes -= set.bytes }
    count(record, departure)
  }

  private mutating func count(_ record: TraceRecord, _ departure: Departure) {
    let spans = UInt64(record.spans)
    statistics.spansHeld -= spans
    switch departure {
    case .dull, .evidence:
      statistics.tracesEvicted += 1
      statistics.spansEvicted += spans
      guard departure == .evidence else { return }
      statistics.tracesEvictedEvidence += 1
      statistics.spansEvictedEvidence += spans
    case .sampledOut:
      statistics.tracesSampledOut += 1
      statistics.spansSampledOut += spans
    }
  }

  /// Keeps the request of a trace for longer than others, or no longer; false where it is not held.
  mutating func setPinned(_ isPinned: Bool, _ number: UInt64) -> Bool {
    guard isHeld(number) else { return false }
    for member in RequestRing.members(of: number, in: chunks) {
      chunks.update(member) { $0.isPinned = isPinned }
    }
    version += 1
    return true
  }
}

extension TraceRecord {
  /// Whether a span tells of a failure, a denial, a client that went away, or a flag.
  var hasEvidence: Bool {
    !Evidence(rawValue: evidence)
      .isDisjoint(with: .failure.union(.denial).union(.departure).union(.flag))
  }
}
