/// Reading what records say of traces: dimensions, verdicts, the names of roots.
extension FacetMatrix {
  /// So many records are read at a time, near each other for all keys.
  private static let blockSize: UInt64 = 256
  private static let blocksPerStep = 16

  /// Reads the records of the next traces; false when those of all were read.
  func readRecords(_ figures: TraceFigures, _ snapshot: Snapshot, _ now: UnixNanos) -> Bool {
    var finder = RowFinder(snapshot)
    recordsTo = max(recordsTo, figures.base)
    hasRecords = recordsTo >= figures.end
    guard !hasRecords else { return false }
    var names = RowNames()
    for _ in 0..<FacetMatrix.blocksPerStep where recordsTo < figures.end {
      let block = recordsTo..<min(figures.end, recordsTo + FacetMatrix.blockSize)
      if !readChunk(block, figures, snapshot, &finder, &names, now) {
        readEach(block, figures, snapshot, &finder, now)
      }
      recordsTo = block.upperBound
    }
    sweep()
    return true
  }

  /// Reads the records of some traces, one by one.
  private func readEach(
    _ numbers: some Sequence<UInt64>, _ figures: TraceFigures, _ snapshot: Snapshot,
    _ finder: inout RowFinder, _ now: UnixNanos
  ) {
    for column in columns {
      guard var records = column.records, !column.isGivenUp else { continue }
      var values = column.values
      (column.records, column.values) = (nil, GroupValues())
      var (codes, places): ([UInt32], [UInt32]) = ([], [])
      for number in numbers {
        let flags = figures[number].flags
        guard flags & (TraceFigure.isUnit | TraceFigure.isJoined) == TraceFigure.isUnit else {
          continue
        }
        let place = UInt32(truncatingIfNeeded: place(of: number))
        records.forEach(ofTrace: number, snapshot, &finder, now, &values) {
          codes.append($0)
          places.append(place)
        }
      }
      (column.records, column.values) = (records, values)
      if !codes.isEmpty { insert(codes, column, at: places) }
    }
    for number in numbers {
      let figure = figures[number]
      if figure.has(TraceFigure.isJoined) {
        readRequest(number, snapshot, &finder, now)
      } else if figure.has(TraceFigure.isUnit),
        snapshot.chunks[number].verdict(now: now.rawValue) == .unfinished
      {
        unsettled[number] = snapshot.chunks[number].touched + TraceRecord.settleTime.rawValue
      }
    }
  }

  /// Reads the records of some traces again: what was noted of them is void.
  func readRecords(
    of changed: some Sequence<UInt64>, _ figures: TraceFigures, _ snapshot: Snapshot,
    _ now: UnixNanos
  ) {
    let changed = changed.filter { place(of: $0) > 0 }
    for column in columns where column.records != nil {
      for number in changed { clear(column, at: place(of: number)) }
    }
    if !unsettled.isEmpty { for number in changed { unsettled[number] = nil } }
    var finder = RowFinder(snapshot)
    readEach(changed, figures, snapshot, &finder, now)
    sweep()
  }

  /// The traces whose verdict time alone has changed by a moment.
  func takeSettled(_ now: UnixNanos) -> [UInt64] {
    let due = unsettled.filter { $0.value <= now.rawValue }.map(\.key)
    for number in due { unsettled[number] = nil }
    return due
  }

  /// Reads what the traces of a request say together; it stands at the place of the one that leads.
  func readRequest(
    _ number: UInt64, _ snapshot: Snapshot, _ finder: inout RowFinder, _ now: UnixNanos
  ) {
    let place = place(of: number)
    let members = snapshot.members(of: number)
    for column in columns {
      guard var records = column.records, !column.isGivenUp else { continue }
      column.records = nil
      for code in records.codes(of: members, snapshot, &finder, now, &column.values) {
        insert(code, column, at: place)
      }
      column.records = records
    }
    guard let record = snapshot.requestRecord(members),
      record.verdict(now: now.rawValue) == .unfinished
    else { return }
    unsettled[number] = record.touched + TraceRecord.settleTime.rawValue
  }
}
