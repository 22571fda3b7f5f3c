/// The entries of one key in a sealed segment: which rows have it, and their values as codes of a
/// dictionary where few are distinct, else packed as they are.
final class PackedEntries: Sendable {
  /// The distinct values with the number of entries that have each; a code is a place in it.
  struct Dictionary: Sendable {
    let values: [UInt32]
    let counts: [UInt32]

    /// The code of a value.
    func code(of value: UInt32) -> Int? { values.firstIndex(of: value) }
  }

  let presence: RowPresence
  let dictionary: Dictionary?
  /// Codes where there is a dictionary, else the values' bits.
  let numbers: PackedColumn
  let summary: ColumnSummary
  private let block: PackedBlock

  init(
    _ block: PackedBlock, presence: RowPresence, dictionary: Dictionary?,
    numbers: PackedColumn.Layout, summary: ColumnSummary
  ) {
    self.block = block
    self.presence = presence
    self.dictionary = dictionary
    self.numbers = PackedColumn(block, numbers)
    self.summary = summary
  }

  @inline(__always)
  func value(at position: Int) -> UInt32 {
    let number = numbers[position]
    return dictionary?.values[Int(truncatingIfNeeded: number)]
      ?? UInt32(truncatingIfNeeded: number)
  }

  /// The places of some rows' entries.
  func places(_ rows: Range<Int>) -> Range<Int> {
    let first = rows.lowerBound == 0 ? 0 : presence.position(of: rows.lowerBound)
    let end =
      rows.upperBound >= SegmentRows.maximum
      ? presence.count : presence.position(of: rows.upperBound)
    return first..<max(first, end)
  }

  /// Calls `body` with the row and the number of each entry of some rows.
  @inline(__always)
  func forEachNumber(_ rows: Range<Int>, _ body: (Int, UInt64) -> Void) {
    presence.forEachRow(places(rows), numbers, body)
  }

}

// MARK: - Answering questions

extension PackedEntries {
  /// Adds the rows whose value is wanted, each distinct value asked once; false where there is no
  /// dictionary to ask.
  func mark(
    _ scan: RowScan, _ bits: inout RowBits, where isWanted: (ValueReference) -> Bool
  ) -> Bool {
    guard let dictionary else { return false }
    let answers = dictionary.values.map { isWanted(ValueReference(rawValue: $0)) }
    guard answers.contains(true) else {
      scan.meter.skippedColumn()
      return true
    }
    scan.meter.scanned(rows: places(scan.rows).count)
    mark(codes: answers, scan.rows, &bits)
    return true
  }

  /// Adds the rows whose code was answered yes.
  func mark(codes answers: [Bool], _ rows: Range<Int>, _ bits: inout RowBits) {
    let wanted = answers.indices.filter { answers[$0] }
    if wanted.count <= 3, let codes = numbers.codes {
      for code in wanted { presence.insert(codes.equal(to: UInt64(code)), into: &bits) }
      return
    }
    forEachNumber(rows) { row, code in
      if answers[Int(truncatingIfNeeded: code)] { bits.insert(row) }
    }
  }

  /// Adds the rows whose value's bits lie in a range; for columns without a dictionary.
  func mark(_ range: ClosedRange<UInt32>, _ rows: Range<Int>, _ bits: inout RowBits) {
    let low = UInt64(range.lowerBound)
    let width = UInt64(range.upperBound) - low
    forEachNumber(rows) { row, value in if value &- low <= width { bits.insert(row) } }
  }
}

// What it points to never changes and is kept by whoever holds the column.
extension PackedColumn: @unchecked Sendable {}
