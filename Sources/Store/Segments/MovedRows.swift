/// Where rows that stand together now stood when they arrived: a row keeps the number it was given
/// then, whichever segment holds it.
///
///     serial 5: rows 3, 17, 900        row   0   1    2   3    4
///     serial 6: rows 4, 8        ->    was 5/3 5/17 5/900 6/4 6/8
struct MovedRows: Sendable {
  /// Rows of one segment as it was: its serial, and where its rows begin in ``rows``.
  private struct Run {
    var serial: UInt64
    var first: Int
  }

  private var runs: [Run] = []
  private var rows: [UInt16] = []

  var bytes: Int { rows.capacity * 2 + runs.capacity * 16 }

  /// Takes the next row; numbers ascend.
  mutating func append(_ number: UInt64) {
    if runs.last?.serial != number >> 16 {
      runs.append(Run(serial: number >> 16, first: rows.count))
    }
    rows.append(UInt16(truncatingIfNeeded: number))
  }

  /// The number that a row was given when it arrived.
  func number(of row: Int) -> UInt64 {
    let run = runs[(1..<runs.count).bisect { runs[$0].first > row } - 1]
    return run.serial << 16 | UInt64(rows[row])
  }

  /// Where the row with a number stands now; nil where it went.
  func row(_ number: UInt64) -> Int? {
    guard let first = runs.first, first.serial <= number >> 16 else { return nil }
    let place = (1..<runs.count).bisect { runs[$0].serial > number >> 16 } - 1
    guard runs[place].serial == number >> 16 else { return nil }
    let begin = runs[place].first
    let end = place + 1 < runs.count ? runs[place + 1].first : rows.count
    let wanted = UInt16(truncatingIfNeeded: number)
    guard rows[begin] <= wanted else { return nil }
    let found = (begin + 1..<end).bisect { rows[$0] > wanted } - 1
    return rows[found] == wanted ? found : nil
  }
}

extension Array<SegmentView> {
  /// The place of the segment that holds, or held, the rows of a serial; segments stand in the order of
  /// theirs.
  @inline(__always)
  func place(ofSerial serial: UInt64) -> Int? {
    guard let last = last?.segment, serial <= last.lastSerial else { return nil }
    // While nothing was moved a segment stands as far from the end as its serial.
    let guess = count - 1 - Int(truncatingIfNeeded: last.lastSerial - serial)
    if guess >= 0, self[guess].segment.serial == serial { return guess }
    return search(serial)
  }

  private func search(_ serial: UInt64) -> Int? {
    let place = indices.bisect { self[$0].segment.lastSerial >= serial }
    return place < count && self[place].segment.serial <= serial ? place : nil
  }
}
