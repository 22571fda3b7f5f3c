/// Which rows have an entry in a column, and at which place: every row one, a bit for each row, or a list
/// where they are few or a row has several.
///
/// Columns of keys that always come together share one.
@safe final class RowPresence: @unchecked Sendable {
  // @unchecked: nothing changes after `init`.
  enum Form {
    /// Row and place are the same number.
    case every
    /// A bit for each row, and how many rows stand before each 64.
    case bits
    /// The rows, ascending.
    case list
  }

  let form: Form
  /// How many entries there are.
  let count: Int
  /// Whether a row may have several of them.
  let hasRepeats: Bool
  private let block: PackedBlock
  private let words: UnsafePointer<UInt64>
  private let wordCount: Int
  /// For `bits`, the entries before each word; for `list`, the rows.
  private let numbers: PackedColumn

  /// Where a presence begins in its block of memory.
  struct Layout {
    var form: Form
    var count: Int
    var words = 0
    var wordCount = 0
    var numbers = PackedColumn.Layout()
    var hasRepeats = false
  }

  init(_ block: PackedBlock, _ layout: Layout) {
    self.block = block
    form = layout.form
    count = layout.count
    hasRepeats = layout.hasRepeats
    unsafe words = block.words + layout.words
    wordCount = layout.wordCount
    numbers = PackedColumn(block, layout.numbers)
  }

  // MARK: - Reading

  /// The place of the first entry at or past a row.
  @inline(__always)
  func position(of row: Int) -> Int {
    switch form {
    case .every: return min(row, count)
    case .bits:
      let word = row >> 6
      guard word < wordCount else { return count }
      // Safe: below the number of words.
      let below = unsafe words[word] & (1 << UInt64(row & 63) &- 1)
      return Int(truncatingIfNeeded: numbers[word]) + below.nonzeroBitCount
    case .list: return listPosition(of: row)
    }
  }

  private func listPosition(of row: Int) -> Int {
    (0..<count).bisect { numbers[$0] >= UInt64(row) }
  }

  /// The row of an entry.
  func row(at position: Int) -> Int {
    precondition(position >= 0 && position < count, "entry is outside of a column")
    switch form {
    case .every: return position
    case .list: return Int(truncatingIfNeeded: numbers[position])
    case .bits:
      // The last word before which no more than `position` entries stand; before the first stand none.
      let place = (1..<wordCount).bisect { numbers[$0] > UInt64(position) } - 1
      // Safe: below the number of words.
      var word = unsafe words[place]
      for _ in 0..<(position - Int(truncatingIfNeeded: numbers[place])) { word &= word - 1 }
      return place << 6 + word.trailingZeroBitCount
    }
  }

  /// Calls `body` with the row of each entry from one place to before another, and the number that
  /// stands at its place in a column of as many.
  @inline(__always)
  func forEachRow(_ places: Range<Int>, _ values: PackedColumn, _ body: (Int, UInt64) -> Void) {
    guard !places.isEmpty else { return }
    switch form {
    case .every: values.forEach(places, body)
    case .list:
      numbers.forEach(places) { place, row in body(Int(truncatingIfNeeded: row), values[place]) }
    case .bits:
      let first = row(at: places.lowerBound)
      var index = first >> 6
      // Safe: the row is there, so its word is; the entries wanted end before the words do.
      var word = unsafe words[index] & (.max << UInt64(first & 63))
      values.forEach(places) { _, number in
        while word == 0 {
          index += 1
          word = unsafe words[index]
        }
        body(index << 6 + word.trailingZeroBitCount, number)
        word &= word &- 1
      }
    }
  }

  /// Calls `body` with the row of each entry from one place to before another.
  @inline(__always)
  func forEachRow(_ places: Range<Int>, _ body: (Int) -> Void) {
    guard !places.isEmpty else { return }
    switch form {
    case .every: for row in places { body(row) }
    case .list: numbers.forEach(places) { body(Int(truncatingIfNeeded: $1)) }
    case .bits:
      let first = row(at: places.lowerBound)
      var index = first >> 6
      // Safe: as above.
      var word = unsafe words[index] & (.max << UInt64(first & 63))
      for _ in places {
        while word == 0 {
          index += 1
          word = unsafe words[index]
        }
        body(index << 6 + word.trailingZeroBitCount)
        word &= word &- 1
      }
    }
  }

  /// Adds the rows whose entries are hits, a bit for each entry.
  func insert(_ hits: [UInt64], into bits: inout RowBits) {
    switch form {
    case .every:
      for index in bits.words.indices { bits.words[index] |= hits[bits.base >> 6 + index] }
    case .list:
      for (index, word) in hits.enumerated() where word != 0 {
        for place in Bits(word, from: UInt64(index << 6)) {
          let row = Int(truncatingIfNeeded: numbers[Int(place)])
          if bits.rows.contains(row) { bits.insert(row) }
        }
      }
      return
    case .bits:
      var place = Int(
        truncatingIfNeeded: bits.base >> 6 < wordCount ? numbers[bits.base >> 6] : 0)
      for index in bits.words.indices where bits.base >> 6 + index < wordCount {
        // Safe: below the number of words.
        let present = unsafe words[bits.base >> 6 + index]
        let own = present.nonzeroBitCount
        guard own > 0 else { continue }
        var wanted = hits[place >> 6] >> UInt64(place & 63)
        if place & 63 + own > 64 { wanted |= hits[place >> 6 + 1] << UInt64(64 - place & 63) }
        wanted &= 1 << UInt64(own) &- 1
        place += own
        if wanted != 0 { bits.words[index] |= RowPresence.spread(wanted, over: present) }
      }
    }
    bits.trim()
  }

  /// Puts the lowest bits of `bits` where `mask` has bits.
  @inline(__always)
  private static func spread(_ bits: UInt64, over mask: UInt64) -> UInt64 {
    if mask == .max { return bits }
    var (bits, mask, result) = (bits, mask, UInt64(0))
    while bits != 0 {
      let skipped = bits.trailingZeroBitCount
      for _ in 0..<skipped { mask &= mask &- 1 }
      result |= mask & (0 &- mask)
      mask &= mask &- 1
      bits = (bits >> UInt64(skipped)) >> 1
    }
    return result
  }
}

extension RowBits {
  /// Takes out what lies outside of the range.
  mutating func trim() {
    guard let last = words.indices.last else { return }
    words[0] &= ~0 << UInt64(rows.lowerBound - base)
    let spare = base + words.count << 6 - rows.upperBound
    words[last] &= ~0 >> UInt64(spare)
  }
}
