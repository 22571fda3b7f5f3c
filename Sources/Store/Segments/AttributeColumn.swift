/// Every value that the rows of a segment have under one key: (row, value), rows ascending, a row as often as it has the key.
///
/// One writer appends; readers use the entries of rows that were published to them.
final class AttributeColumn: @unchecked Sendable {
  // @unchecked: the columns are appended to by the store's writer alone and publish their own counts.
  /// The key's id in the segment's string table.
  let key: UInt32
  let rows = ChunkedColumn<UInt16>()
  let values = ChunkedColumn<UInt32>()

  init(key: UInt32) { self.key = key }

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

  /// The position of the first entry at or past a row, among those that stand below `count`.
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
