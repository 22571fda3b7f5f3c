import Support
import Testing

@testable import Store

@Suite("Packed columns")
struct PackedColumnTests {
  private func packed(_ numbers: [UInt64]) -> (PackedColumn, PackedBlock) {
    var writer = PackedWriter()
    let layout = unsafe numbers.withUnsafeBufferPointer { numbers in
      unsafe writer.pack(numbers.baseAddress.unsafelyUnwrapped, numbers.count)
    }
    let block = writer.finish()
    return (PackedColumn(block, layout), block)
  }

  @Test("Numbers of any size and number are read back, one by one and in runs")
  func roundTrip() {
    var random = SplitMix64.announced("packed columns")
    for round in 0..<400 {
      let bits = UInt64(round % 65)
      let count = random.pick([1, 2, 63, 64, 255, 256, 257, 1_000, 5_000])
      let base = random.chance(50) ? 0 : random.next()
      let climbs = random.chance(30)
      let numbers = (0..<count).map { index -> UInt64 in
        let number = bits == 0 ? 0 : random.next() >> (64 - bits)
        return base &+ number &+ (climbs ? UInt64(index) << 20 : 0)
      }
      let (column, block) = packed(numbers)
      withExtendedLifetime(block) {
        #expect(column.count == count)
        #expect(column.lowest == numbers.min() && column.highest == numbers.max())
        #expect(numbers.indices.allSatisfy { column[$0] == numbers[$0] }, "\(bits) bits, \(count)")
        let low = random.number(0...count - 1)
        let range = low..<random.number(low...count)
        var seen: [UInt64] = []
        column.forEach(range) { index, number in
          seen.append(number)
          if index != range.lowerBound + seen.count - 1 { Issue.record("\(index) is out of turn") }
        }
        #expect(seen == Array(numbers[range]))
        column.forEachRun(range) { run in
          for index in run.start..<run.start + run.count
          where numbers[index] < run.base || numbers[index] > run.upperBound {
            Issue.record("\(numbers[index]) is outside of its run")
          }
        }
      }
    }
  }

  @Test("Numbers that are near to each other take a few bits each")
  func size() {
    let near = (0..<65_536).map { 1_763_733_741_000_000_000 + UInt64($0) * 1_000 }
    // Within 256 of them they differ by less than 2^18.
    #expect(packed(near).1.bytes < 65_536 * 19 / 8)
    #expect(packed([UInt64](repeating: 7, count: 65_536)).1.bytes < 64)
  }

  @Test("Every place of a code is found, whatever the width and wherever the last word ends")
  func codes() throws {
    var random = SplitMix64.announced("packed codes")
    for width in 0...12 {
      for count in [1, 63, 64, 65, 130, 1_000] {
        let highest: UInt64 = 1 << UInt64(width) - 1
        let numbers = (0..<count).map { _ in random.number(0...highest) as UInt64 }
        var writer = PackedWriter()
        // What stands in front shifts nothing: columns begin at words.
        _ = unsafe writer.copy([1, 2, 3], 3)
        let layout = unsafe numbers.withUnsafeBufferPointer { numbers in
          unsafe writer.pack(
            codes: numbers.baseAddress.unsafelyUnwrapped, count, highest: highest)
        }
        // What follows is no hit.
        _ = unsafe writer.copy([0, .max, 0], 3)
        let block = writer.finish()
        let codes = try #require(PackedColumn(block, layout).codes)
        for wanted in [0, highest / 2, highest, highest + 1] {
          let hits = codes.equal(to: wanted)
          let expected = numbers.map { $0 == wanted }
          let found = (0..<hits.count * 64).map { hits[$0 >> 6] >> UInt64($0 & 63) & 1 == 1 }
          withExtendedLifetime(block) {
            #expect(Array(found.prefix(count)) == expected, "\(width) bits, \(count), \(wanted)")
            #expect(!found.dropFirst(count).contains(true))
          }
        }
      }
    }
  }

  @Test("Words come back bit for bit, decimal or not")
  func words() {
    var random = SplitMix64.announced("packed words")
    let odd: [UInt64] = [
      0, .max, 1, (-0.0).bitPattern, Double.nan.bitPattern, Double.infinity.bitPattern,
      (1e300).bitPattern, (4e15).bitPattern, (0.1 + 0.2).bitPattern, UInt64(bitPattern: -5),
    ]
    for round in 0..<200 {
      let digits = [1.0, 10, 1e4, 1e6, 1e10, 3][round % 6]
      var words = (0..<random.number(1...256)).map { _ in
        (Double(random.number(-1_000_000...1_000_000) as Int) / digits).bitPattern
      }
      if round % 3 == 0 { words[random.number(0...words.count - 1)] = random.pick(odd) }
      let (column, powers, block) = converted(words)
      let kept = PackedWords(column, powers: [powers])
      withExtendedLifetime(block) {
        #expect(words.indices.allSatisfy { kept[$0] == words[$0] })
      }
      if round % 3 != 0, digits != 3 { #expect(powers != PackedWords.plain, "\(digits)") }
    }
  }

  private func converted(_ words: [UInt64]) -> (PackedColumn, UInt8, PackedBlock) {
    var numbers = words
    let power = unsafe numbers.withUnsafeMutableBufferPointer { unsafe PackedWords.convert($0) }
    let (column, block) = packed(numbers)
    return (column, power, block)
  }
}
