/// The shapes of a segment's rows: lists of columns that rows have in that order.
final class ShapeTable: @unchecked Sendable {
  // @unchecked: appended to by the store's writer alone; the columns publish their own counts.
  /// For each shape, where its list begins in `columns` above how long it is.
  private let extents = ChunkedColumn<UInt64>()
  let columns = ChunkedColumn<UInt32>()

  var count: Int { extents.count }

  var bytes: Int { extents.bytes + columns.bytes }

  @inline(__always)
  func extent(_ shape: Int) -> (start: Int, length: Int) {
    let packed = extents[shape]
    return (Int(packed >> 32), Int(packed & 0xFFFF_FFFF))
  }

  /// Adds a shape and returns its number.
  func append(_ list: UnsafeBufferPointer<UInt32>) -> UInt32 {
    let start = columns.count
    for index in 0..<list.count { columns.append(unsafe list[index]) }
    extents.append(UInt64(start) << 32 | UInt64(list.count))
    return UInt32(truncatingIfNeeded: extents.count - 1)
  }
}
