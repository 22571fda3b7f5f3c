/// Which unit each row of the segments belongs to, for questions that are put to one column after the
/// other: four bytes a row, or six for each row that counts where those are few.
///
/// A unit is a selected trace or request, by its place plus one; zero is none.
struct UnitRows {
  enum Piece {
    case all([UInt32])
    case few(rows: [UInt16], units: [UInt32])
  }

  let views: [SegmentView]
  private(set) var pieces: [Piece] = []
  /// Rows that belong to a unit.
  private(set) var count = 0
  /// Where at most one row in so many counts, the others are left out.
  private static let rowsPerFew = 8

  /// - Parameter units: by trace number, from `base` on.
  init(_ snapshot: Snapshot, units: [UInt32], base: UInt64) {
    views = snapshot.segments
    let chunks = snapshot.chunks
    for view in views {
      var ofRows = [UInt32](repeating: 0, count: view.count)
      var found = 0
      view.segment.rows.trace.forEach(0..<view.count) { row, low in
        let place = chunks.number(low: low) &- base
        guard place < UInt64(units.count) else { return }
        let unit = units[Int(truncatingIfNeeded: place)]
        ofRows[row] = unit
        found += unit == 0 ? 0 : 1
      }
      count += found
      pieces.append(
        found * Self.rowsPerFew < view.count ? Self.few(ofRows, count: found) : .all(ofRows))
    }
  }

  private static func few(_ units: [UInt32], count: Int) -> Piece {
    var rows: [UInt16] = []
    var found: [UInt32] = []
    rows.reserveCapacity(count)
    found.reserveCapacity(count)
    for (row, unit) in units.enumerated() where unit != 0 {
      rows.append(UInt16(truncatingIfNeeded: row))
      found.append(unit)
    }
    return .few(rows: rows, units: found)
  }

  /// How many rows of a segment are looked at for a question.
  func count(at place: Int) -> Int {
    switch pieces[place] {
    case .all(let units): units.count
    case .few(let rows, _): rows.count
    }
  }

  /// Calls `body` with each entry of a column whose row counts: the place of the row's unit, and the
  /// entry's code where the column has a dictionary, else its value.
  @inline(__always)
  func forEachEntry(_ column: AttributeColumn, at place: Int, _ body: (Int, UInt32) -> Void) {
    switch pieces[place] {
    case .all(let units):
      if let packed = column.packed {
        packed.forEachNumber(0..<units.count) { row, number in
          let unit = units[row]
          if unit != 0 { body(Int(unit) - 1, UInt32(truncatingIfNeeded: number)) }
        }
      } else {
        column.forEachEntry(0..<units.count) { row, value in
          let unit = units[row]
          if unit != 0 { body(Int(unit) - 1, value) }
        }
      }
    case .few(let rows, let units):
      for index in rows.indices {
        for entry in column.places(of: Int(rows[index])) {
          let number =
            column.packed.map { UInt32(truncatingIfNeeded: $0.numbers[entry]) }
            ?? column.value(at: entry)
          body(Int(units[index]) - 1, number)
        }
      }
    }
  }

  /// Calls `body` with the number that each row which counts has in a column, and its unit's place.
  @inline(__always)
  func forEachRow(_ column: RowColumn<UInt16>, at place: Int, _ body: (Int, UInt16) -> Void) {
    switch pieces[place] {
    case .all(let units):
      column.forEach(0..<units.count) { row, number in
        let unit = units[row]
        if unit != 0 { body(Int(unit) - 1, number) }
      }
    case .few(let rows, let units):
      for index in rows.indices { body(Int(units[index]) - 1, column[Int(rows[index])]) }
    }
  }
}

extension RowColumn {
  /// Calls `body` with each row of a range and its element.
  @inline(__always)
  func forEach(_ rows: Range<Int>, _ body: (Int, Element) -> Void) {
    if packed.count > 0 {
      packed.forEach(rows) { row, number in body(row, Element(truncatingIfNeeded: number)) }
    } else {
      for row in rows { body(row, self[row]) }
    }
  }
}
