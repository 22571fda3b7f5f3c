/// What two traces have in common when they are parts of one request, as 64 bits: a request id, or a
/// span of one trace that is the parent of a span of the other.
///
/// Two different ids have the same key once in 2^64; which ones is different in every process.
struct RequestKey: Hashable {
  let rawValue: UInt64

  /// Shorter than this an id is a counter or a word ("-", "1", "none"), not one request's own.
  static let shortestID = 6
  /// Longer than this it is a payload under a wrong key.
  static let longestID = 200

  private init(_ high: UInt64, _ low: UInt64) {
    // Zero stands for "none" in tables.
    rawValue = max(1, Bytes.mix(high ^ Bytes.seed, low ^ 0x9fb2_1c65_1e98_df25))
  }

  /// The key of a span that other traces name as a parent; nil for an id that was counted, not drawn
  /// at random, so that two traces may have it by chance.
  init?(span id: UInt64) {
    guard id >> 32 != 0 else { return nil }
    self.init(id, 0x5bd1_e995_7c15_9e37)
  }

  /// The key of a request id; nil for text that names no single request: too short or too long,
  /// without any digit ("unknown", "undefined"), or one character over and over (the zero UUID).
  ///
  /// Of a UUID, with or without hyphens, in either case, the digit that says its version is left
  /// out: Envoy packs there whether and why a request is traced, so the `x-request-id` that goes into
  /// a proxy and the one that comes out differ in it.
  init?(requestID id: WireBytes) {
    guard id.count >= RequestKey.shortestID, id.count <= RequestKey.longestID else { return nil }
    guard RequestKey.isDistinct(id) else { return nil }
    if let (high, low) = RequestKey.uuid(id) {
      self.init(high & ~RequestKey.versionDigit, low)
      return
    }
    var (high, low) = (UInt64(id.count), UInt64(0))
    for index in 0..<id.count {
      low = low << 8 | UInt64(id[index])
      if index & 7 == 7 {
        high = Bytes.mix(high ^ low, 0xe703_7ed1_a0b4_28db)
        low = 0
      }
    }
    self.init(high, low)
  }

  /// The 13th hexadecimal digit; it stands at index 14 of the text, past two hyphens.
  private static let versionDigit: UInt64 = 0xF000

  /// Whether there is a digit, and a second character.
  private static func isDistinct(_ id: WireBytes) -> Bool {
    var hasDigit = false
    var hasOther = false
    var first: UInt8 = 0
    for index in 0..<id.count where id[index] != UInt8(ascii: "-") {
      if first == 0 { first = id[index] }
      if id[index] != first { hasOther = true }
      if case UInt8(ascii: "0")...UInt8(ascii: "9") = id[index] { hasDigit = true }
    }
    return hasDigit && hasOther
  }

  /// The words of a UUID; nil for any other text.
  private static func uuid(_ id: WireBytes) -> (high: UInt64, low: UInt64)? {
    guard id.count == 36 || id.count == 32 else { return nil }
    var (high, low) = (UInt64(0), UInt64(0))
    var digits = 0
    for index in 0..<id.count {
      if id.count == 36, index == 8 || index == 13 || index == 18 || index == 23 {
        guard id[index] == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let digit = Hex.digit(id[index]) else { return nil }
      if digits < 16 { high = high << 4 | UInt64(digit) } else { low = low << 4 | UInt64(digit) }
      digits += 1
    }
    return (high, low)
  }
}
