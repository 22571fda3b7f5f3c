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

  private func contains(_ text: [UInt8], _ needle: [UInt8]) -> Bool {
    guard text.count >= needle.count else { return false }
    return (0...text.count - needle.count).contains { start in
      text[start..<start + needle.count].elementsEqual(needle)
    }
  }

  private func lower(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
