/// Turns a full segment into one that never changes and takes a good deal less memory.
///
/// String ids, word numbers and value references stay what they are. The heap of bytes is handed over;
/// everything else is packed anew, so readers that hold the open segment go on undisturbed. Costs some
/// 100 ns a row. Confined to the store's writer.
final class SegmentSealer {
  private var writer = PackedWriter()
  private var numbers = GrowingBuffer<UInt64>(capacity: SegmentRows.maximum)
  private let codes = CodeTable()
  /// Presences made for the segment, by a hash of their bits.
  private var known: [UInt64: (layout: RowPresence.Layout, bits: [UInt64])] = [:]

  /// A column of attributes on its way: packed, but not in its block yet.
  private struct Column {
    let key: UInt32
    let presence: UInt64
    let dictionary: PackedEntries.Dictionary?
    let numbers: PackedColumn.Layout
    let summary: ColumnSummary
  }

  /// A sealed segment with the rows, strings and values of another that is closed for writing.
  func seal(_ open: Segment) -> Segment {
    let rows = pack(open.rows, open.count)
    let columns = open.directory.columns.map { pack($0, rows: open.count) }
    let (words, powers) = pack(open.words)
    let offsets = packOffsets(of: open.strings)
    // The block is made once everything is in it.
    let block = writer.finish()
    var directory = open.directory
    var presences: [UInt64: RowPresence] = [:]
    directory.columns = columns.map { column in
      let presence =
        presences[column.presence]
        ?? RowPresence(block, known[column.presence]?.layout ?? .init(form: .list, count: 0))
      presences[column.presence] = presence
      return AttributeColumn(
        key: column.key,
        PackedEntries(
          block, presence: presence, dictionary: column.dictionary, numbers: column.numbers,
          summary: column.summary))
    }
    known = [:]
    return Segment(
      sealing: open, rows: SegmentRows(block, rows),
      strings: StringTable(sealing: open.strings, offsets: PackedColumn(block, offsets), in: block),
      words: WordTable(PackedWords(PackedColumn(block, words), powers: powers), in: block),
      directory: directory,
      packedBytes: block.bytes
        + columns.reduce(0) { $0 + 300 + ($1.dictionary?.values.count ?? 0) * 8 })
  }

  // MARK: - Rows

  /// Packs a number of each row.
  private func pack(_ count: Int, _ number: (Int) -> UInt64) -> PackedColumn.Layout {
    numbers.removeAll()
    for row in 0..<count { numbers.append(number(row)) }
    return unsafe writer.pack(numbers.elements, count)
  }

  /// Packs a column as it is.
  private func pack<Element>(_ column: RowColumn<Element>, _ count: Int) -> PackedColumn.Layout {
    guard let elements = unsafe column.elements else { return PackedColumn.Layout() }
    numbers.resize(to: count)
    let target = unsafe numbers.elements
    // Safe: the column has a segment's rows, and there is room for as many numbers.
    for row in 0..<count { unsafe target[row] = UInt64(truncatingIfNeeded: elements[row]) }
    return unsafe writer.pack(target, count)
  }

  /// Packs a column of numbers of a list as codes, which are quick to look for.
  private func packCodes<Element>(
    _ column: RowColumn<Element>, _ count: Int
  ) -> PackedColumn.Layout {
    numbers.resize(to: count)
    var highest: UInt64 = 0
    for row in 0..<count {
      numbers[row] = UInt64(column[row])
      highest = max(highest, numbers[row])
    }
    return unsafe writer.pack(codes: numbers.elements, count, highest: highest)
  }

