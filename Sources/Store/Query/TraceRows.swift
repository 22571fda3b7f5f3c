/// The rows of some traces, segment by segment: of few found along each trace's chain of rows, so that it
/// costs what those traces have and not what is held; of very many by the trace numbers of all rows, which
/// stand side by side.
struct TraceRows {
  /// Rows of one segment.
  struct Piece {
    let view: SegmentView
    /// Of the range from the first of them to the last.
    let rows: RowBits
  }

  private(set) var pieces: [Piece] = []

  /// More traces than these are not walked along.
  static let mostWalked = 32_768

  init(of numbers: [UInt64], in snapshot: Snapshot, mostWalked: Int = Self.mostWalked) {
    if numbers.count > mostWalked {
      var bits = TraceBits()
      for number in numbers.reversed() where snapshot.chunks.isHeld(number) { bits.insert(number) }
      scan(for: bits, snapshot)
    } else {
      walk(along: numbers, snapshot)
    }
  }

  private mutating func scan(for traces: TraceBits, _ snapshot: Snapshot) {
    let chunks = snapshot.chunks
    for view in snapshot.segments {
      var rows = RowBits(0..<view.count)
      let column = view.segment.rows.trace
      if column.packed.count > 0 {
        column.packed.forEachRun(0..<view.count) { run in
          // Traces whose spans arrive together have numbers that lie close together.
          let width = run.upperBound &- run.base
          let first = chunks.number(low: UInt32(truncatingIfNeeded: run.base))
          if width < 1 << 12, !traces.contains(anyOf: first...first + width) { return }
          rows.fill(run) { traces.contains(first &+ ($0 &- run.base)) }
        }
      } else {
        rows.fill { traces.contains(chunks.number(low: column[$0])) }
      }
      if !rows.isEmpty { pieces.append(Piece(view: view, rows: rows)) }
    }
  }

  private mutating func walk(along numbers: [UInt64], _ snapshot: Snapshot) {
    var finder = RowFinder(snapshot)
    var found = [[UInt32]](repeating: [], count: finder.views.count)
    var lastRows: [UInt64] = []
    lastRows.reserveCapacity(numbers.count)
    for number in numbers where snapshot.chunks.isHeld(number) {
      lastRows.append(snapshot.chunks[number].lastRow)
    }
    finder.forEachRow(backFromEach: lastRows) { view, position in
      found[view].append(UInt32(truncatingIfNeeded: position))
    }
    for (view, positions) in zip(finder.views, found) {
      guard let first = positions.min(), let last = positions.max() else { continue }
      var rows = RowBits(Int(first)..<Int(last) + 1)
      for position in positions { rows.insert(Int(position)) }
      pieces.append(Piece(view: view, rows: rows))
    }
  }
}
