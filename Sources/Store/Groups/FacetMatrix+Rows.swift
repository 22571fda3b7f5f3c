/// Reading rows.
extension FacetMatrix {
  /// Takes in some rows of a segment, and returns how many entries were looked at.
  func look(_ view: SegmentView, _ rows: Range<Int>) -> Int {
    guard !rows.isEmpty else { return 0 }
    let places = RowPlaces(view.segment, rows, from: base, count: placeCount)
    let marked = rows == 0..<view.count ? view.segment.marks : nil
    var looked = 0
    // All values are given their codes before anything is marked: a key may turn out to have more than have bits.
    var coded: [(number: Int, entries: PackedEntries, codes: [UInt32], own: FacetColumn)] = []
    for (number, column) in view.directory.columns.enumerated() {
      let count = column.count(in: rows)
      guard count > 0, let own = self.column(of: column.key, in: view) else { continue }
      guard let packed = column.packed, let dictionary = packed.dictionary else {
        looked += count
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
        coded.append((number, packed, codes, own))
      }
    }
    let origins = [true, false].map { isOfResources in
      let entries = codes(
        of: isOfResources ? view.directory.resources : view.directory.scopes, isOfResources, view,
        rows)
      for (own, entries) in zip(columns, entries) where !entries.isEmpty {
        _ = assignBits(own, to: entries.map(\.code).max() ?? 0)
      }
      return entries
    }
    var marks = SegmentWords(rows: RowMarks(), traces: marked.map { MarkWords($0) })
    for (number, entries, codes, own) in coded {
      if own.codes == nil, let first = marked?.firstBit(ofColumn: number) {
        looked += marked?.traces.count ?? 0
        for (value, code) in codes.enumerated() { marks.traces?.add(first + value, code, own) }
      } else {
        looked += entries.places(rows).count
        take(entries, codes, own, rows, places, &marks.rows)
      }
    }
    for (entries, isOfResources) in zip(origins, [true, false])
    where entries.contains(where: { !$0.isEmpty }) {
      let first = isOfResources ? marked?.resources : marked?.scopes
      looked += first == nil ? rows.count : marked?.traces.count ?? 0
      take(entries, isOfResources, first, view, rows, places, &marks)
    }
    if !marks.rows.isEmpty { marks.rows.mark(bands, view.segment, rows, places: places.all) }
    marks.traces?.write(to: bands, places)
    sweep()
    return looked
  }

  // MARK: - What spans say

  /// Takes in a column whose values have codes.
  private func take(
    _ entries: PackedEntries, _ codes: [UInt32], _ own: FacetColumn, _ rows: Range<Int>,
    _ places: RowPlaces, _ marks: inout RowMarks
  ) {
    guard own.codes != nil else { return marks.add(entries, codes, own) }
    var found: [UInt32] = []
    var holders: [UInt32] = []
    let places = places.all
    entries.forEachNumber(rows) { row, number in
      found.append(codes[Int(truncatingIfNeeded: number)])
      holders.append(places[row - rows.lowerBound])
    }
    insert(found, own, at: holders)
  }

  /// Takes in a column whose values have none, entry by entry.
  private func takeEach(
    _ column: AttributeColumn, _ own: FacetColumn, _ view: SegmentView, _ rows: Range<Int>,
    _ places: RowPlaces
  ) {
    let segment = view.segment
    let (values, holders) = entries(of: column, rows, places)
    var found: [UInt32] = []
    found.reserveCapacity(values.count)
    // Taken out, so that they are changed where they are and not copied.
    var known = own.rows
    own.rows = SegmentCodes.empty
    known.begin(segment)
    var recent = RecentCodes()
    if let words = segment.words.packed, column.summary.hasWordsAlone {
      var numbers = NumberCodes()
      words.withParts { parts, powers in
        for value in values {
          let word = Int(ValueReference(rawValue: value).payload)
          let power = powers[word >> PackedColumn.blockShift]
          if power != numbers.power {
            numbers.turn(to: power)
            recent = RecentCodes()
          }
          let number = parts[word]
          if let code = recent[number] {
            found.append(code)
            continue
          }
          let code = numbers.code(number) {
            own.code(of: ValueReference(rawValue: value), in: segment)
          }
          recent[number] = code
          found.append(code)
        }
      }
    } else {
      for value in values {
        if let code = recent[UInt64(value)] {
          found.append(code)
          continue
        }
        let code = known.code(value, in: segment) { own.code(of: $0, in: segment) }
        recent[UInt64(value)] = code
        found.append(code)
      }
    }
    own.rows = known
    if own.isHopeless { giveUp(own) } else { insert(found, own, at: holders) }
  }

  /// The values of a column's entries, and the places of their traces: each in memory of its own, so that what is
  /// done with them is a plain loop.
  private func entries(
    of column: AttributeColumn, _ rows: Range<Int>, _ places: RowPlaces
  ) -> (values: [UInt32], places: [UInt32]) {
    let count = column.count(in: rows)
    var owners: [UInt32] = []
    if count > rows.count / 4 { owners = places.all }
    let first = rows.lowerBound
    var values: [UInt32] = []
    let holders = unsafe [UInt32](unsafeUninitializedCapacity: count) { holders, filled in
      unsafe values = [UInt32](unsafeUninitializedCapacity: count) { target, written in
        var entry = 0
        column.forEachEntry(rows) { row, value in
          guard entry < count else { return }
          // Safe: there is room for so many.
          unsafe target[entry] = value
          unsafe holders[entry] = owners.isEmpty ? places[row] : owners[row &- first]
          entry &+= 1
        }
        (filled, written) = (entry, entry)
      }
    }
    return (values, holders)
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

  /// Takes in what origins say; `first` is the bit of the first of them in the segment's marks.
  private func take(
    _ entries: [[(number: Int, code: UInt32)]], _ isOfResources: Bool, _ first: Int?,
    _ view: SegmentView, _ rows: Range<Int>, _ places: RowPlaces, _ marks: inout SegmentWords
  ) {
    let origins = isOfResources ? view.directory.resources : view.directory.scopes
    let column = isOfResources ? view.segment.rows.resource : view.segment.rows.scope
    for (own, entries) in zip(columns, entries) where !entries.isEmpty && !own.isGivenUp {
      guard own.codes != nil else {
        for (number, code) in entries {
          if let first {
            marks.traces?.add(first + number, code, own)
          } else {
            marks.rows.add(
              code, own, of: number, isOfResources: isOfResources, count: origins.count)
          }
        }
        continue
      }
      var codes = [[UInt32]](repeating: [], count: origins.count)
      for entry in entries { codes[entry.number].append(entry.code) }
      var found: [UInt32] = []
      var holders: [UInt32] = []
      let places = places.all
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

/// What a segment says of its traces: under some keys row by row, under others trace by trace.
private struct SegmentWords {
  var rows: RowMarks
  var traces: MarkWords?
}
