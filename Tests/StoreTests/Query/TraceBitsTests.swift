import Support
import Testing

@testable import Store

@Suite("TraceBits")
struct TraceBitsTests {
  @Test("It is a set of numbers, added in any order, looked at by word and backwards")
  func set() {
    var random = SplitMix64.announced("trace bits")
    for _ in 0..<200 {
      let start: UInt64 = random.pick([0, 63, 1 << 33])
      var bits = TraceBits()
      var expected: Set<UInt64> = []
      for _ in 0..<random.number(0...300) {
        let number = start + random.number(0...3_000)
        if random.chance(80) {
          #expect(bits.insert(number) == expected.insert(number).inserted)
        } else {
          bits.remove(number)
          expected.remove(number)
        }
      }
      var backwards: [UInt64] = []
      bits.forEachReversed {
        backwards.append($0)
        return true
      }
      #expect(backwards == expected.sorted(by: >))
      for word in start >> 6...(start + 4_000) >> 6 {
        let members = (UInt64(0)..<64).filter { expected.contains(word << 6 + $0) }
        #expect(bits.word(word) == members.reduce(UInt64(0)) { $0 | 1 << $1 })
      }
      let indices = max(start >> 6, 2) - 2..<(start + 4_000) >> 6
      #expect(bits.words(indices) == indices.map { bits.word($0) })
      if start > 64 { #expect(bits.word(0) == 0) }
      #expect((start..<start + 3_100).allSatisfy { bits.contains($0) == expected.contains($0) })
      var looked = 0
      bits.forEachReversed { _ in
        looked += 1
        return looked < 5
      }
      #expect(looked == min(5, expected.count))
    }
  }
}
