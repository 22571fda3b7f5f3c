/// What the store held at one moment: references and counts, never a copy of spans.
///
/// Any number of threads may read it for as long as they like; what it refers to stays in memory for
/// that long, so it should not be kept without need.
public struct Snapshot: Sendable {
  /// Grows with every append.
  public let version: UInt64
  public let statistics: StoreStatistics
  let sealed: [SegmentView]
  let open: SegmentView
  let chunks: TraceChunks
  let requests: RequestCounts
  /// Whether traces with higher numbers may have arrived before ones with lower numbers.
  let isBackfilled: Bool
  /// Grows when rows were moved to other segments.
  let moves: Int
  var logs = LogsView()
  /// What the store's spans were read by.
  public internal(set) var vocabulary = Vocabulary.standard

  /// The numbers that may be held; some of the lower ones may be evicted.
  public var traceNumbers: Range<UInt64> { chunks.base..<chunks.end }

  /// The segments, oldest first.
  var segments: [SegmentView] { sealed + [open] }

  var firstSerial: UInt64 { sealed.first?.segment.serial ?? open.segment.serial }

  /// Where a row stands, or nil where it is not held (any more, or yet).
  func place(_ row: UInt64) -> (view: SegmentView, row: Int)? {
    guard let (sealed, position) = locate(row) else { return nil }
    return (sealed.map { self.sealed[$0] } ?? open, position)
  }

  /// The role of a row; nil where it is not held. No view is copied for it.
  func role(ofRow row: UInt64) -> UInt8? {
    guard let (sealed, position) = locate(row) else { return nil }
    guard let sealed else { return open.segment.rows.role[position] }
    return self.sealed[sealed].segment.rows.role[position]
  }

  /// The place among ``sealed`` of the segment that a row is in, nil for ``open``, and the row in it.
  private func locate(_ row: UInt64) -> (sealed: Int?, row: Int)? {
    let serial = row >> 16
    if serial == open.segment.serial {
      let position = Int(row & 0xFFFF)
      return position < open.count ? (nil, position) : nil
    }
    guard let place = sealed.place(ofSerial: serial),
      let position = sealed[place].segment.row(ofNumber: row)
    else { return nil }
    return position < sealed[place].count ? (place, position) : nil
  }

  /// The record of a trace that is held.
  func traceRecord(_ number: UInt64) -> TraceRecord? {
    guard chunks.contains(number) else { return nil }
    let record = chunks[number]
    return record.isHeld ? record : nil
  }

  /// Calls `body` for each span of a trace, the last to arrive first.
  func forEachRow(of record: TraceRecord, _ body: (SegmentView, Int) -> Void) {
    var row = record.lastRow
    while row > 0, let (view, position) = place(row - 1) {
      body(view, position)
      let back = UInt64(view.segment.rows.previous[position])
      row = back == 0 ? 0 : row - back
    }
  }
}
