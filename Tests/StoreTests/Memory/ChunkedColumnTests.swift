import Support
import Synchronization
import Testing

@testable import Store

@Suite("ChunkedColumn")
struct ChunkedColumnTests {
  /// A column that several threads share.
  private final class Shared: @unchecked Sendable {
    // @unchecked: one thread appends, the others read below the count that they have loaded.
    let column = ChunkedColumn<UInt64>()
  }

  @Test("Elements are where they were appended, over every seam between chunks")
  func positions() {
    let column = ChunkedColumn<UInt32>()
    #expect(column.count == 0)
    for number in 0..<20_000 {
      column.append(UInt32(number) &* 2_654_435_761)
      #expect(column.count == number + 1)
    }
    for index in 0..<20_000 where column[index] != UInt32(index) &* 2_654_435_761 {
      Issue.record("element \(index) is \(column[index])")
      return
    }
    #expect(column.bytes >= 20_000 * 4 && column.bytes < 20_000 * 8 + 1_024)
  }

  @Test("Whether elements stand at a place is said over every seam, and of each element")
  func holds() {
    let column = ChunkedColumn<UInt32>()
    for number in 0..<300 { column.append(UInt32(number) << 8) }
    for start in [0, 1, 30, 31, 32, 33, 63, 64, 65, 127, 250] {
      for length in [0, 1, 2, 17, 49] {
        let run = (start..<start + length).map { UInt32($0) << 8 }
        #expect(unsafe run.withUnsafeBufferPointer { unsafe column.holds($0, at: start) })
        for place in run.indices {
          var other = run
          other[place] ^= 1 << 24
          #expect(unsafe !other.withUnsafeBufferPointer { unsafe column.holds($0, at: start) })
        }
      }
    }
  }

  @Test("Runs cover the first elements in order, once each, whatever the limit")
  func runs() {
    let column = ChunkedColumn<UInt16>()
    for number in 0..<700 { column.append(UInt16(number)) }
    for limit in [0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 699, 700] {
      var seen: [UInt16] = []
      unsafe column.forEachRun(below: limit) { start, run in
        #expect(start == seen.count)
        unsafe seen.append(contentsOf: run)
      }
      #expect(seen == (0..<UInt16(limit)).map { $0 })
    }
  }

  @Test("A reader that has loaded a count sees every element below it")
  func readingWhileAppending() {
    let shared = Shared()
    let total = 200_000
    let mistakes = Mutex<[String]>([])
    inParallel([
      { @Sendable in
        for number in 0..<total { shared.column.append(UInt64(number) &* 0x9E37_79B9_7F4A_7C15) }
      },
      { @Sendable in
        var count = 0
        while count < total {
          let known = count
          count = shared.column.count
          for index in known..<count
          where shared.column[index] != UInt64(index) &* 0x9E37_79B9_7F4A_7C15 {
            mistakes.withLock { $0.append("\(index) of \(count)") }
          }
        }
      },
    ])
    #expect(mistakes.withLock { $0 } == [])
  }
}
