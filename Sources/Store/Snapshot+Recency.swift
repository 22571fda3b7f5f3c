/// Which trace was touched last: the order in which one-shot output and viewers get them.
extension Snapshot {
  /// The traces held, the one whose last span arrived last first; found one at a time, newest rows
  /// first, so that the first few cost nothing however many are held.
  public var tracesByRecency: RecentTraces { RecentTraces(self) }

  /// When a trace was touched last, to be compared with other traces of this snapshot.
  public func recency(of trace: TraceNumber) -> Recency? {
    guard let record = traceRecord(trace.rawValue), record.lastRow > 0 else { return nil }
    return Recency(time: isBackfilled ? record.touched : 0, row: record.lastRow)
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

/// When a trace was touched last: by time where older spans were appended behind newer ones, else by
/// the place of its last span to arrive.
public struct Recency: Comparable, Sendable {
  fileprivate var time: UInt64
  fileprivate var row: UInt64

  public static func < (left: Recency, right: Recency) -> Bool {
    (left.time, left.row) < (right.time, right.row)
  }
}

/// The traces of a snapshot from the one touched last to the one touched first.
///
/// Walks the rows backwards: a row that is the last of its trace stands for the trace. Where older spans
/// were appended behind newer ones, the traces are sorted instead.
public struct RecentTraces: Sequence, IteratorProtocol {
  private let snapshot: Snapshot
  /// The segments that were not looked at yet, the oldest first.
  private var segments: ArraySlice<SegmentView>
  /// Rows of the last of them that are still to be looked at.
  private var rows: Int

  /// The traces that are still to come, the next one last; nil where rows are walked.
  private var sorted: [TraceNumber]?

  init(_ snapshot: Snapshot) {
    self.snapshot = snapshot
    if snapshot.isBackfilled {
      sorted = snapshot.traceNumbers.lazy.map(TraceNumber.init)
        .compactMap { trace in snapshot.recency(of: trace).map { ($0, trace) } }
        .sorted { $0.0 < $1.0 }.map(\.1)
    }
    segments = snapshot.segments[...]
    rows = segments.last?.count ?? 0
  }

  public mutating func next() -> TraceNumber? {
    if sorted != nil { return sorted?.popLast() }
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
