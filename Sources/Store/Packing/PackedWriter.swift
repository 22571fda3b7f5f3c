/// Packs columns behind each other into words that a ``PackedBlock`` then keeps; its memory is used again
/// for the next segment.
@safe struct PackedWriter: ~Copyable {
  private var words: UnsafeMutablePointer<UInt64>
  private var capacity = 1 << 16
  private(set) var count = 0
  private var blocks: [(lowest: UInt64, highest: UInt64)] = []

  init() { unsafe words = .allocate(capacity: capacity) }

  deinit { unsafe words.deallocate() }

  /// The words as a block that keeps them; afterwards the next segment begins.
  mutating func finish() -> PackedBlock {
    defer { count = 0 }
    return unsafe PackedBlock(UnsafeBufferPointer(start: words, count: count))
  }

  private mutating func reserve(_ more: Int) {
    guard count + more > capacity else { return }
    let larger = max(capacity * 2, count + more)
    let moved = UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
    unsafe moved.update(from: words, count: count)
    unsafe words.deallocate()
    unsafe words = moved
    capacity = larger
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
  mutating func pack(_ source: UnsafePointer<UInt64>, _ length: Int) -> PackedColumn.Layout {
    var layout = PackedColumn.Layout(count: length)
    guard length > 0 else { return layout }
    let size = 1 << PackedColumn.blockShift
    blocks.removeAll(keepingCapacity: true)
    var (lowest, highest) = (UInt64.max, UInt64.min)
    var parts = 0
    for start in stride(from: 0, to: length, by: size) {
      var (low, high) = (UInt64.max, UInt64.min)
      for index in start..<min(start + size, length) {
        let number = unsafe source[index]
        low = number < low ? number : low
        high = number > high ? number : high
      }
      blocks.append((low, high))
      (lowest, highest) = (min(lowest, low), max(highest, high))
      parts += 128 + PackedWriter.width(high - low) * size
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
    for (number, block) in blocks.enumerated() {
      let width = PackedWriter.width(block.highest - block.lowest)
      head(layout.head, number, base: block.lowest, width: width)
      let start = number * size
      unsafe emit(source + start, min(size, length - start), base: block.lowest, width: width)
    }
    return layout
  }

  /// Packs codes from zero up to `highest` alike, in a width that is quick to search where there is one.
  mutating func pack(
    codes source: UnsafePointer<UInt64>, _ length: Int, highest: UInt64
  ) -> PackedColumn.Layout {
    let width = PackedCodes.rounded(PackedWriter.width(highest))
    let head = begin(heads: 1, bits: width * length)
    self.head(head, 0, base: 0, width: width)
    unsafe emit(source, length, base: 0, width: width)
    return PackedColumn.Layout(head: head, count: length, highest: highest)
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

  /// Writes bits; room was made for them.
  @inline(__always)
  private mutating func emit(
    _ source: UnsafePointer<UInt64>, _ length: Int, base: UInt64, width: Int
  ) {
    guard width > 0 else { return }
    var target = unsafe words + count
    if width == 64 {
      for index in 0..<length { unsafe target[index] = source[index] &- base }
      count += length
      return
    }
    if width.nonzeroBitCount == 1 {
      unsafe emitAligned(source, length, base: base, width: width)
      return
    }
    var word: UInt64 = 0
    var filled = 0
    for index in 0..<length {
      let number = unsafe source[index] &- base
      word |= number &<< UInt64(truncatingIfNeeded: filled)
      filled &+= width
      if filled >= 64 {
        unsafe target.pointee = word
        unsafe target += 1
        filled &-= 64
        // What did not fit; `width - filled` bits did.
        word = number >> UInt64(truncatingIfNeeded: width &- filled)
      }
    }
    if filled > 0 {
      unsafe target.pointee = word
      unsafe target += 1
    }
    count = unsafe target - words
  }

  /// As ``emit(_:_:base:width:)``, for a width of which a word holds a whole number.
  private mutating func emitAligned(
    _ source: UnsafePointer<UInt64>, _ length: Int, base: UInt64, width: Int
  ) {
    let each = 64 / width
    var index = 0
    while index < length {
      var word: UInt64 = 0
      var shift: UInt64 = 0
      for place in index..<min(index + each, length) {
        word |= (unsafe source[place] &- base) &<< shift
        shift &+= UInt64(truncatingIfNeeded: width)
      }
      unsafe words[count] = word
      count += 1
      index += each
    }
  }
}
