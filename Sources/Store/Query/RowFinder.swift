/// Finds where rows stand, for loops that look up many of one snapshot: the segment that the last row
/// was in is tried first, and no view is copied.
struct RowFinder {
  let views: [SegmentView]
  private var current = (serial: UInt64.max, place: 0)

  init(_ snapshot: Snapshot) { views = snapshot.segments }

  /// The place of the segment in ``views`` and of the row in it; nil for a row that is not held.
  @inline(__always)
  mutating func find(_ row: UInt64) -> (view: Int, row: Int)? {
    let serial = row >> 16
    if serial != current.serial {
      guard let place = views.place(ofSerial: serial) else { return nil }
      current = (serial, place)
    }
    guard let position = views[current.place].segment.row(ofNumber: row),
      position < views[current.place].count
    else { return nil }
    return (current.place, position)
  }
}
