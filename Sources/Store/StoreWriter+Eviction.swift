/// Making room: the oldest segment goes, and with it, whole, every trace that has a span in it.
extension StoreWriter {
  mutating func evictOverBudget() {
    while !sealed.isEmpty, bytes > budgetBytes { evictOldest() }
  }

  private mutating func evictOldest() {
    let oldest = sealed[0].segment
    for row in 0..<oldest.count {
      let number = chunks.number(low: oldest.rows.trace[row])
      if chunks.contains(number), !chunks[number].isEvicted { evict(number) }
    }
    sealed.removeFirst()
    sealedBytes -= oldest.bytes
    // Segments at the front whose rows are all gone hold nothing any more.
    while let first = sealed.first, first.segment.deadRows == first.segment.count {
      sealedBytes -= first.segment.bytes
      sealed.removeFirst()
    }
    logs.dropEmpty()
    chunks.dropEvicted()
    index.rebuild(chunks, live: liveTraces)
  }

  private mutating func evict(_ number: UInt64) {
    let record = chunks[number]
    var row = record.lastRow
    while row > 0 {
      let (segment, position) = place(row - 1)
      segment.deadRows += 1
      let back = UInt64(segment.rows.previous[position])
      row = back == 0 ? 0 : row - back
    }
    logs.evict(record.lastLog)
    chunks.update(number) { record in
      record.isEvicted = true
      record.lastRow = 0
      record.lastLog = 0
    }
    large[number] = nil
    liveTraces -= 1
    statistics.tracesEvicted += 1
    statistics.spansEvicted += UInt64(record.spans)
    statistics.spansHeld -= UInt64(record.spans)
  }
}