  private func pack(_ rows: SegmentRows, _ count: Int) -> SegmentRows.Layout {
    var layout = SegmentRows.Layout(count: count)
    if let ids = unsafe rows.spanID.elements { layout.spanID = unsafe writer.copy(ids, count) }
    packParents(rows, count, &layout)
    layout.start = pack(rows.start, count)
    layout.distance = pack(count) { rows.end[$0] &- rows.start[$0] }
    layout.trace = pack(rows.trace, count)
    layout.name = pack(rows.name, count)
    layout.shape = pack(rows.shape, count)
    layout.previous = pack(rows.previous, count)
    let holders = (0..<count).filter { rows.extras[$0] != 0 }
    layout.extrasRows = presence(holders, rows: count)
    layout.extras = pack(holders.count) { UInt64(rows.extras[holders[$0]]) }
    layout.evidence = pack(rows.evidence, count)
    layout.spanClass = packCodes(rows.spanClass, count)
    layout.resource = packCodes(rows.resource, count)
    layout.scope = packCodes(rows.scope, count)
    layout.role = packCodes(rows.role, count)
    layout.eventCount = pack(rows.eventCount, count)
    return layout
  }

  /// Parents as distances to their rows. The last row with an id stands for it: any would do.
  private func packParents(_ rows: SegmentRows, _ count: Int, _ layout: inout SegmentRows.Layout) {
    var places = IDPlaces(count)
    for row in 0..<count { places.insert(rows.spanID[row], row) }
    var strangers: [Int] = []
    layout.parents = pack(count) { row in
      let parent = rows.parentID[row]
      if parent == 0 { return 0 }
      if let place = places.find(parent, rows.spanID) { return ParentColumn.code(place - row) }
      strangers.append(row)
      return 1
    }
    layout.strangerRows = pack(strangers.count) { UInt64(strangers[$0]) }
    layout.strangerIDs = pack(strangers.count) { rows.parentID[strangers[$0]] }
  }

  // MARK: - Attributes

  private func pack(_ column: AttributeColumn, rows: Int) -> Column {
    let presence = presenceKey(of: column, rows: rows)
    numbers.resize(to: column.count)
    if let dictionary = encode(column) {
      var summary = ColumnSummary()
      for value in dictionary.values { summary.add(ValueReference(rawValue: value)) }
      let layout = unsafe writer.pack(
        codes: numbers.elements, numbers.count, highest: UInt64(max(0, dictionary.values.count - 1))
      )
      return Column(
        key: column.key, presence: presence, dictionary: dictionary, numbers: layout,
        summary: summary)
    }
    let target = unsafe numbers.elements
    var place = 0
    // Safe: there is room for every entry.
    unsafe column.open?.forEachRun(0..<SegmentRows.maximum) { _, values in
      for index in 0..<values.count { unsafe target[place + index] = UInt64(values[index]) }
      place += values.count
    }
    let layout = unsafe writer.pack(target, place)
    return Column(
      key: column.key, presence: presence, dictionary: nil, numbers: layout,
      summary: summary(layout))
  }

  /// Puts a column's values into the numbers as codes; nil where that would take more than the values do.
  private func encode(_ column: AttributeColumn) -> PackedEntries.Dictionary? {
    codes.removeAll()
    let target = unsafe numbers.elements
    var place = 0
    var isCoded = true
    // Safe: there is room for every entry.
    unsafe column.open?.forEachRun(0..<SegmentRows.maximum) { _, values in
      isCoded = unsafe isCoded && codes.encode(values, into: target + place, seen: place)
      place += values.count
    }
    guard isCoded, codes.isWorthwhile(for: place) else { return nil }
    return PackedEntries.Dictionary(values: codes.values, counts: codes.counts)
  }

  /// What there is in a column whose values stand in the numbers.
  private func summary(_ layout: PackedColumn.Layout) -> ColumnSummary {
    var summary = ColumnSummary()
    guard layout.count > 0 else { return summary }
    let bounds = [layout.lowest, layout.highest].map {
      ValueReference(rawValue: UInt32(truncatingIfNeeded: $0))
    }
    if bounds.allSatisfy({ $0.kind == bounds[0].kind }), bounds[0].kind != .smallInteger {
      for bound in bounds { summary.add(bound) }
    } else {
      for index in 0..<layout.count {
        summary.add(ValueReference(rawValue: UInt32(truncatingIfNeeded: numbers[index])))
      }
    }
    return summary
  }

