import Support
import Testing

@testable import Ingest

@Suite("HexDigits")
struct HexDigitsTests {
  private static func word(_ digits: [UInt8]) -> UInt64 {
    digits.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  @Test("Eight digits at once are the digits one by one, in either case")
  func digits() {
    var random = SplitMix64.announced("hexadecimal digits")
    let alphabet = Array("0123456789abcdefABCDEF".utf8)
    for _ in 0..<1_000 {
      let text = (0..<8).map { _ in random.pick(alphabet) }
      let expected = stride(from: 0, to: 8, by: 2).map { index in
        (HexDigits.value(text[index]) ?? 0) << 4 | (HexDigits.value(text[index + 1]) ?? 0)
      }
      let bytes = HexDigits.bytes(Self.word(text)) ?? 0
      #expect((0..<4).map { UInt8(truncatingIfNeeded: bytes >> (8 * $0)) } == expected)
    }
  }

  @Test("No other byte passes for a digit, at any place")
  func others() {
    for place in 0..<8 {
      for byte in UInt8.min...UInt8.max {
        var text = Array("0a1B2c3D".utf8)
        text[place] = byte
        #expect(
          (HexDigits.bytes(Self.word(text)) != nil) == (HexDigits.value(byte) != nil),
          "byte \(byte) at \(place)")
      }
    }
  }
}
