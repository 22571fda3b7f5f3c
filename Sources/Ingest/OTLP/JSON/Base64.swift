import Store

/// Reads base64 (RFC 4648) as protobuf's JSON mapping takes it: the standard alphabet or the one
/// for addresses, padding or none, spaces anywhere.
enum Base64 {
  /// Writes the bytes into room for as many as the text has; nil where it is not base64.
  static func decode(_ text: WireBytes, into room: UnsafeMutablePointer<UInt8>) -> Int? {
    var count = 0
    var word: UInt32 = 0
    var digits = 0
    var padding = 0
    var isStandard = false
    var isForAddresses = false
    for index in 0..<text.count {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: " "): continue
      case UInt8(ascii: "="):
        padding += 1
        continue
      case UInt8(ascii: "+"), UInt8(ascii: "/"): isStandard = true
      case UInt8(ascii: "-"), UInt8(ascii: "_"): isForAddresses = true
      default: break
      }
      guard padding == 0, let value = value(byte) else { return nil }
      word = word << 6 | UInt32(value)
      digits += 1
      if digits & 3 == 0 {
        unsafe room[count] = UInt8(truncatingIfNeeded: word >> 16)
        unsafe room[count + 1] = UInt8(truncatingIfNeeded: word >> 8)
        unsafe room[count + 2] = UInt8(truncatingIfNeeded: word)
        count += 3
      }
    }
    guard !(isStandard && isForAddresses) else { return nil }
    switch digits & 3 {
    case 0 where padding == 0: return count
    case 2 where padding == 0 || padding == 2:
      unsafe room[count] = UInt8(truncatingIfNeeded: word >> 4)
      return count + 1
    case 3 where padding == 0 || padding == 1:
      unsafe room[count] = UInt8(truncatingIfNeeded: word >> 10)
      unsafe room[count + 1] = UInt8(truncatingIfNeeded: word >> 2)
      return count + 2
    default: return nil
    }
  }

  private static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x41...0x5A: byte - 0x41
    case 0x61...0x7A: byte - 0x61 + 26
    case 0x30...0x39: byte - 0x30 + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
