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
    var found = [FoundCodes](repeating: FoundCodes(), count: columns.count)
    for _ in 0..<FacetMatrix.blocksPerStep where recordsTo < figures.end {
      let block = recordsTo..<min(figures.end, recordsTo + FacetMatrix.blockSize)
      readBlock(
        block, snapshot.chunks.chunk(of: block), figures, snapshot, &finder, now, &found)
      recordsTo = block.upperBound
    }
    for (column, found) in zip(columns, found) where !found.codes.isEmpty {
      insert(found.codes, column, at: found.places)
    }
    sweep()
    return true
  }

  /// What records of several traces say under one key.
  private struct FoundCodes {
    var codes: [UInt32] = []
    var places: [UInt32] = []
  }

  /// - Parameter chunk: the chunk that the traces are those of, where they are all of one.
  private func readBlock(
    _ block: some Sequence<UInt64>, _ chunk: TraceChunk?, _ figures: TraceFigures,
    _ snapshot: Snapshot,
    _ finder: inout RowFinder, _ now: UnixNanos, _ found: inout [FoundCodes]
  ) {
    let base = snapshot.chunks.base
    for column in columns {
      guard var records = column.records, !column.isGivenUp else { continue }
      var values = column.values
      (column.records, column.values) = (nil, GroupValues())
      var (codes, places) = (found[column.number].codes, found[column.number].places)
      found[column.number] = FoundCodes()
      let digest = records.dimension.flatMap { chunk?.column(Int($0.rawValue)) }
      let codesOfSlots =
        digest.map { digest in
          (0..<digest.slotCount).map { records.code(at: digest.slot($0), snapshot, &values) }
        } ?? []
      for number in block {
        let flags = figures[number].flags
        guard flags & (TraceFigure.isUnit | TraceFigure.isJoined) == TraceFigure.isUnit else {
          continue
        }
        let place = UInt32(truncatingIfNeeded: place(of: number))
        let slot =
          digest?[Int(truncatingIfNeeded: number &- base)] ?? TraceDigest.Column.isElsewhere
        if slot != TraceDigest.Column.isElsewhere {
          guard slot > 0, codesOfSlots[Int(slot) - 1] != GroupValues.none else { continue }
          codes.append(codesOfSlots[Int(slot) - 1])
          places.append(place)
          continue
        }
        records.forEach(ofTrace: number, snapshot, &finder, now, &values) {
          codes.append($0)
          places.append(place)
        }
      }
      found[column.number] = FoundCodes(codes: codes, places: places)
      (column.records, column.values) = (records, values)
    }
    for number in block {
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
    var found = [FoundCodes](repeating: FoundCodes(), count: columns.count)
    readBlock(changed, nil, figures, snapshot, &finder, now, &found)
    for (column, found) in zip(columns, found) where !found.codes.isEmpty {
      insert(found.codes, column, at: found.places)
    }
    sweep()
  }

  /// The traces whose verdict time alone has changed by a moment.
  func takeSettled(_ now: UnixNanos) -> [UInt64] {
    let due = unsettled.filter { $0.value <= now.rawValue }.map(\.key)
    for number in due { unsettled[number] = nil }
    return due
  }

  /// Reads what the traces of a request say together; it stands at the place of the one that leads.
  private func readRequest(
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
