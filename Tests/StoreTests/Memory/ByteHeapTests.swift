import Support
import Testing

@testable import Store

@Suite("ByteHeap")
struct ByteHeapTests {
  private func append(_ bytes: [UInt8], to heap: ByteHeap) -> UInt32 {
    unsafe bytes.withUnsafeBytes { buffer in
      let run = unsafe WireBytes(buffer)
      return unsafe heap.append(run.address, run.count)
    }
  }

  @Test("Runs of every length come back whole, from whichever chunk holds them")
  func lengths() {
    var random = SplitMix64.announced("byte heap, lengths")
    let heap = ByteHeap()
    // Around one and two bytes of length, around the largest run that shares a chunk, and past it.
    let lengths =
      [0, 1, 127, 128, 129, 16_383, 16_384, 16_385]
      + (-8...2).map { ByteHeap.largestShared + $0 } + [ByteHeap.chunkBytes, 3_000_000]
    var runs: [(offset: UInt32, bytes: [UInt8])] = []
    for _ in 0..<3 {
      for length in lengths + (0..<300).map({ _ in random.number(0...3_000) }) {
        let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &+ length) }
        runs.append((append(bytes, to: heap), bytes))
      }
    }
    #expect(Set(runs.map(\.offset)).count == runs.count)
    for run in runs where heap.bytes(at: run.offset).array != run.bytes {
      Issue.record("\(run.bytes.count) bytes at \(run.offset) are other ones")
    }
    let total = runs.reduce(0) { $0 + $1.bytes.count }
    #expect(heap.bytes >= total)
    // No chunk that is shared wastes more than a quarter of itself.
    #expect(heap.bytes < total * 3 / 2 + 2 * ByteHeap.chunkBytes)
  }

  @Test("A run keeps its address while others come")
  func addresses() {
    let heap = ByteHeap()
    let first = append(Array("first".utf8), to: heap)
    let run = heap.bytes(at: first)
    for number in 0..<50_000 { _ = append(Array("another one, \(number)".utf8), to: heap) }
    #expect(run.text == "first")
    #expect(unsafe heap.bytes(at: first).address == run.address)
    #expect(heap.hasRoom(for: 1 << 20))
    #expect(!heap.hasRoom(for: 1 << 31))
  }
}
