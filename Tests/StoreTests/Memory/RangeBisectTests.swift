import Testing

@testable import Store

@Suite("Bisecting a range")
struct RangeBisectTests {
  @Test("Finds the first place that satisfies, or the end, with as few looks as can be")
  func everyPlace() {
    for count in 0...40 {
      let range = 5..<5 + count
      for first in 5...5 + count {
        var looks = 0
        let found = range.bisect { place in
          looks += 1
          return place >= first
        }
        #expect(found == first)
        #expect(looks <= Int.bitWidth - count.leadingZeroBitCount)
      }
    }
  }
}
