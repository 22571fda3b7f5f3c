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

  /// Finds the row before a number, and the number behind the row of the same trace that came before it;
  /// zero for none.
  @inline(__always)
  private mutating func step(_ number: UInt64) -> (view: Int, row: Int, next: UInt64)? {
    guard let (view, row) = find(number - 1) else { return nil }
    let back = UInt64(views[view].segment.rows.previous[row])
    return (view, row, back == 0 ? 0 : number - back)
  }

  /// Calls `body` for each row of a trace, the last to arrive first: with the place of its segment in
  /// ``views`` and the row in it.
  @inline(__always)
  mutating func forEachRow(
    backFrom lastRow: UInt64, _ body: (_ view: Int, _ row: Int) -> Void
  ) {
    var number = lastRow
    while number > 0, let step = step(number) {
      body(step.view, step.row)
      number = step.next
    }
  }

  /// How many traces' last rows are looked up before the first of them is followed.
  private static let tracesAhead = 64

  /// The same for many traces: their rows lie far apart, so the last ones of some traces are asked for at
  /// once, and while one comes from memory so do the others.
  @inline(__always)
  mutating func forEachRow(
    backFromEach lastRows: [UInt64], _ body: (_ view: Int, _ row: Int) -> Void
  ) {
    var steps: [(view: Int, row: Int, next: UInt64)] = []
    steps.reserveCapacity(Self.tracesAhead)
    for first in stride(from: 0, to: lastRows.count, by: Self.tracesAhead) {
      steps.removeAll(keepingCapacity: true)
      for last in lastRows[first..<min(first + Self.tracesAhead, lastRows.count)] where last > 0 {
        if let step = step(last) { steps.append(step) }
      }
      for step in steps {
        body(step.view, step.row)
        forEachRow(backFrom: step.next, body)
      }
    }
  }
}
