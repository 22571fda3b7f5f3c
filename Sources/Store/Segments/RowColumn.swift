/// One fixed column of a segment: an element for each row, read and written within bounds only.
///
/// A sealed segment's are packed, and are not written to.
@safe struct RowColumn<Element: FixedWidthInteger & UnsignedInteger & BitwiseCopyable> {
  private let base: UnsafeMutablePointer<Element>?
  private let limit: Int
  let packed: PackedColumn

  /// A column that is written, or one that is kept as it was written.
  init(_ base: UnsafeMutablePointer<Element>, limit: Int = SegmentRows.maximum) {
    unsafe self.base = base
    self.limit = limit
    packed = .none
  }

  init(packed: PackedColumn) {
    unsafe base = nil
    limit = 0
    self.packed = packed
  }

  @inline(__always)
  subscript(row: Int) -> Element {
    get {
      guard let base = unsafe base else { return Element(truncatingIfNeeded: packed[row]) }
      precondition(row >= 0 && row < limit, "row is outside of a segment")
      return unsafe base[row]
    }
    nonmutating set {
      precondition(row >= 0 && row < limit, "row is outside of a segment")
      // Safe: where there is no memory to write to, the limit is zero.
      unsafe base.unsafelyUnwrapped[row] = newValue
    }
  }

  /// The elements of a column that is being written.
  var elements: UnsafePointer<Element>? { unsafe base.map { unsafe UnsafePointer($0) } }
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

/// When each span ended: packed as how long after its start.
@safe struct EndColumn {
  private let written: RowColumn<UInt64>
  private let start: PackedColumn
  /// The distances, wrapping round where a span ended before it began.
  let packed: PackedColumn
  let isDistance: Bool
  /// Whether no distance wraps round, so that each is how long its span took.
  let isDuration: Bool

  init(_ written: RowColumn<UInt64>) {
    self.written = written
    start = .none
    packed = .none
    (isDistance, isDuration) = (false, false)
  }

  init(start: PackedColumn, distances: PackedColumn, written: RowColumn<UInt64>) {
    self.written = written
    self.start = start
    packed = distances
    isDistance = true
    isDuration = start.highest < 1 << 63 && distances.highest < 1 << 63
  }

  /// The elements of a column that is being written.
  var elements: UnsafePointer<UInt64>? { unsafe written.elements }

  @inline(__always)
  subscript(row: Int) -> UInt64 {
    get { isDistance ? start[row] &+ packed[row] : written[row] }
    nonmutating set { written[row] = newValue }
  }
}

/// The id of each span's parent: packed as how many rows away the parent stands, where it does.
@safe struct ParentColumn {
  private let written: RowColumn<UInt64>
  private let ids: RowColumn<UInt64>
  /// 0 where there is no parent, 1 where it is in none of the rows, else the distance.
  private let codes: PackedColumn
  /// Rows whose parent is elsewhere, and its id.
  private let strangers: (rows: PackedColumn, ids: PackedColumn)
  private let isPacked: Bool

  init(_ written: RowColumn<UInt64>) {
    self.written = written
    ids = written
    codes = .none
    strangers = (.none, .none)
    isPacked = false
  }

  init(
    ids: RowColumn<UInt64>, codes: PackedColumn, strangers: (rows: PackedColumn, ids: PackedColumn)
  ) {
    written = ids
    self.ids = ids
    self.codes = codes
    self.strangers = strangers
    isPacked = true
  }

  /// The elements of a column that is being written.
  var elements: UnsafePointer<UInt64>? { unsafe written.elements }

  @inline(__always)
  subscript(row: Int) -> UInt64 {
    get {
      if !isPacked { return written[row] }
      switch codes[row] {
      case 0: return 0
      case 1: return stranger(of: row)
      case let code: return ids[row + ParentColumn.distance(code)]
      }
    }
    nonmutating set { written[row] = newValue }
  }

  /// Whether a row has no parent, for less than its id.
  @inline(__always)
  func isNone(_ row: Int) -> Bool { isPacked ? codes[row] == 0 : written[row] == 0 }

  /// A distance as a code, and back: small whether up or down.
  static func code(_ distance: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: (distance << 1) ^ (distance >> 63)) + 2
  }

  @inline(__always)
  private static func distance(_ code: UInt64) -> Int {
    let folded = Int(truncatingIfNeeded: code - 2)
    return (folded >> 1) ^ -(folded & 1)
  }

  private func stranger(of row: Int) -> UInt64 {
    strangers.ids[(0..<strangers.rows.count).bisect { strangers.rows[$0] >= UInt64(row) }]
  }
}

/// Where each span's rarer fields are: packed as an entry for those that have some.
struct ExtrasColumn {
  private let written: RowColumn<UInt32>
  private let presence: RowPresence?
  private let offsets: PackedColumn

  init(_ written: RowColumn<UInt32>) {
    self.written = written
    presence = nil
    offsets = .none
  }

  init(_ presence: RowPresence, offsets: PackedColumn, written: RowColumn<UInt32>) {
    self.written = written
    self.presence = presence
    self.offsets = offsets
  }

  /// The elements of a column that is being written.
  var elements: UnsafePointer<UInt32>? { unsafe written.elements }

  subscript(row: Int) -> UInt32 {
    get {
      guard let presence else { return written[row] }
      let place = presence.position(of: row)
      guard place < presence.position(of: row + 1) else { return 0 }
      return UInt32(truncatingIfNeeded: offsets[place])
    }
    nonmutating set { written[row] = newValue }
  }
}
