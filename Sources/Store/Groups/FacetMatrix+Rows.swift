/// Reading rows.
extension FacetMatrix {
  /// Takes in some rows of a segment, and returns how many entries were looked at.
  func look(_ view: SegmentView, _ rows: Range<Int>, _ snapshot: Snapshot) -> Int {
    guard !rows.isEmpty else { return 0 }
    let places = places(of: rows, view, snapshot.chunks)
    var looked = 0
    for column in view.directory.columns {
      let count = column.count(in: rows)
      guard count > 0, let own = self.column(of: column.key, in: view) else { continue }
      looked += count
      take(column, own, view, rows, places)
    }
    for isOfResources in [true, false] {
      let origins = isOfResources ? view.directory.resources : view.directory.scopes
      let entries = codes(of: origins, isOfResources, view, rows)
      guard entries.contains(where: { !$0.isEmpty }) else { continue }
      looked += rows.count
      let columns = view.segment.rows
      take(
        entries, isOfResources ? columns.resource : columns.scope, origins.count, rows, places)
    }
    sweep()
    return looked
  }

  /// The places of the rows' traces.
  private func places(
    of rows: Range<Int>, _ view: SegmentView, _ chunks: TraceChunks
  ) -> [UInt32] {
    var places = [UInt32](repeating: 0, count: rows.count)
    view.segment.rows.trace.forEach(rows) { row, low in
      places[row - rows.lowerBound] = UInt32(
        truncatingIfNeeded: place(of: chunks.number(low: low)))
    }
    return places
  }

  // MARK: - What spans say

  private func take(
    _ column: AttributeColumn, _ own: FacetColumn, _ view: SegmentView, _ rows: Range<Int>,
    _ places: [UInt32]
  ) {
    let segment = view.segment
    let first = rows.lowerBound
    guard let packed = column.packed, let dictionary = packed.dictionary else {
      own.rows.begin(segment)
      column.forEachEntry(rows) { row, value in
        insert(own.code(of: value, in: segment), own, at: Int(places[row - first]))
      }
      return
    }
    let codes = dictionary.values.map {
      own.code(of: ValueReference(rawValue: $0), in: segment)
    }
    guard !own.isHopeless else { return giveUp(own) }
    if assignBits(own, to: codes.max() ?? 0) {
      var words = BandWords(codes.count)
      for (number, code) in codes.enumerated() { words.add(own.bits, code, number) }
      words.forEach { band, bits in bands[band].mark(packed, rows, places: places, bits: bits) }
    } else if own.codes != nil {
      packed.forEachNumber(rows) { row, number in
        insert(codes[Int(truncatingIfNeeded: number)], own, at: Int(places[row - first]))
      }
    }
  }

  // MARK: - What resources and scopes say

  /// What the origins of some rows say: for each column, the origin's number and a code.
  private func codes(
    of origins: [SegmentOrigin], _ isOfResources: Bool, _ view: SegmentView, _ rows: Range<Int>
  ) -> [[(number: Int, code: UInt32)]] {
    var entries: [[(number: Int, code: UInt32)]] = []
    func add(_ number: Int, _ code: UInt32, _ own: FacetColumn) {
      while entries.count <= own.number { entries.append([]) }
      entries[own.number].append((number, code))
    }
    var columnOfKey: [UInt32: FacetColumn?] = [:]
    for number in numbers(of: origins, isOfResources, view, rows) {
      let origin = origins[number]
      if isOfResources, origin.name != 0 {
        add(
          number, service.code(of: ValueReference(.string, origin.name), in: view.segment), service)
      }
      for attribute in origin.attributes {
        let known = columnOfKey[attribute.key]
        let own = known ?? column(of: attribute.key, in: view)
        if known == nil { columnOfKey[attribute.key] = own }
        if let own { add(number, own.code(of: attribute.value, in: view.segment), own) }
      }
    }
    return entries
  }

  /// The origins that some rows come from: all of them for all rows.
  private func numbers(
    of origins: [SegmentOrigin], _ isOfResources: Bool, _ view: SegmentView, _ rows: Range<Int>
  ) -> [Int] {
    if rows.count == view.count { return Array(origins.indices) }
    var isMet = [Bool](repeating: false, count: origins.count)
    let columns = view.segment.rows
    (isOfResources ? columns.resource : columns.scope).forEach(rows) { isMet[Int($1)] = true }
    return origins.indices.filter { isMet[$0] }
  }

  private func take(
    _ entries: [[(number: Int, code: UInt32)]], _ column: RowColumn<UInt16>, _ count: Int,
    _ rows: Range<Int>, _ places: [UInt32]
  ) {
    // What all keys say is marked at once.
    var words = BandWords(count)
    for (own, entries) in zip(columns, entries) where !entries.isEmpty && !own.isGivenUp {
      if assignBits(own, to: entries.map(\.code).max() ?? 0) {
        for entry in entries { words.add(own.bits, entry.code, entry.number) }
      } else if own.codes != nil {
        var codes = [[UInt32]](repeating: [], count: count)
        for entry in entries { codes[entry.number].append(entry.code) }
        column.forEach(rows) { row, number in
          for code in codes[Int(number)] {
            insert(code, own, at: Int(places[row - rows.lowerBound]))
          }
        }
      }
    }
    words.forEach { band, bits in bands[band].mark(column, rows, places: places, bits: bits) }
  }
}

/// For each number of a column the bits that it stands for, band by band.
private struct BandWords {
  private let count: Int
  private var words: [[UInt64]] = []

  init(_ count: Int) { self.count = count }

  mutating func add(_ bits: [Int], _ code: UInt32, _ number: Int) {
    guard code != GroupValues.none else { return }
    for bit in [bits[0], bits[Int(code)]] {
      while words.count <= bit >> 6 { words.append([]) }
      if words[bit >> 6].isEmpty { words[bit >> 6] = [UInt64](repeating: 0, count: count) }
      words[bit >> 6][number] |= 1 << UInt64(bit & 63)
    }
  }

  func forEach(_ body: (Int, [UInt64]) -> Void) {
    for (band, bits) in words.enumerated() where !bits.isEmpty { body(band, bits) }
  }
}
