/// The rows of some traces, segment by segment: found along each trace's chain of rows, so that it
/// costs what those traces have and not what is held.
struct TraceRows {
  /// Rows of one segment.
  struct Piece {
    let view: SegmentView
    /// Of the range from the first of them to the last.
    let rows: RowBits
  }

  private(set) var pieces: [Piece] = []

  init(of numbers: [UInt64], in snapshot: Snapshot) {
    var finder = RowFinder(snapshot)
    let views = finder.views
    var found = [[UInt32]](repeating: [], count: views.count)
    for number in numbers where snapshot.chunks.isHeld(number) {
      var row = snapshot.chunks[number].lastRow
      while row > 0, let (view, position) = finder.find(row - 1) {
        found[view].append(UInt32(truncatingIfNeeded: position))
        let back = UInt64(views[view].segment.rows.previous[position])
        row = back == 0 ? 0 : row - back
      }
    }
    for (view, positions) in zip(views, found) {
      guard let first = positions.min(), let last = positions.max() else { continue }
      var rows = RowBits(Int(first)..<Int(last) + 1)
      for position in positions { rows.insert(Int(position)) }
      pieces.append(Piece(view: view, rows: rows))
    }
  }
}
