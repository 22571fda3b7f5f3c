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
    case .open(let entries): entries.count
    case .packed(let entries): entries.presence.count
    }
  }

  @inline(__always)
  func row(at position: Int) -> Int {
    switch form {
    case .open(let entries): entries.row(at: position)
    case .packed(let entries): entries.presence.row(at: position)
    }
  }

  @inline(__always)
  func value(at position: Int) -> UInt32 {
    switch form {
    case .open(let entries): entries.value(at: position)
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
