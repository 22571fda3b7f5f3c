/// Packs columns behind each other into memory that a ``PackedBlock`` then keeps.
///
/// Memory is reserved for all that may come and filled from the front; what was not needed goes back to
/// the system, so nothing is copied and nothing is left between segments.
@safe struct PackedWriter: ~Copyable {
  /// The lowest and the highest of numbers that share a head.
  private struct Bounds: BitwiseCopyable {
    var lowest: UInt64
    var highest: UInt64
  }

  /// Pages are asked for so many words at a time.
  private static let step = 1 << 15

  // Never written to while there is no room.
  private var words = unsafe UnsafeMutablePointer<UInt64>(bitPattern: 16).unsafelyUnwrapped
  private var capacity = 0
  /// The words whose pages are there already.
  private var populated = 0
  private(set) var count = 0
  private var blocks = GrowingBuffer<Bounds>(
    capacity: SegmentRows.maximum >> PackedColumn.blockShift)

  init() {}

  deinit {
    if capacity > 0 { unsafe Pages.free(words, capacity * 8) }
  }

  /// Makes ready for so many words, more or less: what is beyond them is copied once.
  mutating func begin(expecting expected: Int) {
    if expected > capacity { move(to: expected) }
  }

  /// The words as a block that keeps them; afterwards the next segment begins.
  mutating func finish() -> PackedBlock {
    // Readers take eight bytes from any bit on, and whole words of codes.
    reserve(3)
    let used = (count + 3) * 8
    let kept = Pages.rounded(used)
    // Safe: nothing stands in what goes back.
    unsafe Pages.free(UnsafeMutableRawPointer(words) + kept, capacity * 8 - kept)
    (capacity, populated, count) = (0, 0, 0)
    return unsafe PackedBlock(taking: words, bytes: used)
  }

  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count + more > populated { populate(more) }
  }

  private mutating func populate(_ more: Int) {
    if count + more > capacity { move(to: max(capacity * 2, count + more)) }
    let wanted = Pages.rounded(max(count + more, populated + PackedWriter.step) * 8) / 8
    let end = min(capacity, wanted)
    // Safe: within the memory, and from a page's beginning; one that is there already stays as it is.
    unsafe Pages.populate(words + populated, (end - populated) * 8)
    populated = end
  }

  private mutating func move(to wanted: Int) {
    let size = Pages.rounded(wanted * 8)
    let moved = unsafe Pages.allocate(size).assumingMemoryBound(to: UInt64.self)
    unsafe moved.update(from: words, count: count)
    if capacity > 0 { unsafe Pages.free(words, capacity * 8) }
    unsafe words = moved
    (capacity, populated) = (size / 8, 0)
  }

  /// Copies words as they are and returns where they begin.
  mutating func copy(_ source: UnsafePointer<UInt64>, _ length: Int) -> Int {
    reserve(length)
    unsafe (words + count).update(from: source, count: length)
    defer { count += length }
    return count
  }

  // MARK: - Packing

  /// Packs numbers, a head for each 256 or one for all, whichever takes less.
  mutating func pack<Number: FixedWidthInteger & UnsignedInteger>(
    _ source: UnsafePointer<Number>, _ length: Int
  ) -> PackedColumn.Layout {
    var layout = PackedColumn.Layout(count: length)
    guard length > 0 else { return layout }
    let size = 1 << PackedColumn.blockShift
    blocks.removeAll()
    var (lowest, highest) = (UInt64.max, UInt64.min)
    var parts = 0
    var start = 0
    while start < length {
      let (low, high) = unsafe PackedWriter.bounds(source + start, min(size, length - start))
      blocks.append(Bounds(lowest: low, highest: high))
      (lowest, highest) = (min(lowest, low), max(highest, high))
      parts += 128 + PackedWriter.width(high - low) * size
      start += size
    }
    (layout.lowest, layout.highest) = (lowest, highest)
    let width = PackedWriter.width(highest - lowest)
    if 128 + width * length <= parts {
      layout.head = begin(heads: 1, bits: width * length)
      head(layout.head, 0, base: lowest, width: width)
      unsafe emit(source, length, base: lowest, width: width)
      return layout
    }
    layout.shift = PackedColumn.blockShift
    layout.head = begin(heads: blocks.count, bits: parts)
    for number in 0..<blocks.count {
      let block = blocks[number]
      let width = PackedWriter.width(block.highest - block.lowest)
      head(layout.head, number, base: block.lowest, width: width)
      let start = number * size
      unsafe emit(source + start, min(size, length - start), base: block.lowest, width: width)
    }
    return layout
  }

  /// Packs codes from zero up to `highest` alike, in a width that is quick to search where there is one.
  mutating func pack<Number: FixedWidthInteger & UnsignedInteger>(
    codes source: UnsafePointer<Number>, _ length: Int, highest: UInt64
  ) -> PackedColumn.Layout {
    let width = PackedCodes.rounded(PackedWriter.width(highest))
    let head = begin(heads: 1, bits: width * length)
    self.head(head, 0, base: 0, width: width)
    unsafe emit(source, length, base: 0, width: width)
    return PackedColumn.Layout(head: head, count: length, highest: highest)
  }

  /// The lowest and the highest of at least one number.
  @inline(__always)
  static func bounds<Number: FixedWidthInteger & UnsignedInteger>(
    _ source: UnsafePointer<Number>, _ length: Int
  ) -> (lowest: UInt64, highest: UInt64) {
    var (low, high) = (Number.max, Number.min)
    for index in 0..<length {
      let number = unsafe source[index]
      low = number < low ? number : low
      high = number > high ? number : high
    }
    return (UInt64(truncatingIfNeeded: low), UInt64(truncatingIfNeeded: high))
  }

  /// The bits that a distance takes.
  private static func width(_ distance: UInt64) -> Int {
    let width = UInt64.bitWidth - distance.leadingZeroBitCount
    return width > PackedColumn.widestPacked ? 64 : width
  }

  /// Makes room and returns where the heads stand.
  private mutating func begin(heads: Int, bits: Int) -> Int {
    reserve(heads * 2 + bits >> 6 + heads + 2)
    defer { count += heads * 2 }
    return count
  }

  /// Writes a head, of bits that come next.
  private func head(_ first: Int, _ number: Int, base: UInt64, width: Int) {
    // Safe: room was made.
    unsafe words[first + number * 2] = base
    unsafe words[first + number * 2 + 1] = UInt64(count) << 8 | UInt64(width)
  }

  // MARK: - Bits

  /// Puts bits behind each other, a word at a time.
  @safe private struct BitSink {
    var target: UnsafeMutablePointer<UInt64>
    var word: UInt64 = 0
    var filled: UInt64 = 0

    init(_ target: UnsafeMutablePointer<UInt64>) { unsafe self.target = target }

    @inline(__always)
    mutating func put(_ bits: UInt64, _ width: UInt64) {
      word |= bits &<< filled
      filled &+= width
      guard filled >= 64 else { return }
      // Safe: room was made for all that is put.
      unsafe target.pointee = word
      unsafe target += 1
      filled &-= 64
      // What did not fit; nothing where the shift is by a whole word.
      word = bits >> (width &- filled)
    }

    mutating func end() {
      guard filled > 0 else { return }
      unsafe target.pointee = word
      unsafe target += 1
    }
  }

  /// Writes bits; room was made for them.
  @inline(__always)
  private mutating func emit<Number: FixedWidthInteger & UnsignedInteger>(
    _ source: UnsafePointer<Number>, _ length: Int, base: UInt64, width: Int
  ) {
    guard width > 0 else { return }
    let base = Number(truncatingIfNeeded: base)
    let bits = UInt64(truncatingIfNeeded: width)
    var sink = unsafe BitSink(words + count)
    var index = 0
    @inline(__always) func number(_ place: Int) -> UInt64 {
      UInt64(truncatingIfNeeded: unsafe source[index &+ place] &- base)
    }
    // Several numbers are put at once, where a word holds them.
    if width <= 16 {
      while index &+ 4 <= length {
        let low = number(0) | number(1) &<< bits
        let high = number(2) | number(3) &<< bits
        sink.put(low | high &<< (bits &* 2), bits &* 4)
        index &+= 4
      }
    } else if width <= 32 {
      while index &+ 2 <= length {
        sink.put(number(0) | number(1) &<< bits, bits &* 2)
        index &+= 2
      }
    }
    while index < length {
      sink.put(number(0), bits)
      index &+= 1
    }
    sink.end()
    count = unsafe sink.target - words
  }
}
