/// Every value that the rows of a segment have under one key: (row, value), rows ascending, a row as often as it has the key.
///
/// While the segment is open one writer appends, and readers use the entries of rows that were published
/// to them. A sealed segment has columns of its own, packed, that never change.
final class AttributeColumn: Sendable {
  /// The key's id in the segment's string table.
  let key: UInt32
  /// The entries of a segment that is being written, or those of a sealed one.
  private let form: Form

  private enum Form: Sendable {
    case open(OpenEntries)
    case packed(PackedEntries)
  }

  init(key: UInt32) {
    self.key = key
    form = .open(OpenEntries())
  }

  init(key: UInt32, _ packed: PackedEntries) {
    self.key = key
    form = .packed(packed)
  }

  /// The entries of an open segment's column.
  var open: OpenEntries? { if case .open(let entries) = form { entries } else { nil } }

  /// The entries of a sealed segment's column.
  var packed: PackedEntries? { if case .packed(let entries) = form { entries } else { nil } }

  // MARK: - Reading

  /// How many entries there are.
  var count: Int {
    switch form {
    case .open(let entries): entries.rows.count
    case .packed(let entries): entries.presence.count
    }
  }

  @inline(__always)
  func row(at position: Int) -> Int {
    switch form {
    case .open(let entries): Int(entries.rows[position])
    case .packed(let entries): entries.presence.row(at: position)
    }
  }

  @inline(__always)
  func value(at position: Int) -> UInt32 {
    switch form {
    case .open(let entries): entries.values[position]
    case .packed(let entries): entries.value(at: position)
    }
  }

  /// The position of the first entry at or past a row, among those that stand below `count`.
  func position(of row: Int, below count: Int) -> Int {
    switch form {
    case .open(let entries): entries.position(of: row, below: count)
    case .packed(let entries): min(entries.presence.position(of: row), count)
    }
  }

  /// What there is in a sealed segment's column, or in an open one's as it stands now.
  var summary: ColumnSummary { packed?.summary ?? ColumnSummary(self) }
}

/// The entries of a column that is being written.
final class OpenEntries: @unchecked Sendable {
  // @unchecked: the columns are appended to by the store's writer alone and publish their own counts.
  let rows = ChunkedColumn<UInt16>()
  let values = ChunkedColumn<UInt32>()

  var bytes: Int { rows.bytes + values.bytes + 96 }

  /// Appends an entry and returns how many bytes of memory that took.
  @inline(__always)
  func append(row: Int, _ value: ValueReference) -> Int {
    let before = values.bytes
    values.append(value.rawValue)
    // Last, so that whoever sees the row sees its value.
    rows.append(UInt16(truncatingIfNeeded: row))
    // Both grow at the same entries, and a row is half as wide as a value.
    return (values.bytes - before) * 3 / 2
  }

  func position(of row: Int, below count: Int) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if Int(rows[middle]) < row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
