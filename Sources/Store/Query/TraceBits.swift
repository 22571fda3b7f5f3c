/// A set of trace numbers as bits, for numbers that lie close together.
public struct TraceBits: Sendable {
  private var base: UInt64 = 0
  private var words: [UInt64] = []

  @inline(__always)
  func contains(_ number: UInt64) -> Bool {
    guard number >= base else { return false }
    let index = Int(number - base)
    return index >> 6 < words.count && words[index >> 6] >> UInt64(index & 63) & 1 == 1
  }

  /// Whether any number of a range is in it.
  func contains(anyOf numbers: ClosedRange<UInt64>) -> Bool {
    guard !words.isEmpty, numbers.upperBound >= base else { return false }
    let low = max(numbers.lowerBound, base) - base
    let high = min(numbers.upperBound - base, UInt64(words.count << 6) - 1)
    guard low <= high else { return false }
    let held = low..<high + 1
    return held.words.contains { words[Int($0)] & held.word($0) != 0 }
  }

  /// The 64 numbers from 64 times `index` on, a bit each.
  @inline(__always)
  func word(_ index: UInt64) -> UInt64 {
    guard index >= base >> 6, index - base >> 6 < UInt64(words.count) else { return 0 }
    return words[Int(index - base >> 6)]
  }

  /// As ``word(_:)``, for each index of a range.
  func words(_ range: Range<UInt64>) -> [UInt64] {
    var result = [UInt64](repeating: 0, count: range.count)
    let first = base >> 6
    let held = range.clamped(to: first..<first + UInt64(words.count))
    if !held.isEmpty {
      let place = Int(held.lowerBound - range.lowerBound)
      let from = Int(held.lowerBound - first)
      result.replaceSubrange(place..<place + held.count, with: words[from..<from + held.count])
    }
    return result
  }

  /// How many numbers are in it.
  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// How many numbers are in both sets.
  func count(in other: TraceBits) -> Int {
    words.indices.reduce(0) {
      $0 + (words[$1] & other.word(base >> 6 + UInt64($1))).nonzeroBitCount
    }
  }

  /// Calls `body` with each number in it, the largest first, until it says that it has enough.
  func forEachReversed(_ body: (UInt64) -> Bool) {
    words.forEachBitReversed { body(base + UInt64($0)) }
  }

  /// Adds a number and says whether it was new. Numbers below ``forget(below:)`` are ignored.
  @inline(__always) @discardableResult
  mutating func insert(_ number: UInt64) -> Bool {
    if words.isEmpty { base = number & ~63 }
    if number < base {
      // History is looked at backwards: room for as many more is made at once.
      let missing = Int(base - (number & ~63)) >> 6
      let room = min(max(missing, words.count), Int(base >> 6))
      words.insert(contentsOf: repeatElement(0, count: room), at: 0)
      base -= UInt64(room << 6)
    }
    let index = Int(number - base)
    while index >> 6 >= words.count { words.append(0) }
    let bit = UInt64(1) << UInt64(index & 63)
    defer { words[index >> 6] |= bit }
    return words[index >> 6] & bit == 0
  }

  mutating func remove(_ number: UInt64) {
    guard contains(number) else { return }
    let index = Int(number - base)
    words[index >> 6] &= ~(1 << UInt64(index & 63))
  }

  /// Gives back the memory of numbers that cannot come any more.
  mutating func forget(below number: UInt64) {
    guard number > base else { return }
    let gone = min(Int(number - base) >> 6, words.count)
    guard gone > 1_024 else { return }
    words.removeFirst(gone)
    base += UInt64(gone << 6)
  }
}

/// Numbers as bits, 64 to a word.
extension Range<UInt64> {
  /// The numbers divided by 64: the words that they have bits in. Not for an empty range.
  @inline(__always)
  var words: Range<UInt64> { lowerBound >> 6..<(upperBound - 1) >> 6 + 1 }

  /// The bits of those that stand in one of the ``words``.
  @inline(__always)
  func word(_ index: UInt64) -> UInt64 {
    var bits = UInt64.max
    if index == lowerBound >> 6 { bits &= .max << (lowerBound & 63) }
    if index == upperBound >> 6 { bits &= 1 << (upperBound & 63) - 1 }
    return bits
  }
}

/// Bits, 64 to a word.
extension Array<UInt64> {
  /// Calls `body` with the place of each bit that is set, the last first, until it says that it has enough.
  @inline(__always)
  func forEachBitReversed(_ body: (Int) -> Bool) {
    for index in indices.reversed() {
      var word = self[index]
      while word != 0 {
        let bit = 63 - word.leadingZeroBitCount
        guard body(index << 6 + bit) else { return }
        word &= ~(1 << UInt64(bit))
      }
    }
  }
}

/// The numbers that the bits of a word stand for, the smallest first.
struct Bits: Sequence, IteratorProtocol {
  private var word: UInt64
  private let first: UInt64

  init(_ word: UInt64, from first: UInt64) {
    self.word = word
    self.first = first
  }

  mutating func next() -> UInt64? {
    guard word != 0 else { return nil }
    defer { word &= word - 1 }
    return first + UInt64(word.trailingZeroBitCount)
  }
}
