import Support
import Testing

@testable import Store

@Suite("TraceIndex")
struct TraceIndexTests {
  @Test(
    "Finds what was put in and not taken out, like a dictionary", arguments: [1, 2] as [UInt64])
  func model(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var index = TraceIndex()
    var chunks = TraceChunks()
    var model: [TraceID: UInt64] = [:]
    var ids: [TraceID] = []
    for round in 0..<30_000 {
      if round % 3 == 2, let id = ids.randomElement(using: &random), let number = model[id] {
        index.remove(id, number)
        chunks.evict(number)
        model[id] = nil
      } else {
        let id = TraceID(high: 0, low: UInt64.random(in: 0..<20_000, using: &random))
        guard model[id] == nil else { continue }
        var record = TraceRecord()
        record.id = id
        record.spans = 1
        let number = chunks.append(record)
        index.insert(id, number)
        model[id] = number
        ids.append(id)
      }
    }
    #expect(index.count == model.count)
    for low in 0..<20_000 as Range<UInt64> {
      let id = TraceID(high: 0, low: low)
      #expect(index.find(id, in: chunks) == model[id])
    }
    for (id, number) in model {
      index.remove(id, number)
      chunks.evict(number)
    }
    #expect(index.count == 0)
    chunks.dropEvicted()
    #expect(chunks.bytes < 2 * TraceChunk.size * MemoryLayout<TraceRecord>.stride)
  }

  @Test("Finds all of many traces, and none of others, while it grows past a large page")
  func large() {
    var index = TraceIndex()
    var chunks = TraceChunks()
    let traces = UInt64(Pages.largeSize / 8 + 1)
    for low in 0..<traces {
      var record = TraceRecord()
      record.id = TraceID(high: 3, low: low &* 0x9E37_79B9_7F4A_7C15)
      index.insert(record.id, chunks.append(record))
    }
    #expect(index.bytes >= 2 * Pages.largeSize)
    for low in 0..<traces {
      let id = TraceID(high: 3, low: low &* 0x9E37_79B9_7F4A_7C15)
      let other = TraceID(high: 4, low: id.low)
      guard index.find(id, in: chunks) == low, index.find(other, in: chunks) == nil else {
        Issue.record("trace \(low) is not found, or one that was never there is")
        return
      }
    }
  }

  @Test("A chunk of which few traces are left gives back the room of the others")
  func sparse() {
    var chunks = TraceChunks()
    for low in 0..<2_560 as Range<UInt64> {
      var record = TraceRecord()
      record.id = TraceID(high: 1, low: low)
      record.spans = 1
      _ = chunks.append(record)
    }
    let full = chunks.bytes
    let before = chunks
    for number in 0..<2_560 as Range<UInt64> where number % 100 != 7 { chunks.evict(number) }
    #expect(chunks.bytes < full / 5)
    for number in 0..<2_560 as Range<UInt64> {
      #expect(before[number].id.low == number)
      #expect(chunks.isHeld(number) == (number % 100 == 7))
      if number % 100 == 7 {
        #expect(chunks[number].id.low == number)
        chunks.update(number) { $0.spans = 5 }
        #expect(chunks[number].spans == 5)
      }
    }
    #expect(before[107].spans == 1)
  }
}
