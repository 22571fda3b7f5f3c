/// Numbers packed into as many bits as they need, that never change: blocks of them share a lowest
/// number and a width, and each is its distance from that number.
///
/// Any of them is read in a few instructions: a block's head says where its bits begin. The memory is a
/// ``PackedBlock``'s, which whoever holds a column keeps alive.
@safe struct PackedColumn {
  /// Numbers in a block, as a power of two: two words of head are half a bit for each.
  static let blockShift = 8
  /// Wider numbers than this take 64 bits, so that eight bytes from the first of its bits on hold any.
  static let widestPacked = 57

  /// Where a column begins in its block of memory.
  struct Layout {
    var head = 0
    /// How many numbers share a head, as a power of two; 62 where all do.
    var shift = 62
    var count = 0
    /// The lowest and the highest number.
    var lowest: UInt64 = 0
    var highest: UInt64 = 0
  }

  private let base: UnsafePointer<UInt64>
  private let heads: UnsafePointer<UInt64>
  private let shift: Int
  let count: Int
  let lowest: UInt64
  let highest: UInt64

  init(_ block: PackedBlock, _ layout: Layout) {
    unsafe base = block.words
    unsafe heads = block.words + layout.head
    shift = layout.shift
    count = layout.count
    (lowest, highest) = (layout.lowest, layout.highest)
  }

  /// No numbers.
  static let none = PackedColumn(PackedBlock.empty, Layout())

  // MARK: - Reading

  @inline(__always)
  subscript(index: Int) -> UInt64 {
    precondition(index >= 0 && index < count, "index is outside of a packed column")
    let number = index >> shift
    // Safe: the index is below the count, so the block has a head and the bits are there; a word
    // stands behind the last of them.
    let head = unsafe heads + number * 2
    let width = unsafe head[1] & 0xFF
    let bit = UInt64(truncatingIfNeeded: index - number << shift) &* width
    let bits = unsafe UnsafeRawPointer(base + Int(truncatingIfNeeded: head[1] >> 8))
    let word = unsafe (bits + Int(truncatingIfNeeded: bit >> 3)).loadUnaligned(as: UInt64.self)
    return unsafe head[0] &+ (word >> (bit & 7) & (1 << width &- 1))
  }

  /// A run of numbers that share a head.
  @safe struct Run {
    private let bits: UnsafeRawPointer
    let base: UInt64
    let width: UInt64
    /// The first of them, as they are counted in the column, and how many they are.
    let start: Int
    let count: Int
    private let skipped: Int

    init(_ bits: UnsafeRawPointer, base: UInt64, width: UInt64, rows: Range<Int>, skipped: Int) {
      unsafe self.bits = bits
      self.base = base
      self.width = width
      start = rows.lowerBound
      count = rows.count
      self.skipped = skipped
    }

    /// No number of the run is above this one, nor below ``base``.
    var upperBound: UInt64 {
      let (bound, overflow) = base.addingReportingOverflow(1 << width &- 1)
      return overflow ? .max : bound
    }

    /// Calls `body` with each position in the column and number.
    @inline(__always)
    func forEach(_ body: (Int, UInt64) -> Void) {
      let mask: UInt64 = 1 << width &- 1
      var bit = UInt64(truncatingIfNeeded: skipped) &* width
      for index in start..<start + count {
        // Safe: as for the subscript of the column.
        let word = unsafe (bits + Int(truncatingIfNeeded: bit >> 3)).loadUnaligned(as: UInt64.self)
        body(index, base &+ (word &>> (bit & 7) & mask))
        bit &+= width
      }
    }
  }

  /// Calls `body` with the runs that make up a range.
  @inline(__always)
  func forEachRun(_ wanted: Range<Int>, _ body: (Run) -> Void) {
    precondition(wanted.lowerBound >= 0 && wanted.upperBound <= count, "range is outside")
    var index = wanted.lowerBound
    while index < wanted.upperBound {
      let number = index >> shift
      let first = number << shift
      let end = shift == 62 ? wanted.upperBound : min(first + 1 << shift, wanted.upperBound)
      // Safe: as for the subscript.
      let head = unsafe heads + number * 2
      let bits = unsafe UnsafeRawPointer(base + Int(truncatingIfNeeded: head[1] >> 8))
      unsafe body(
        Run(
          bits, base: head[0], width: head[1] & 0xFF, rows: index..<end, skipped: index - first))
      index = end
    }
  }

  /// Calls `body` with each position of a range and the number there.
  @inline(__always)
  func forEach(_ wanted: Range<Int>, _ body: (Int, UInt64) -> Void) {
    forEachRun(wanted) { $0.forEach(body) }
  }

  /// The bits of numbers that are all packed alike from zero on, for loops that work on whole words.
  var codes: PackedCodes? {
    guard shift == 62, count > 0, unsafe heads[0] == 0 else { return nil }
    let width = unsafe Int(truncatingIfNeeded: heads[1] & 0xFF)
    return unsafe PackedCodes(
      base + Int(truncatingIfNeeded: heads[1] >> 8), width: width, count: count)
  }
}

/// Memory for packed columns, straight from the system.
@safe final class PackedBlock: @unchecked Sendable {
  // @unchecked: nothing is written once it is made.
  let words: UnsafePointer<UInt64>
  /// Bytes in use, with three spare words behind the last column.
  let bytes: Int

  static let empty = unsafe PackedBlock(
    taking: Pages.allocate(24).assumingMemoryBound(to: UInt64.self), bytes: 24)

  /// Takes over memory of ``Pages`` that was made for so many bytes, rounded up.
  init(taking words: UnsafeMutablePointer<UInt64>, bytes: Int) {
    unsafe self.words = UnsafePointer(words)
    self.bytes = bytes
  }

  deinit { unsafe Pages.free(UnsafeMutableRawPointer(mutating: words), Pages.rounded(bytes)) }
}
