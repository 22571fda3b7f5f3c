import Synchronization

/// What there is in a column of a sealed segment, so that a question which it cannot answer skips it.
struct ColumnSummary: Sendable {
  /// The kinds of value that occur, a bit each by ``ValueReference/Kind``.
  var kinds: UInt8 = 0
  /// The lowest and the highest string id; the lowest is the larger one where there is no string.
  var lowestString = UInt32.max
  var highestString: UInt32 = 0

  var hasOthersThanStrings: Bool { kinds & ~1 != 0 }

  func mayHold(string id: UInt32) -> Bool { id >= lowestString && id <= highestString }

  init(_ column: AttributeColumn) {
    var last: UInt32?
    column.forEachEntry(0..<SegmentRows.maximum) { _, value in
      guard value != last else { return }
      last = value
      let reference = ValueReference(rawValue: value)
      kinds |= 1 << UInt8(truncatingIfNeeded: reference.kind.rawValue)
      if reference.kind == .string {
        lowestString = min(lowestString, reference.payload)
        highestString = max(highestString, reference.payload)
      }
    }
  }
}

/// The summaries of a sealed segment's columns, each made by the first query that asks for it.
final class ColumnSummaries: Sendable {
  /// Guards the summaries by column key; queries on any thread read and write.
  private let known = Mutex<[UInt32: ColumnSummary]>([:])

  func summary(of column: AttributeColumn) -> ColumnSummary {
    if let summary = known.withLock({ $0[column.key] }) { return summary }
    // Two threads may both make it; they make the same.
    let made = ColumnSummary(column)
    known.withLock { $0[column.key] = made }
    return made
  }
}

extension SegmentView {
  /// Whether all rows that the segment will ever have are in the view, and nothing is added to it.
  func isWhole(in snapshot: Snapshot) -> Bool { segment !== snapshot.open.segment }
}

extension StringTable {
  /// Calls `body` with each string below a count that was published, and its id.
  @inline(__always)
  func forEachString(below limit: Int, _ body: (UInt32, WireBytes) -> Void) {
    for number in 0..<limit {
      let id = UInt32(truncatingIfNeeded: number)
      body(id, self[id])
    }
  }
}
