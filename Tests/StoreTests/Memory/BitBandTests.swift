import Support
import Testing

@testable import Store

@Suite("BitBand")
struct BitBandTests {
  @Test("Bits are counted place by place, however many words there are")
  func counts() {
    var random = SplitMix64.announced("bit band, counts")
    for length in [0, 1, 2, 254, 255, 256, 510, 511, 3_000] {
      let words = (0..<length).map { index in
        index % 7 == 0 ? UInt64.max : random.next() & random.next()
      }
      let expected = (0..<64).map { bit in words.count { $0 >> UInt64(bit) & 1 == 1 } }
      #expect(BitCounts(words).counts == expected, "\(length) words")
    }
  }

  @Test("Places come and go, and those that stay keep their bits")
  func extent() {
    var random = SplitMix64.announced("bit band, extent")
    let band = BitBand(count: 1)
    var expected: [UInt64] = [0]
    for _ in 0..<300 {
      switch random.number(0...5) {
      case 0:
        let more = random.number(0...400)
        band.grow(to: expected.count + more)
        expected += [UInt64](repeating: 0, count: more)
      case 1:
        let gone = min(random.number(0...100), expected.count - 1)
        band.removeFirst(gone)
        expected.removeSubrange(1..<1 + gone)
      case 2:
        let bits = random.next() & random.next() & random.next()
        band.remove(bits)
        for place in expected.indices { expected[place] &= ~bits }
      case 3:
        let place = random.number(1...max(1, expected.count - 1))
        guard place < expected.count else { continue }
        let bits = random.next()
        band.remove(bits, at: place)
        expected[place] &= ~bits
      default:
        for _ in 0..<50 where expected.count > 1 {
          let place = random.number(1...expected.count - 1)
          let bits: UInt64 = 1 << random.number(0...63)
          band.insert(bits, at: place)
          expected[place] |= bits
        }
      }
      guard (0..<band.count).map({ band[$0] }) == expected else {
        Issue.record("\(band.count) places are other ones")
        return
      }
    }
  }
}
