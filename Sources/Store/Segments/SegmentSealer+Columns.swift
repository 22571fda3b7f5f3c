/// Packing the columns of attributes.
extension SegmentSealer {
  /// A column of attributes on its way: packed, but not in its block yet.
  struct Column {
    let key: UInt32
    let presence: UInt64
    let dictionary: PackedEntries.Dictionary?
    let numbers: PackedColumn.Layout
    let summary: ColumnSummary
  }

  func pack(
    _ column: AttributeColumn, _ group: ColumnGroups.Group, _ number: Int, of open: Segment
  ) -> Column {
    guard let entries = column.open else {
      return Column(
        key: column.key, presence: 0, dictionary: nil, numbers: .init(), summary: .init())
    }
    let presence = presence(of: entries, group, rows: open.count)
    let count = entries.count
    if encode(entries, count) {
      let dictionary = codes.dictionary()
      mark(number, entries, count, values: dictionary.values.count, open)
      var summary = ColumnSummary()
      for value in dictionary.values { summary.add(ValueReference(rawValue: value)) }
      let layout = unsafe writer.pack(
        codes: short.elements, count, highest: UInt64(max(0, dictionary.values.count - 1)))
      return Column(
        key: column.key, presence: presence, dictionary: dictionary, numbers: layout,
        summary: summary)
    }
    narrow.resize(to: count)
    var target = unsafe narrow.elements
    // Safe: there is room for every entry.
    unsafe entries.forEachRun(places: 0..<count) { _, values in
      if let source = values.baseAddress { unsafe target.update(from: source, count: values.count) }
      unsafe target += values.count
    }
    let layout = unsafe writer.pack(narrow.elements, count)
    return Column(
      key: column.key, presence: presence, dictionary: nil, numbers: layout,
      summary: summary(layout))
  }

  /// Puts a column's values into ``short`` as codes; false where that would take more than they do.
  private func encode(_ entries: OpenEntries, _ count: Int) -> Bool {
    codes.begin(entries: count)
    short.resize(to: count)
    let target = unsafe short.elements
    var (isCoded, start) = (true, 0)
    // Safe: there is room for every entry.
    unsafe entries.forEachRun(places: 0..<count) { _, values in
      isCoded = unsafe isCoded && codes.encode(values, into: target + start, seen: start)
      start += values.count
    }
    return isCoded
  }

  /// What there is in a column whose values stand in ``narrow``.
  private func summary(_ layout: PackedColumn.Layout) -> ColumnSummary {
    var summary = ColumnSummary()
    guard layout.count > 0 else { return summary }
    let low = ValueReference(rawValue: UInt32(truncatingIfNeeded: layout.lowest))
    let high = ValueReference(rawValue: UInt32(truncatingIfNeeded: layout.highest))
    // Of one kind those between are of it too; integers are in the order of their bits on either side of
    // zero.
    let isOneSided = low.kind != .smallInteger || low.smallInteger <= high.smallInteger
    if low.kind == high.kind, isOneSided {
      summary.add(low)
      summary.add(high)
    } else {
      for index in 0..<layout.count { summary.add(ValueReference(rawValue: narrow[index])) }
    }
    return summary
  }

  // MARK: - Presence

  /// Packs which rows have a key, once for all keys that the same rows have.
  private func presence(
    of entries: OpenEntries, _ group: ColumnGroups.Group, rows: Int
  ) -> UInt64 {
    var key = group.signature
    let count = entries.count
    // Columns of a group have as many entries as each other, but for what repeats.
    while let known = presences[key] {
      if !group.hasRepeats, !known.hasRepeats, known.count == count { return key }
      key &+= 1
    }
    var layout = RowPresence.Layout(form: .every, count: count)
    if group.hasRepeats || count != rows {
      short.resize(to: count)
      let target = unsafe short.elements
      var start = 0
      // Safe: there is room for every entry.
      unsafe entries.forEachRun(places: 0..<count) { rows, _ in
        if let source = rows.baseAddress {
          unsafe (target + start).update(from: source, count: rows.count)
        }
        start += rows.count
      }
      layout =
        unsafe group.hasRepeats ? list(target, count) : presence(target, count, rows: rows)
    }
    layout.hasRepeats = group.hasRepeats
    presences[key] = layout
    return key
  }

  private func list(_ holders: UnsafePointer<UInt16>, _ count: Int) -> RowPresence.Layout {
    RowPresence.Layout(form: .list, count: count, numbers: unsafe writer.pack(holders, count))
  }

  /// Packs rows that ascend, each once.
  func presence(
    _ holders: UnsafePointer<UInt16>, _ count: Int, rows: Int
  ) -> RowPresence.Layout {
    if count == rows { return RowPresence.Layout(form: .every, count: count) }
    // Ten bits or so for each row of a list; a bit and a quarter for each row that there is.
    if count * 10 < rows { return unsafe list(holders, count) }
    let wordCount = (rows + 63) >> 6
    bits.resize(to: wordCount)
    narrow.resize(to: wordCount)
    let (words, ranks) = unsafe (bits.elements, narrow.elements)
    // Safe: rows are below their number, so there is a word for each.
    unsafe words.update(repeating: 0, count: wordCount)
    var (place, word) = (0, UInt64(0))
    for index in 0..<count {
      let row = unsafe Int(holders[index])
      if row >> 6 != place {
        unsafe words[place] = word
        (place, word) = (row >> 6, 0)
      }
      word |= 1 &<< UInt64(truncatingIfNeeded: row)
    }
    unsafe words[place] = word
    var before: UInt32 = 0
    for index in 0..<wordCount {
      unsafe ranks[index] = before
      before &+= unsafe UInt32(truncatingIfNeeded: words[index].nonzeroBitCount)
    }
    let start = unsafe writer.copy(words, wordCount)
    return RowPresence.Layout(
      form: .bits, count: count, words: start, wordCount: wordCount,
      numbers: unsafe writer.pack(ranks, wordCount))
  }
}

/// Which columns of a segment the same rows have: those that stand in the same shapes.
struct ColumnGroups {
  struct Group: BitwiseCopyable {
    /// The same for columns of the same shapes, and for no others.
    var signature: UInt64 = 0
    /// Whether a row may have several entries.
    var hasRepeats = false
    /// The last shape that it was seen in, plus one.
    var shape: UInt32 = 0
  }

  private var groups: [Group]

  init(_ shapes: ShapeTable, columns: Int) {
    groups = [Group](repeating: Group(signature: Bytes.seed), count: columns)
    for shape in 0..<shapes.count {
      let (start, length) = shapes.extent(shape)
      let own = UInt32(truncatingIfNeeded: shape + 1)
      for position in start..<start + length {
        let column = Int(shapes.columns[position])
        if groups[column].shape == own {
          groups[column].hasRepeats = true
        } else {
          groups[column].shape = own
          groups[column].signature = Bytes.mix(
            groups[column].signature ^ UInt64(own), 0xe703_7ed1_a0b4_28db)
        }
      }
    }
  }

  subscript(column: Int) -> Group { groups[column] }
}
