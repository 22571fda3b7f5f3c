/// Reading what the digests of whole chunks say of their traces, 256 at a time.
extension FacetMatrix {
  /// The traces of a chunk that stand alone, and how they ended.
  private struct Standing {
    /// All bits are set for those that stand alone and count; none for others.
    var alone = [UInt8](repeating: 0, count: TraceChunk.size)
    /// One more than the verdict of those.
    var verdicts = [UInt8](repeating: 0, count: TraceChunk.size)
    /// The traces that lead others.
    var leads: [UInt64] = []
  }

  /// What one field says: for each trace of a chunk a mark, which stands for a code; the others one by one.
  private struct Marked {
    var marks = [UInt8](repeating: 0, count: TraceChunk.size)
    var codes = [UInt32](repeating: GroupValues.none, count: TraceChunk.size)
    var otherCodes: [UInt32] = []
    var otherPlaces: [UInt32] = []
  }

  /// Reads the traces of a chunk; false where that has no digest, or they have not all a place.
  func readChunk(
    _ block: Range<UInt64>, _ figures: TraceFigures, _ snapshot: Snapshot,
    _ finder: inout RowFinder, _ names: inout RowNames, _ now: UnixNanos
  ) -> Bool {
    guard let chunk = snapshot.chunks.chunk(of: block), chunk.capacity == TraceChunk.size,
      place(of: block.lowerBound) > 0, place(of: block.upperBound - 1) > 0
    else { return false }
    let standing = standing(block, chunk, figures, now)
    for column in columns {
      guard var records = column.records, !column.isGivenUp else { continue }
      // Taken out, so that they are changed where they are and not copied.
      var values = column.values
      (column.records, column.values) = (nil, GroupValues())
      var marked = Marked()
      if let dimension = records.dimension, let digest = chunk.column(Int(dimension.rawValue)) {
        for slot in 0..<digest.slotCount {
          marked.codes[slot + 1] = records.code(at: digest.slot(slot), snapshot, &values)
        }
        for index in 0..<block.count { marked.marks[index] = digest[index] & standing.alone[index] }
        for index in 0..<block.count where marked.marks[index] == TraceDigest.Column.isElsewhere {
          let number = block.lowerBound + UInt64(index)
          let place = UInt32(truncatingIfNeeded: place(of: number))
          records.forEach(ofTrace: number, snapshot, &finder, now, &values) {
            marked.otherCodes.append($0)
            marked.otherPlaces.append(place)
          }
        }
      } else if column.field == .intrinsic(.verdict) {
        marked.marks = standing.verdicts
        for verdict in Verdict.allCases where standing.verdicts.contains(verdict.rawValue + 1) {
          marked.codes[Int(verdict.rawValue) + 1] = records.plainCode(UInt64(verdict.rawValue)) {
            values.code(of: verdict.name)
          }
        }
      } else {
        let first = UInt32(truncatingIfNeeded: place(of: block.lowerBound))
        let earliest = chunk.earliestRows
        for index in 0..<block.count where standing.alone[index] != 0 {
          let row = earliest?[index] ?? chunk[index].earliestRow
          guard row > 0, let name = names.name(ofRow: row - 1, &finder) else { continue }
          let code = records.plainCode(name) { names.code(of: name, &values) }
          guard code != GroupValues.none else { continue }
          marked.otherCodes.append(code)
          marked.otherPlaces.append(first + UInt32(truncatingIfNeeded: index))
        }
      }
      (column.records, column.values) = (records, values)
      insert(marked.marks, marked.codes, column, from: place(of: block.lowerBound))
      if !marked.otherCodes.isEmpty { insert(marked.otherCodes, column, at: marked.otherPlaces) }
    }
    for lead in standing.leads { readRequest(lead, snapshot, &finder, now) }
    return true
  }

  private func standing(
    _ block: Range<UInt64>, _ chunk: TraceChunk, _ figures: TraceFigures, _ now: UnixNanos
  ) -> Standing {
    var standing = Standing()
    let figures = figures.chunk(from: block.lowerBound)
    for index in 0..<block.count {
      let number = block.lowerBound + UInt64(index)
      let figure = figures[index]
      guard figure.has(TraceFigure.isUnit) else { continue }
      guard !figure.has(TraceFigure.isJoined) else {
        standing.leads.append(number)
        continue
      }
      var verdict = figure.verdict
      if verdict == Verdict.unfinished.rawValue {
        verdict = chunk[index].verdict(now: now.rawValue).rawValue
        if verdict == Verdict.unfinished.rawValue {
          unsettled[number] = chunk[index].touched + TraceRecord.settleTime.rawValue
        }
      }
      standing.alone[index] = .max
      standing.verdicts[index] = verdict + 1
    }
    return standing
  }

  /// Notes what traces that stand one behind the other have: a mark each, which stands for a code.
  private func insert(_ marks: [UInt8], _ codes: [UInt32], _ column: FacetColumn, from place: Int) {
    guard let most = codes.max(), most != GroupValues.none else { return }
    guard assignBits(column, to: most) else {
      column.codes?.insert(marks, codes, from: number(at: place))
      return
    }
    for band in column.masks.keys {
      var bits = [UInt64](repeating: 0, count: codes.count)
      for (mark, code) in codes.enumerated() where code != GroupValues.none {
        bits[mark] = column.word(of: code, in: band)
      }
      bands[band].mark(marks, from: place, bits: bits)
    }
  }
}

/// Finds the names of rows, most of which stand in the segment that the row before them stands in.
struct RowNames {
  private var segment: Segment?
  private var names = RowColumn<UInt32>(packed: .none)
  private var identity: UInt64 = 0
  /// The numbers of rows that stand in the order of their numbers.
  private var rows: Range<UInt64> = 0..<0

  /// The segment's identity above the id of the name; nil for a row that is not held.
  @inline(__always)
  mutating func name(ofRow row: UInt64, _ finder: inout RowFinder) -> UInt64? {
    if rows.contains(row) {
      return identity << 32 | UInt64(names[Int(truncatingIfNeeded: row & 0xFFFF)])
    }
    guard let (place, position) = finder.find(row) else { return nil }
    let view = finder.views[place]
    let segment = view.segment
    (self.segment, names, identity) = (segment, segment.rows.name, segment.identity)
    let first = segment.serial << 16
    let isInOrder = segment.lastSerial == segment.serial && segment.moved == nil
    rows = isInOrder ? first..<first + UInt64(view.count) : 0..<0
    return identity << 32 | UInt64(names[position])
  }

  /// The code of a name that was found last; none for one that is empty.
  func code(of name: UInt64, _ values: inout GroupValues) -> UInt32 {
    guard let segment else { return GroupValues.none }
    let bytes = segment.strings[UInt32(truncatingIfNeeded: name)]
    return bytes.isEmpty ? GroupValues.none : values.code(of: bytes)
  }
}
