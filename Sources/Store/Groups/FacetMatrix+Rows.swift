/// Reading rows.
extension FacetMatrix {
  /// Takes in some rows of a segment, and returns how many entries were looked at.
  func look(_ view: SegmentView, _ rows: Range<Int>) -> Int {
    guard !rows.isEmpty else { return 0 }
    let places = places(of: rows, view)
    var looked = 0
    // All values are given their codes before anything is marked: a key may turn out to have more than have bits.
    var coded: [(entries: PackedEntries, codes: [UInt32], own: FacetColumn)] = []
    for column in view.directory.columns {
      let count = column.count(in: rows)
      guard count > 0, let own = self.column(of: column.key, in: view) else { continue }
      looked += count
      guard let packed = column.packed, let dictionary = packed.dictionary else {
        takeEach(column, own, view, rows, places)
        continue
      }
      let codes = dictionary.values.map {
        own.code(of: ValueReference(rawValue: $0), in: view.segment)
      }
      if own.isHopeless {
        giveUp(own)
      } else {
        _ = assignBits(own, to: codes.max() ?? 0)
        coded.append((packed, codes, own))
      }
    }
    let origins = [true, false].map { isOfResources in
      let entries = codes(
        of: isOfResources ? view.directory.resources : view.directory.scopes, isOfResources, view,
        rows)
      if entries.contains(where: { !$0.isEmpty }) { looked += rows.count }
      for (own, entries) in zip(columns, entries) where !entries.isEmpty {
        _ = assignBits(own, to: entries.map(\.code).max() ?? 0)
      }
      return entries
    }
    var marks = RowMarks()
    for (entries, codes, own) in coded { take(entries, codes, own, rows, places, &marks) }
    for (entries, isOfResources) in zip(origins, [true, false]) {
      take(entries, isOfResources, view, rows, places, &marks)
    }
    marks.mark(bands, view.segment, rows, places: places)
    sweep()
    return looked
  }

  /// The places of the rows' traces.
  private func places(of rows: Range<Int>, _ view: SegmentView) -> [UInt32] {
    // The low half of a number says which it is, as long as numbers held lie less than 2^31 apart.
    let (first, end) = (UInt32(truncatingIfNeeded: base), UInt32(placeCount - 1))
    return RowMarks.places(of: view.segment.rows.trace, rows, from: first, below: end)
  }

  // MARK: - What spans say

  /// Takes in a column whose values have codes.
  private func take(
    _ entries: PackedEntries, _ codes: [UInt32], _ own: FacetColumn, _ rows: Range<Int>,
    _ places: [UInt32], _ marks: inout RowMarks
  ) {
    guard own.codes != nil else { return marks.add(entries, codes, own) }
    var found: [UInt32] = []
    var holders: [UInt32] = []
    entries.forEachNumber(rows) { row, number in
      found.append(codes[Int(truncatingIfNeeded: number)])
      holders.append(places[row - rows.lowerBound])
    }
    insert(found, own, at: holders)
  }

  /// Takes in a column whose values have none, entry by entry.
  private func takeEach(
    _ column: AttributeColumn, _ own: FacetColumn, _ view: SegmentView, _ rows: Range<Int>,
    _ places: [UInt32]
  ) {
    let segment = view.segment
    let first = rows.lowerBound
    var found: [UInt32] = []
    var holders: [UInt32] = []
    // Taken out, so that they are changed where they are and not copied.
    var known = own.rows
    own.rows = SegmentCodes.empty
    known.begin(segment)
    found.reserveCapacity(column.count(in: rows))
    holders.reserveCapacity(column.count(in: rows))
    var recent = RecentCodes()
    if let words = segment.words.packed, column.summary.hasWordsAlone {
      var numbers = NumberCodes()
      words.withParts { parts, powers in
        column.forEachEntry(rows) { row, value in
          let word = Int(ValueReference(rawValue: value).payload)
          let power = powers[word >> PackedColumn.blockShift]
          if power != numbers.power {
            numbers.turn(to: power)
            recent = RecentCodes()
          }
          let number = parts[word]
          found.append(
            recent.code(number) {
              numbers.code(number) { own.code(of: ValueReference(rawValue: value), in: segment) }
            })
          holders.append(places[row &- first])
        }
      }
    } else {
      column.forEachEntry(rows) { row, value in
        found.append(
          recent.code(UInt64(value)) {
            known.code(value, in: segment) { own.code(of: $0, in: segment) }
          })
        holders.append(places[row &- first])
      }
    }
    own.rows = known
    if own.isHopeless { giveUp(own) } else { insert(found, own, at: holders) }
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
    _ entries: [[(number: Int, code: UInt32)]], _ isOfResources: Bool, _ view: SegmentView,
    _ rows: Range<Int>, _ places: [UInt32], _ marks: inout RowMarks
  ) {
    let origins = isOfResources ? view.directory.resources : view.directory.scopes
    let column = isOfResources ? view.segment.rows.resource : view.segment.rows.scope
    for (own, entries) in zip(columns, entries) where !entries.isEmpty && !own.isGivenUp {
      guard own.codes != nil else {
        for (number, code) in entries {
          marks.add(code, own, of: number, isOfResources: isOfResources, count: origins.count)
        }
        continue
      }
      var codes = [[UInt32]](repeating: [], count: origins.count)
      for entry in entries { codes[entry.number].append(entry.code) }
      var found: [UInt32] = []
      var holders: [UInt32] = []
      column.forEach(rows) { row, number in
        for code in codes[Int(number)] {
          found.append(code)
          holders.append(places[row - rows.lowerBound])
        }
      }
      insert(found, own, at: holders)
    }
  }
}

/// The codes of words that do not stand in their references, as they are packed: none is unpacked twice.
private struct NumberCodes {
  /// Those of words with one power, the last that was asked for.
  private var codes = CodeMap()
  private(set) var power: UInt8 = 0
  private var others: [UInt8: CodeMap] = [:]

  mutating func code(_ number: UInt64, _ make: () -> UInt32) -> UInt32 {
    // A map has no place for the largest number.
    if number == .max { return make() }
    if let known = codes[number] { return known }
    let code = make()
    codes.insert(number, code)
    return code
  }

  mutating func turn(to power: UInt8) {
    others[self.power] = codes
    codes = others.removeValue(forKey: power) ?? CodeMap()
    self.power = power
  }
}

/// The codes of some of the numbers that came last, in memory that counts no references.
private struct RecentCodes {
  private var numbers = InlineArray<64, UInt64>(repeating: .max)
  private var codes = InlineArray<64, UInt32>(repeating: GroupValues.none)

  @inline(__always)
  mutating func code(_ number: UInt64, _ find: () -> UInt32) -> UInt32 {
    let place = Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 58)
    if numbers[place] == number, number != .max { return codes[place] }
    let code = find()
    (numbers[place], codes[place]) = (number, code)
    return code
  }
}
