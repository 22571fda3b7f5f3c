import Glibc
import Store

/// Resolves the escapes of a JSON string (RFC 8259 section 7).
@safe struct JSONEscapes {
  private let source: WireBytes
  /// How far the source has been read; where it is wrong, if it is.
  private(set) var position = 0
  /// Whether half a surrogate pair was replaced.
  private(set) var isRepaired = false

  init(_ source: WireBytes) { self.source = source }

  /// Writes the string into room for as many bytes as the source has; nil where an escape is wrong.
  mutating func resolve(into room: UnsafeMutablePointer<UInt8>) -> Int? {
    var count = 0
    while position < source.count {
      // Safe: no escape is shorter than what it stands for, so there is room for all that is left.
      let rest = unsafe source.address + position
      let left = source.count - position
      let escape = unsafe memchr(rest, Int32(UInt8(ascii: "\\")), left)
      let plain = unsafe escape.map { unsafe UnsafeRawPointer($0) - UnsafeRawPointer(rest) } ?? left
      unsafe (room + count).update(from: rest, count: plain)
      count += plain
      position += plain
      guard plain < left else { break }
      // Safe: whoever found the end of the string took a byte behind each backslash.
      let escaped = source[position + 1]
      if escaped == UInt8(ascii: "u") {
        guard let scalar = scalar() else { return nil }
        if let units = UTF8.encode(scalar) {
          for unit in units {
            unsafe room[count] = unit
            count += 1
          }
        }
        continue
      }
      guard let plain = Self.plain(escaped) else { return nil }
      unsafe room[count] = plain
      count += 1
      position += 2
    }
    return count
  }

  private static func plain(_ escaped: UInt8) -> UInt8? {
    switch escaped {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): escaped
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "r"): 13
    case UInt8(ascii: "t"): 9
    default: nil
    }
  }

  /// The character of one `\u` escape or of a pair of them; nil where the digits are wrong.
  private mutating func scalar() -> Unicode.Scalar? {
    guard let unit = unit(at: position) else { return nil }
    position += 6
    if let scalar = Unicode.Scalar(unit) { return scalar }
    if unit < 0xDC00, let low = self.unit(at: position), low >= 0xDC00, low < 0xE000 {
      position += 6
      let value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
      return Unicode.Scalar(value)
    }
    isRepaired = true
    return "\u{FFFD}"
  }

  /// The number of a `\uXXXX` that begins here; nil where none does.
  private func unit(at start: Int) -> UInt16? {
    guard start + 6 <= source.count, source[start] == UInt8(ascii: "\\"),
      source[start + 1] == UInt8(ascii: "u")
    else { return nil }
    var value: UInt16 = 0
    for index in start + 2..<start + 6 {
      guard let digit = HexDigits.value(source[index]) else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }
}

/// Hexadecimal digits of either case.
enum HexDigits {
  /// The four bytes of eight digits, the first in the lowest byte; nil where one is no digit.
  @inline(__always)
  static func bytes(_ text: UInt64) -> UInt32? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // A letter has bit 6, and its low bits are 1 to 6.
    let digits = (text & (ones &* 0x0F)) &+ (text >> 6 & ones) &* 9
    // Written again in lower case: whatever was no digit comes out as something else.
    let isLetter = (digits &+ ones &* 0x76) >> 7 & ones
    let written = digits &+ ones &* 0x30 &+ isLetter &* 0x27
    guard digits & (ones &* 0xF0) == 0, written == text | (text & (ones &* 0x40)) >> 1
    else { return nil }
    var pairs = (digits << 4 | digits >> 8) & 0x00FF_00FF_00FF_00FF
    pairs = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: pairs | pairs >> 16)
  }

  @inline(__always)
  static func value(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
