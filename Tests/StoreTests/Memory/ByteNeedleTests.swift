import Support
import Testing

@testable import Store

@Suite("ByteNeedle")
struct ByteNeedleTests {
  private func isFound(_ needle: ByteNeedle, in text: [UInt8]) -> Bool {
    unsafe text.withUnsafeBytes { needle.isFound(in: unsafe WireBytes($0)) }
  }

  @Test("It is found where a naive search finds it, in texts of every length")
  func naive() {
    var random = SplitMix64.announced("byte needle")
    let alphabet = Array("aAbBz[{@` -9é".utf8)
    for _ in 0..<20_000 {
      let text = (0..<random.number(0...70)).map { _ in random.pick(alphabet) }
      let length = random.number(0...4)
      // Half of the needles stand somewhere in the text.
      var bytes = (0..<length).map { _ in random.pick(alphabet) }
      if random.chance(50), text.count >= length {
        let start = random.number(0...text.count - length)
        bytes = Array(text[start..<start + length])
      }
      let exact = ByteNeedle(bytes, isFolded: false)
      #expect(isFound(exact, in: text) == contains(text, bytes), "\(bytes) in \(text)")
      let folded = ByteNeedle(bytes.map(lower), isFolded: true)
      #expect(
        isFound(folded, in: text) == contains(text.map(lower), bytes.map(lower)),
        "\(bytes) in \(text)")
    }
  }

  @Test("Its places in long texts are those a naive search finds, one after the other")
  func places() {
    var random = SplitMix64.announced("byte needle, long texts")
    for _ in 0..<2_000 {
      // Mostly nothing: runs of 64 places are passed over, and found ones lie across their edges.
      var text = [UInt8](repeating: UInt8(ascii: "."), count: random.number(0...400))
      let needle = Array("Kb zap Kbzapper".utf8.prefix(random.number(1...15)))
      for _ in 0..<random.number(0...6) where text.count >= needle.count {
        let start = random.number(0...text.count - needle.count)
        // Some only begin like it.
        let length = random.chance(50) ? needle.count : random.number(1...needle.count)
        text.replaceSubrange(start..<start + length, with: needle.prefix(length))
      }
      let folded = random.chance(50)
      let bytes = folded ? needle.map(lower) : needle
      let found = places(of: ByteNeedle(bytes, isFolded: folded), in: text)
      let expected = naivePlaces(of: bytes, in: folded ? text.map(lower) : text)
      #expect(found == expected, "\(bytes) in \(text)")
    }
  }

  private func places(of needle: ByteNeedle, in text: [UInt8]) -> [Int] {
    unsafe text.withUnsafeBytes {
      let run = unsafe WireBytes($0)
      var places: [Int] = []
      while let place = needle.place(in: run, from: (places.last ?? -1) + 1) {
        places.append(place)
      }
      return places
    }
  }

  private func naivePlaces(of needle: [UInt8], in text: [UInt8]) -> [Int] {
    guard text.count >= needle.count else { return [] }
    return (0...text.count - needle.count).filter { start in
      text[start..<start + needle.count].elementsEqual(needle)
    }
  }

  private func contains(_ text: [UInt8], _ needle: [UInt8]) -> Bool {
    !naivePlaces(of: needle, in: text).isEmpty
  }

  private func lower(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
