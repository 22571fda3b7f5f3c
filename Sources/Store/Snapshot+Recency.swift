/// Which trace was touched last: the order in which one-shot output and viewers get them.
extension Snapshot {
  /// The traces held, the one whose last span arrived last first; found one at a time, newest rows
  /// first, so that the first few cost nothing however many are held.
  public var tracesByRecency: RecentTraces { RecentTraces(self) }

  /// The last span of a trace to arrive: the later it stands, the later its trace was touched.
  public func lastReference(of trace: TraceNumber) -> SpanReference? {
    guard let record = traceRecord(trace.rawValue), record.lastRow > 0 else { return nil }
    return SpanReference(record.lastRow - 1)
  }

  /// Whether any span of a trace began at a moment or later.
  public func hasSpan(of trace: TraceNumber, startedSince earliest: UnixNanos) -> Bool {
    guard let record = traceRecord(trace.rawValue) else { return false }
    // A trace begins with its earliest span, so most need no look at their spans.
    if record.start != .max, record.start >= earliest.rawValue { return true }
    var isFound = earliest.rawValue == 0
    forEachRow(of: record) { view, row in
      if view.segment.rows.start[row] >= earliest.rawValue { isFound = true }
    }
    return isFound
  }
}

/// The traces of a snapshot from the one touched last to the one touched first.
///
/// Walks the rows backwards: a row that is the last of its trace stands for the trace.
public struct RecentTraces: Sequence, IteratorProtocol {
  private let snapshot: Snapshot
  /// The segments that were not looked at yet, the oldest first.
  private var segments: ArraySlice<SegmentView>
  /// Rows of the last of them that are still to be looked at.
  private var rows: Int

  init(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    segments = snapshot.segments[...]
    rows = segments.last?.count ?? 0
  }

  public mutating func next() -> TraceNumber? {
    while let view = segments.last {
      while rows > 0 {
        rows -= 1
        let number = snapshot.chunks.number(low: view.segment.rows.trace[rows])
        guard let record = snapshot.traceRecord(number),
          record.lastRow == view.segment.reference(rows).rawValue + 1
        else { continue }
        return TraceNumber(number)
      }
      segments.removeLast()
      rows = segments.last?.count ?? 0
    }
    return nil
  }
}
