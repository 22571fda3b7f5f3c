extension AttributeColumn {
  /// The places of one row's entries; none for a row that does not have the key.
  @inline(__always)
  func places(of row: Int) -> Range<Int> {
    if let packed {
      let first = packed.presence.position(of: row)
      return first..<max(first, packed.presence.position(of: row + 1))
    }
    guard let open else { return 0..<0 }
    let count = open.count
    let first = open.position(of: row, below: count)
    var end = first
    while end < count, open.row(at: end) == row { end += 1 }
    return first..<end
  }
}
