/// A word of 64 bits for each of many places, for questions that are put to all of them at once.
///
/// Place 0 is nobody's: what belongs to no place is marked there, and nothing is read from it. Confined
/// to one thread.
@safe final class BitBand {
  private var words: UnsafeMutablePointer<UInt64>
  private var capacity: Int
  /// How many places there are, the one that is nobody's among them.
  private(set) var count: Int

  init(count: Int) {
    self.count = max(1, count)
    capacity = self.count
    unsafe words = .allocate(capacity: capacity)
    unsafe words.initialize(repeating: 0, count: capacity)
  }

  deinit { unsafe words.deallocate() }

  var bytes: Int { capacity * 8 }

  @inline(__always)
  subscript(place: Int) -> UInt64 {
    precondition(place >= 0 && place < count, "a band has no such place")
    return unsafe words[place]
  }

  /// The words of some places, one behind the other.
  func words(at places: [UInt32]) -> [UInt64] {
    unsafe [UInt64](unsafeUninitializedCapacity: places.count) { target, filled in
      for (index, place) in places.enumerated() {
        precondition(place < count, "a band has no such place")
        // Safe: there is room for every place.
        unsafe target[index] = words[Int(place)]
      }
      filled = places.count
    }
  }

  // MARK: - Writing

  /// Sets at each place the bits that its code stands for, which has some.
  func mark(_ codes: [UInt32], at places: [UInt32], bits: [UInt64]) {
    for (code, place) in zip(codes, places) { insert(bits[Int(code)], at: Int(place)) }
  }

  /// Sets at each place the bits of a word; there may be more words.
  func insert(_ bits: [UInt64], at places: ArraySlice<UInt32>) {
    for (bits, place) in zip(bits, places) { insert(bits, at: Int(place)) }
  }

  @inline(__always)
  func insert(_ bits: UInt64, at place: Int) {
    precondition(place >= 0 && place < count, "a band has no such place")
    unsafe words[place] |= bits
  }

  func remove(_ bits: UInt64, at place: Int) {
    precondition(place >= 0 && place < count, "a band has no such place")
    unsafe words[place] &= ~bits
  }

  /// Takes bits out everywhere.
  func remove(_ bits: UInt64) {
    for place in 0..<count { unsafe words[place] &= ~bits }
  }

  /// Sets at each place from one on the bits that its mark stands for.
  func mark(_ marks: [UInt8], from place: Int, bits: [UInt64]) {
    // Marks may reach beyond the last place, where they stand for nothing.
    let length = min(marks.count, count - place)
    precondition(place > 0 && bits.count > UInt8.max, "marks have no place or bits")
    unsafe marks.withUnsafeBufferPointer { marks in
      unsafe bits.withUnsafeBufferPointer { bits in
        // Safe: there are so many places behind the first, and bits for each mark that there is.
        for index in 0..<length { unsafe words[place + index] |= bits[Int(marks[index])] }
      }
    }
  }

  /// The words, for loops that know their places; good until there are more.
  var elements: UnsafeMutablePointer<UInt64> { unsafe words }

  // MARK: - Extent

  /// Makes room for more places, whose bits are not set.
  func grow(to wanted: Int) {
    guard wanted > count else { return }
    if wanted > capacity { move(to: wanted + wanted / 4, skipping: 0) }
    unsafe (words + count).update(repeating: 0, count: wanted - count)
    count = wanted
  }

  /// Forgets the first places behind the one that is nobody's; the others move up.
  func removeFirst(_ gone: Int) {
    let gone = min(gone, count - 1)
    move(to: count - gone, skipping: gone)
    count -= gone
  }

  private func move(to wanted: Int, skipping gone: Int) {
    let moved = UnsafeMutablePointer<UInt64>.allocate(capacity: wanted)
    unsafe moved.initialize(repeating: 0, count: wanted)
    // Safe: there is room for what is kept.
    unsafe (moved + 1).update(from: words + 1 + gone, count: count - 1 - gone)
    unsafe words.deallocate()
    unsafe words = moved
    capacity = wanted
  }
}

/// Counts how many of some words have each of their 64 bits set.
struct BitCounts {
  private(set) var counts = [Int](repeating: 0, count: 64)
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  init(_ words: [UInt64]) {
    var start = 0
    while start < words.count {
      // Bits of the same place in each byte are added up side by side, as many as a byte holds.
      let end = min(words.count, start + 255)
      add(words[start..<end])
      start = end
    }
  }

  @inline(__always)
  private mutating func add(_ words: ArraySlice<UInt64>) {
    let ones = BitCounts.ones
    var sums = (
      UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0)
    )
    for word in words {
      sums.0 &+= word & ones
      sums.1 &+= word &>> 1 & ones
      sums.2 &+= word &>> 2 & ones
      sums.3 &+= word &>> 3 & ones
      sums.4 &+= word &>> 4 & ones
      sums.5 &+= word &>> 5 & ones
      sums.6 &+= word &>> 6 & ones
      sums.7 &+= word &>> 7 & ones
    }
    let all = [sums.0, sums.1, sums.2, sums.3, sums.4, sums.5, sums.6, sums.7]
    for shift in 0..<8 {
      for byte in 0..<8 { counts[byte * 8 + shift] += Int(all[shift] >> UInt64(byte * 8) & 255) }
    }
  }
}
