/// A set of rows of one segment, one bit each, for a range of rows that stand side by side.
///
/// Rows outside of the range are in no set: turning a set round leaves them out.
struct RowBits: Equatable, Sendable {
  /// The rows it speaks of.
  let rows: Range<Int>
  /// The first row of the first word: a multiple of 64.
  let base: Int
  var words: [UInt64]

  init(_ rows: Range<Int>) {
    self.rows = rows
    base = rows.lowerBound & ~63
    words = [UInt64](repeating: 0, count: (rows.upperBound - base + 63) >> 6)
  }

  /// Every row of the range.
  static func all(_ rows: Range<Int>) -> RowBits {
    var bits = RowBits(rows)
    bits.invert()
    return bits
  }

  /// How many rows are in it.
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  @inline(__always)
  func contains(_ row: Int) -> Bool {
    rows.contains(row) && words[(row - base) >> 6] >> UInt64(row & 63) & 1 == 1
  }

  @inline(__always)
  mutating func insert(_ row: Int) {
    words[(row - base) >> 6] |= 1 << UInt64(row & 63)
  }

  /// Calls `body` with each row in it, ascending.
  @inline(__always)
  func forEach(_ body: (Int) -> Void) {
    for index in words.indices {
      var word = words[index]
      while word != 0 {
        body(base + index << 6 + word.trailingZeroBitCount)
        word &= word - 1
      }
    }
  }

  // MARK: - Combining, with sets of the same range

  mutating func formUnion(_ other: RowBits) {
    for index in words.indices { words[index] |= other.words[index] }
  }

  mutating func formIntersection(_ other: RowBits) {
    for index in words.indices { words[index] &= other.words[index] }
  }

  mutating func invert() {
    for index in words.indices { words[index] = ~words[index] }
    guard let last = words.indices.last else { return }
    words[0] &= ~0 << UInt64(rows.lowerBound - base)
    let spare = base + words.count << 6 - rows.upperBound
    words[last] &= ~0 >> UInt64(spare)
  }

  /// Adds the rows of a later or earlier piece of the same segment, next to this one.
  func joined(with other: RowBits) -> RowBits {
    let low = min(rows.lowerBound, other.rows.lowerBound)
    var joined = RowBits(low..<max(rows.upperBound, other.rows.upperBound))
    for piece in [self, other] {
      let shift = (piece.base - joined.base) >> 6
      for index in piece.words.indices { joined.words[index + shift] |= piece.words[index] }
    }
    return joined
  }
}