  // MARK: - Presence

  /// Packs which rows have a key, once for all keys that the same rows have.
  private func presenceKey(of column: AttributeColumn, rows: Int) -> UInt64 {
    var bits = [UInt64](repeating: 0, count: (rows + 63) >> 6)
    var hasRepeats = false
    unsafe bits.withUnsafeMutableBufferPointer { bits in
      var last = -1
      unsafe column.open?.forEachRun(0..<SegmentRows.maximum) { places, _ in
        for index in 0..<places.count {
          let row = unsafe Int(places[index])
          hasRepeats = hasRepeats || row == last
          last = row
          unsafe bits[row >> 6] |= 1 << UInt64(row & 63)
        }
      }
    }
    let count = column.count
    var hash = bits.reduce(UInt64(count) << 1 | (hasRepeats ? 1 : 0)) {
      Bytes.mix($0 ^ $1 ^ 0x9e37_79b9_7f4a_7c15, 0xe703_7ed1_a0b4_28db)
    }
    while let other = known[hash] {
      if !hasRepeats, other.layout.count == count, other.bits == bits { return hash }
      hash &+= 1
    }
    var layout = hasRepeats ? list(column) : presence(bits, count: count, rows: rows)
    layout.hasRepeats = hasRepeats
    // What has repeats is shared with nobody: its bits do not say it all.
    known[hash] = (layout, hasRepeats ? [] : bits)
    return hash
  }

  private func list(_ column: AttributeColumn) -> RowPresence.Layout {
    var rows: [Int] = []
    column.forEachEntry(0..<SegmentRows.maximum) { row, _ in rows.append(row) }
    return list(rows)
  }

  private func list(_ rows: [Int]) -> RowPresence.Layout {
    RowPresence.Layout(
      form: .list, count: rows.count, numbers: pack(rows.count) { UInt64(rows[$0]) })
  }

  private func presence(_ holders: [Int], rows: Int) -> RowPresence.Layout {
    var bits = [UInt64](repeating: 0, count: (rows + 63) >> 6)
    for row in holders { bits[row >> 6] |= 1 << UInt64(row & 63) }
    return presence(bits, count: holders.count, rows: rows)
  }

  private func presence(_ bits: [UInt64], count: Int, rows: Int) -> RowPresence.Layout {
    if count == rows { return RowPresence.Layout(form: .every, count: count) }
    // Ten bits or so for each row of a list; a bit and a quarter for each row that there is.
    if count * 10 < rows {
      var list: [Int] = []
      list.reserveCapacity(count)
      for (index, word) in bits.enumerated() {
        for row in Bits(word, from: UInt64(index << 6)) { list.append(Int(row)) }
      }
      return self.list(list)
    }
    let words = unsafe bits.withUnsafeBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe writer.copy($0, buffer.count) } ?? 0
    }
    var before = 0
    let ranks = pack(bits.count) { index in
      defer { before += bits[index].nonzeroBitCount }
      return UInt64(before)
    }
    return RowPresence.Layout(
      form: .bits, count: count, words: words, wordCount: bits.count, numbers: ranks)
  }

  // MARK: - Words and strings

  private func pack(_ words: WordTable) -> (PackedColumn.Layout, powers: [UInt8]) {
    let count = words.count
    numbers.resize(to: count)
    for index in 0..<count { numbers[index] = words[index] }
    let size = 1 << PackedColumn.blockShift
    // Safe: each block lies within the numbers.
    let powers = stride(from: 0, to: count, by: size).map { start in
      unsafe PackedWords.convert(
        UnsafeMutableBufferPointer(
          start: numbers.elements + start, count: min(size, count - start)))
    }
    return (unsafe writer.pack(numbers.elements, count), powers)
  }

  private func packOffsets(of strings: StringTable) -> PackedColumn.Layout {
    pack(strings.count) { UInt64(strings.offset($0)) }
  }
}
