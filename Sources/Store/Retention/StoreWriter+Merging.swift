/// Making one segment of thin ones: which, when, and putting it in their place.
extension StoreWriter {
  /// Elements looked at for each row that an append brings, so that a merge is done long before the
  /// segment that the rows go to is full; some 2 ns each.
  private static let elementsPerRow = 48
  /// At least so many with each append.
  private static let smallestPiece = 8_192
  /// A segment with no more rows than this is merged together with a thin one beside it.
  private static let smallSegment = 8_192
  /// What a segment takes however few rows it has.
  private static let emptySegmentBytes = 320 << 10

  /// Does a little of what there is to be merged.
  mutating func mergeThin(rows: Int) {
    guard merge != nil || hasThinned else { return }
    var left = max(StoreWriter.smallestPiece, rows * StoreWriter.elementsPerRow)
    while left > 0 {
      if merge == nil, !beginMerge() { return }
      left -= advanceMerge()
    }
  }

  /// Merges the next thin segments at once; false where there are none.
  mutating func finishMerge() -> Bool {
    if merge == nil, !beginMerge() { return false }
    while merge != nil { _ = advanceMerge() }
    return true
  }

  /// The memory that merging will give back.
  var mergeableBytes: Int {
    guard hasThinned || merge != nil else { return 0 }
    let merging = merge?.sources.first?.segment.serial
    return sealed.reduce(0) { sum, view in
      let segment = view.segment
      let isThin = segment.isThin || segment.serial == merging
      return isThin ? sum + max(0, segment.bytes - segment.liveBytes) : sum
    } + (merge?.bytes ?? 0)
  }

  // MARK: - Choosing

  private mutating func beginMerge() -> Bool {
    guard hasThinned else { return false }
    dropEmptied()
    guard let run = thinRun() else {
      hasThinned = false
      return false
    }
    merge = SegmentMerge(Array(sealed[run]), sealer)
    return true
  }

  /// The first segments side by side that are worth merging.
  private func thinRun() -> Range<Int>? {
    let limit = max(budgetBytes / StoreWriter.segmentsPerBudget, StoreWriter.smallestSegmentLimit)
    for place in sealed.indices where sealed[place].segment.isThin {
      var run = place..<place
      var (rows, bytes, taken) = (0, StoreWriter.emptySegmentBytes, 0)
      func fits(_ next: Int) -> Bool {
        let segment = sealed[next].segment
        return segment.isSwept == sealed[place].segment.isSwept
          && (next == place || segment.isThin || segment.count <= StoreWriter.smallSegment)
          && rows + segment.liveRows <= SegmentRows.maximum
          && (next == place || bytes + segment.liveBytes <= limit)
      }
      func take(_ next: Int) {
        let segment = sealed[next].segment
        rows += segment.liveRows
        bytes += segment.liveBytes
        taken += segment.bytes
      }
      while run.upperBound < sealed.count, fits(run.upperBound) {
        take(run.upperBound)
        run = run.lowerBound..<run.upperBound + 1
      }
      while run.lowerBound > 0, fits(run.lowerBound - 1) {
        take(run.lowerBound - 1)
        run = run.lowerBound - 1..<run.upperBound
      }
      if !run.isEmpty, taken - bytes > taken / 4 { return run }
    }
    return nil
  }

  // MARK: - Doing

  private mutating func advanceMerge() -> Int {
    guard let merge else { return 0 }
    let done = merge.advance(chunks)
    if merge.isDone {
      self.merge = nil
      install(merge)
    }
    return done
  }

  private mutating func install(_ merge: SegmentMerge) {
    guard let first = merge.sources.first?.segment, let last = merge.sources.last?.segment else {
      return
    }
    // Rows of which only some were looked at could not be told from the others afterwards.
    if requestsJoined > first.serial << 16, requestsJoined < (last.lastSerial + 1) << 16 {
      _ = joinRequests()
    }
    let range = first.serial...last.lastSerial
    let target = merge.target
    var live = 0
    sealed.removeAll { view in
      guard range.contains(view.segment.serial) else { return false }
      live += view.segment.liveRows
      sealedBytes -= view.segment.bytes
      return true
    }
    forgetWaitingGone()
    guard live > 0 else { return }
    target.deadRows = target.count - live
    if target.isThin { hasThinned = true }
    let place = sealed.firstIndex { $0.segment.serial > target.serial } ?? sealed.count
    sealed.insert(target.view(), at: place)
    sealedBytes += target.bytes
    for slot in merge.slots where isHeld(slot.trace) {
      let record = chunks.place(slot.trace)
      let now = record.record.dimensions[slot.dimension]
      if now.segment == slot.before.segment, now.value == slot.before.value {
        record.record.dimensions[slot.dimension].segment = slot.after.segment
        record.record.dimensions[slot.dimension].value = slot.after.value
      }
    }
    moves += 1
  }
}

extension Segment {
  /// When the span in the middle of its rows began: about how old it is.
  var middleStart: UInt64 { count == 0 ? 0 : rows.start[count / 2] }

  /// Rows of traces that are held.
  var liveRows: Int { count - deadRows }

  /// About what the rows of traces that are held take.
  var liveBytes: Int {
    count == 0 ? 0 : Int(Double(bytes) * Double(liveRows) / Double(count))
  }

  /// Whether half of its rows, or more, are of traces that went.
  var isThin: Bool { deadRows * 2 >= count }
}
