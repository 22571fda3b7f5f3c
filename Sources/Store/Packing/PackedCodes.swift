/// Small numbers packed without gaps and without heads: looked for many at a time, where their width
/// divides a word.
@safe struct PackedCodes {
  private let words: UnsafePointer<UInt64>
  let width: Int
  let count: Int

  init(_ words: UnsafePointer<UInt64>, width: Int, count: Int) {
    unsafe self.words = words
    self.width = width
    self.count = count
  }

  /// The narrowest width that is quick, where one is wide enough; else the width itself.
  static func rounded(_ width: Int) -> Int {
    switch width {
    case 3: 4
    case 5...7: 8
    default: width
    }
  }

  /// A bit for each number, set where it is this one; 64 a word, those behind the last are not set.
  func equal(to wanted: UInt64) -> [UInt64] {
    var hits = [UInt64](repeating: 0, count: (count + 63) >> 6)
    if width == 0 {
      if wanted == 0 { for index in hits.indices { hits[index] = .max } }
    } else if wanted >> UInt64(width) == 0 {
      switch width {
      case 1: fill(&hits) { unsafe wanted == 1 ? words[$0] : ~words[$0] }
      case 2: fill(&hits) { joined($0, 0x5555_5555_5555_5555 &* wanted, PackedCodes.pairs) }
      case 4: fill(&hits) { joined($0, 0x1111_1111_1111_1111 &* wanted, PackedCodes.nibbles) }
      case 8: fill(&hits) { joined($0, 0x0101_0101_0101_0101 &* wanted, PackedCodes.bytes) }
      default: fillSlowly(&hits, wanted)
      }
    }
    if count & 63 != 0, !hits.isEmpty { hits[hits.count - 1] &= 1 << UInt64(count & 63) - 1 }
    return hits
  }

  @inline(__always)
  private func fill(_ hits: inout [UInt64], _ word: (Int) -> UInt64) {
    for index in hits.indices { hits[index] = word(index) }
  }

  /// The hits among 64 numbers, those of one word after the other. Safe to read past the last number:
  /// what follows are other columns or the spare words at the end, fewer than are read at most.
  @inline(__always)
  private func joined(_ index: Int, _ pattern: UInt64, _ hits: (UInt64) -> UInt64) -> UInt64 {
    let last = (count * width + 63) >> 6
    var result: UInt64 = 0
    let step = UInt64(64 / width)
    for part in 0..<width where index * width + part < last {
      result |= hits(unsafe words[index * width + part] ^ pattern) << (step * UInt64(part))
    }
    return result
  }

  private func fillSlowly(_ hits: inout [UInt64], _ wanted: UInt64) {
    let mask: UInt64 = 1 << UInt64(width) - 1
    for index in 0..<count {
      let bit = index * width
      // Safe: a word stands behind the last number's.
      let word = unsafe (UnsafeRawPointer(words) + bit >> 3).loadUnaligned(as: UInt64.self)
      if word >> UInt64(bit & 7) & mask == wanted { hits[index >> 6] |= 1 << UInt64(index & 63) }
    }
  }

  // MARK: - A bit for each field of a word that is zero

  private static func bytes(_ word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    let zeros = ~(((word & low) &+ low) | word | low) >> 7
    return (zeros &* 0x0102_0408_1020_4080) >> 56
  }

  private static func nibbles(_ word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7777_7777_7777_7777
    var zeros = ~(((word & low) &+ low) | word | low) >> 3
    zeros = (zeros | zeros >> 3) & 0x0303_0303_0303_0303
    zeros = (zeros | zeros >> 6) & 0x000F_000F_000F_000F
    zeros = (zeros | zeros >> 12) & 0x0000_00FF_0000_00FF
    return (zeros | zeros >> 24) & 0xFFFF
  }

  private static func pairs(_ word: UInt64) -> UInt64 {
    var zeros = ~(word | word >> 1) & 0x5555_5555_5555_5555
    zeros = (zeros | zeros >> 1) & 0x3333_3333_3333_3333
    zeros = (zeros | zeros >> 2) & 0x0F0F_0F0F_0F0F_0F0F
    zeros = (zeros | zeros >> 4) & 0x00FF_00FF_00FF_00FF
    zeros = (zeros | zeros >> 8) & 0x0000_FFFF_0000_FFFF
    return (zeros | zeros >> 16) & 0xFFFF_FFFF
  }
}
