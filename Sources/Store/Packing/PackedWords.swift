/// Words that are mostly doubles with few decimal digits: costs, scores, shares. A block of 256 of those is
/// kept as integers, each its double times one power of ten; every other block as it is.
///
/// After ALP (Afroozeh and others, SIGMOD 2023), which reads back exactly what was written: a block is
/// kept so only where each of its words comes back bit for bit.
struct PackedWords: Sendable {
  private let numbers: PackedColumn
  /// For each block the power of ten, or ``plain``.
  private let powers: [UInt8]

  static let plain: UInt8 = 255
  private static let tens: [Double] = [1, 10, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10]
  /// Products beyond this may not be whole numbers that a double holds.
  private static let largest = 4.0e15

  init(_ numbers: PackedColumn, powers: [UInt8]) {
    self.numbers = numbers
    self.powers = powers
  }

  var count: Int { numbers.count }

  @inline(__always)
  subscript(index: Int) -> UInt64 {
    let number = numbers[index]
    let power = powers[index >> PackedColumn.blockShift]
    return power == PackedWords.plain ? number : PackedWords.word(number, Int(power))
  }

  /// Calls `body` with the numbers as they are packed and the power of each block of them: words with the same
  /// of both are the same.
  @inline(__always)
  func withParts(_ body: (PackedColumn, Span<UInt8>) -> Void) { body(numbers, powers.span) }

  private static func word(_ number: UInt64, _ power: Int) -> UInt64 {
    let folded = Int64(bitPattern: number)
    return (Double((folded >> 1) ^ -(folded & 1)) / tens[power]).bitPattern
  }

  /// A word as an integer, small whether negative or not; nil where it would not come back.
  @inline(__always)
  private static func number(_ word: UInt64, _ scale: Double) -> UInt64? {
    let product = Double(bitPattern: word) * scale
    // False for what is no number, too.
    guard product > -largest, product < largest else { return nil }
    let integer = Int64(product + (product < 0 ? -0.5 : 0.5))
    guard (Double(integer) / scale).bitPattern == word else { return nil }
    return UInt64(bitPattern: (integer << 1) ^ (integer >> 63))
  }

  /// Puts the words of a block in the form that they are kept in, and returns its power.
  static func convert(_ words: UnsafeMutableBufferPointer<UInt64>) -> UInt8 {
    var power = 0
    var index = 0
    while index < words.count {
      if let number = unsafe number(words[index], tens[power]) {
        unsafe words[index] = number
        index += 1
        continue
      }
      // What went before is turned back, to be tried with one digit more.
      for earlier in 0..<index { unsafe words[earlier] = word(words[earlier], power) }
      guard power + 1 < tens.count else { return plain }
      (power, index) = (power + 1, 0)
    }
    return UInt8(power)
  }
}

/// The integers and doubles of a segment that do not fit a ``ValueReference``.
final class WordTable: @unchecked Sendable {
  // @unchecked: the column publishes its own count; the packed words never change.
  private let written = ChunkedColumn<UInt64>()
  let packed: PackedWords?
  private let block: PackedBlock?

  init() { (packed, block) = (nil, nil) }

  init(_ packed: PackedWords, in block: PackedBlock) { (self.packed, self.block) = (packed, block) }

  var count: Int { packed?.count ?? written.count }

  /// Bytes taken beside those of the segment's packed block.
  var bytes: Int { packed.map { $0.count >> PackedColumn.blockShift } ?? written.bytes }

  @inline(__always)
  subscript(index: Int) -> UInt64 { packed?[index] ?? written[index] }

  /// Writes all words behind each other, of a table that is not sealed.
  func copy(to target: UnsafeMutablePointer<UInt64>) { unsafe written.copy(to: target) }

  @inline(__always)
  func append(_ word: UInt64) { written.append(word) }
}
