/// Turns a full segment into one that never changes and takes a good deal less memory.
///
/// String ids, word numbers and value references stay what they are. The heap of bytes is handed over;
/// everything else is packed anew, so readers that hold the open segment go on undisturbed. Nothing of
/// the open segment is changed, nor read that its writer still changes, so any thread may do it once the
/// segment is closed; a sealer is used by one at a time.
final class SegmentSealer {
  var writer = PackedWriter()
  let codes = CodeTable()
  // Numbers on their way, kept from column to column: 64 bits, 32, the codes or rows of entries.
  var wide = GrowingBuffer<UInt64>(capacity: 1)
  var narrow = GrowingBuffer<UInt32>(capacity: 1)
  var short = GrowingBuffer<UInt16>(capacity: 1)
  /// A bit for each row.
  var bits = GrowingBuffer<UInt64>(capacity: SegmentRows.maximum >> 6)
  /// Presences made for the segment, by what tells columns apart that other rows have.
  var presences: [UInt64: RowPresence.Layout] = [:]
  /// What the rows say of their traces.
  var marks = MarksDraft()
  /// The keys that are worth it.
  let keys: FacetKeys

  init(_ vocabulary: Vocabulary = .standard) { keys = FacetKeys(vocabulary) }

  /// A sealed segment with the rows, strings and values of another that is closed for writing.
  func seal(_ open: Segment) -> Segment {
    writer.begin(expecting: SegmentSealer.mostWords(of: open))
    let rows = pack(open.rows, open.count)
    beginMarks(open)
    let groups = ColumnGroups(open.shapes, columns: open.directory.columns.count)
    presences = [:]
    var columns: [Column] = []
    columns.reserveCapacity(open.directory.columns.count)
    for (number, column) in open.directory.columns.enumerated() {
      columns.append(pack(column, groups[number], number, of: open))
    }
    let marks = finishMarks()
    let (words, powers) = pack(open.words)
    let (offsets, isOrdered) = packOffsets(of: open.strings)
    // The block is made once everything is in it.
    let block = writer.finish()
    var directory = open.directory
    let made = presences.mapValues { RowPresence(block, $0) }
    let nowhere = RowPresence(block, RowPresence.Layout(form: .list, count: 0))
    directory.columns = columns.map { column in
      AttributeColumn(
        key: column.key,
        PackedEntries(
          block, presence: made[column.presence] ?? nowhere, dictionary: column.dictionary,
          numbers: column.numbers, summary: column.summary))
    }
    presences = [:]
    return Segment(
      sealing: open, rows: SegmentRows(block, rows),
      strings: StringTable(
        sealing: open.strings, offsets: PackedColumn(block, offsets), isOrdered: isOrdered,
        in: block),
      words: WordTable(PackedWords(PackedColumn(block, words), powers: powers), in: block),
      directory: directory, marks: marks,
      packedBytes: block.bytes
        + columns.reduce(0) { $0 + 300 + ($1.dictionary?.values.count ?? 0) * 8 })
  }

  /// More words than a segment's packed form can take: entries in their own width, rows in theirs, heads
  /// and the bits of presences.
  private static func mostWords(of open: Segment) -> Int {
    let rows = open.count * (SegmentRows.bytesPerRow + 16)
    let columns = open.columnBytes + open.directory.columns.count * (open.count / 4 + 256)
    return (rows + columns) / 8 + open.strings.count + open.words.count + 1 << 13
  }

  // MARK: - Words and strings

  private func pack(_ words: WordTable) -> (PackedColumn.Layout, powers: [UInt8]) {
    let count = words.count
    wide.resize(to: count)
    // Safe: there is room for every word, and each block lies within them.
    unsafe words.copy(to: wide.elements)
    let size = 1 << PackedColumn.blockShift
    let powers = stride(from: 0, to: count, by: size).map { start in
      unsafe PackedWords.convert(
        UnsafeMutableBufferPointer(start: wide.elements + start, count: min(size, count - start)))
    }
    return (unsafe writer.pack(wide.elements, count), powers)
  }

  private func packOffsets(of strings: StringTable) -> (PackedColumn.Layout, isOrdered: Bool) {
    let count = strings.count
    narrow.resize(to: count)
    let offsets = unsafe narrow.elements
    // Safe: there is room for every offset.
    unsafe strings.copyOffsets(to: offsets)
    var isOrdered = true
    for index in 1..<max(1, count) where unsafe offsets[index] < offsets[index - 1] {
      isOrdered = false
    }
    return (unsafe writer.pack(offsets, count), isOrdered)
  }
}
