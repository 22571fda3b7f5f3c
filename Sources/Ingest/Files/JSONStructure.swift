import Store

/// Finds the end of a JSON value (RFC 8259) that comes in pieces, without reading what is in it.
///
/// Only what tells where values end is looked at: brackets, strings, and what may stand before them,
/// so that a value whose end is missing is found out at the next one's beginning and not at the end of
/// the file. Whether it is right in itself the decoder says.
struct JSONStructure {
  /// Where a value ends or is broken.
  enum Finding: Equatable {
    /// More bytes are needed.
    case open
    /// The value ends in front of this byte.
    case end(Int)
    /// This byte cannot stand where it does.
    case broken(Int)
  }

  /// How many brackets are open.
  private(set) var depth = 0
  private var isInString = false
  private var isEscaped = false
  /// The last byte that was no white space: a bracket, comma, colon or quote, or the last of a word;
  /// a comma before the first, since a value may begin.
  private var last = UInt8(ascii: ",")

  /// Looks at the bytes from `start` on; the next piece begins where this one ended.
  mutating func scan(_ bytes: WireBytes, from start: Int) -> Finding {
    var place = start
    while place < bytes.count {
      if isInString {
        guard let isClosed = skipString(bytes, &place) else { return .broken(place) }
        guard isClosed else { return .open }
        isInString = false
        last = UInt8(ascii: "\"")
        if depth == 0 { return .end(place) }
        continue
      }
      // Safe: `place` is below the count.
      let byte = unsafe bytes.address[place]
      switch byte {
      case 0x20, 0x0A, 0x0D, 0x09: break
      case UInt8(ascii: "\""):
        guard mayBegin || last == UInt8(ascii: "{") else { return .broken(place) }
        isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard mayBegin else { return .broken(place) }
        depth += 1
        last = byte
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard depth > 0 else { return .broken(place) }
        depth -= 1
        last = byte
        if depth == 0 { return .end(place + 1) }
      default:
        // A word or a number at the top ends where something else begins, which nobody asks for.
        guard depth > 0 else { return .broken(place) }
        last = byte
      }
      place += 1
    }
    return .open
  }

  /// Whether a value may begin here.
  private var mayBegin: Bool {
    last == UInt8(ascii: ",") || last == UInt8(ascii: ":") || last == UInt8(ascii: "[")
  }

  /// Moves behind the string's end, or to the end of the bytes; false there, nil at a line end, which
  /// no string has.
  private mutating func skipString(_ bytes: WireBytes, _ place: inout Int) -> Bool? {
    while place < bytes.count {
      if isEscaped {
        isEscaped = false
        place += 1
        continue
      }
      unsafe place += Self.plainBytes(bytes.address + place, bytes.count - place)
      guard place < bytes.count else { break }
      // Safe: `place` is below the count.
      let byte = unsafe bytes.address[place]
      if byte == 0x0A { return nil }
      place += 1
      if byte == UInt8(ascii: "\"") { return true }
      isEscaped = byte == UInt8(ascii: "\\")
    }
    return false
  }

  /// How many bytes stand before the first that may be a quote, a backslash or a control character,
  /// eight at a time; fewer where the rest is shorter than that.
  @inline(__always)
  private static func plainBytes(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var place = 0
    while place + 8 <= count {
      // Safe: eight bytes are left.
      let word = unsafe UnsafeRawPointer(start + place).loadUnaligned(as: UInt64.self).littleEndian
      let quote = word ^ (ones &* 0x22)
      let escape = word ^ (ones &* 0x5C)
      // The lowest bit that is set marks the first such byte; what is above it may be wrong.
      let found =
        ((quote &- ones) & ~quote | (escape &- ones) & ~escape | (word &- ones &* 0x20) & ~word)
        & (ones &* 0x80)
      guard found == 0 else { return place + found.trailingZeroBitCount >> 3 }
      place += 8
    }
    return place
  }
}
