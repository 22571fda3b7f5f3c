import Store

/// What nearly all senders write, read as they write it: without spaces, or with one behind each colon and
/// comma. Whatever is written otherwise is left for the functions that read any JSON.
extension JSONReader {
  // MARK: - Attributes

  /// An attribute whose value is a text, a number or a flag, and which has no other members; nil, and
  /// nothing taken, for any other.
  @inline(__always)
  mutating func usualAttribute() throws(JSONError) -> (WireBytes, TraceJSONDecoder.Value)? {
    skipSpace()
    let start = unsafe cursor
    guard take(exactly: "{\"key\":\"") || take(exactly: "{\"key\": \""), let key = plainRest(),
      take(exactly: ",\"value\":{\"") || take(exactly: ", \"value\": {\""),
      let (value, raw) = try usualValue(), take(exactly: "}}")
    else {
      unsafe cursor = start
      return nil
    }
    guard let raw else { return (key, value) }
    return (key, .string(try unescaped(raw)))
  }

  /// The value behind the quote of its name, and the text where that has escapes.
  @inline(__always)
  private mutating func usualValue() throws(JSONError) -> (TraceJSONDecoder.Value, WireBytes?)? {
    if take(exactly: "stringValue\":\"") || take(exactly: "stringValue\": \"") {
      let (text, hasEscapes) = try restOfString()
      return (.string(text), hasEscapes ? text : nil)
    }
    if take(exactly: "intValue\":") {
      return digits().flatMap { Int64(exactly: $0) }.map { (.int($0), nil) }
    }
    if take(exactly: "boolValue\":") {
      return try peek() == UInt8(ascii: "n") ? nil : (.bool(try bool()), nil)
    }
    if take(exactly: "doubleValue\":") {
      return try peek() == UInt8(ascii: "n") ? nil : (.double(try double()), nil)
    }
    return nil
  }

  /// What stands in front of the next quote, which is taken too; nil where there are escapes in it, or
  /// something that is no string.
  @inline(__always)
  private mutating func plainRest() -> WireBytes? {
    let start = unsafe cursor
    while true {
      skipPlain()
      guard unsafe cursor < end else { return nil }
      switch unsafe cursor.pointee {
      case UInt8(ascii: "\""):
        let run = unsafe WireBytes(start, count: cursor - start)
        unsafe cursor += 1
        return run
      case UInt8(ascii: "\\"), 0..<0x20: return nil
      default: unsafe cursor += 1
      }
    }
  }

  // MARK: - Numbers

  /// A whole number of at most 19 digits, in quotes or not, that something else follows; nil, and nothing
  /// but white space taken, where there is none.
  @inline(__always)
  mutating func digits() -> UInt64? {
    skipSpace()
    guard unsafe cursor < end else { return nil }
    let isQuoted = unsafe cursor.pointee == UInt8(ascii: "\"")
    let first = unsafe cursor + (isQuoted ? 1 : 0)
    var place = unsafe first
    var value: UInt64 = 0
    while unsafe end - place >= 8 {
      // Safe: eight bytes are left.
      let text = unsafe UnsafeRawPointer(place).loadUnaligned(as: UInt64.self).littleEndian
      guard let eight = DecimalDigits.value(text) else { break }
      value = value &* 100_000_000 &+ eight
      unsafe place += 8
    }
    while unsafe place < end, case let digit = unsafe place.pointee &- 0x30, digit <= 9 {
      value = value &* 10 &+ UInt64(digit)
      unsafe place += 1
    }
    // Nineteen digits are less than 2^64.
    guard unsafe place > first, unsafe place - first <= 19, unsafe place < end,
      unsafe first.pointee != 0x30 || place - first == 1
    else { return nil }
    switch unsafe place.pointee {
    case UInt8(ascii: "\"") where isQuoted: unsafe cursor = place + 1
    case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x0A, 0x0D, 0x09:
      guard !isQuoted else { return nil }
      unsafe cursor = place
    default: return nil
    }
    return value
  }

  // MARK: - Ids

  /// The bytes of an id of whole multiples of eight digits, at most 32; nil, and nothing but white space
  /// taken, for any other.
  @inline(__always)
  mutating func wholeWords(_ scratch: JSONScratch) -> WireBytes? {
    skipSpace()
    guard unsafe end - cursor > 2, unsafe cursor.pointee == UInt8(ascii: "\"") else { return nil }
    var place = unsafe cursor + 1
    let room = unsafe scratch.room(16)
    var count = 0
    while count < 16, unsafe end - place > 8 {
      // Safe: eight bytes are left, and the room has half a byte for each.
      let text = unsafe UnsafeRawPointer(place).loadUnaligned(as: UInt64.self).littleEndian
      guard let bytes = HexDigits.bytes(text) else { break }
      unsafe UnsafeMutableRawPointer(room + count)
        .storeBytes(of: bytes.littleEndian, as: UInt32.self)
      count += 4
      unsafe place += 8
    }
    guard unsafe place < end, unsafe place.pointee == UInt8(ascii: "\"") else { return nil }
    unsafe cursor = place + 1
    return unsafe scratch.finish(room, count: count)
  }
}

/// Decimal digits.
enum DecimalDigits {
  /// The number of eight digits, the first in the lowest byte; nil where one is no digit.
  @inline(__always)
  static func value(_ text: UInt64) -> UInt64? {
    let digits = text ^ 0x3030_3030_3030_3030
    // A byte above nine is above fifteen, or is once six are added.
    guard (digits | (digits &+ 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0 == 0 else {
      return nil
    }
    // Neighbours are put together: to pairs, to fours, to all eight.
    let pairs = (digits &* (1 + 10 << 8)) >> 8 & 0x00FF_00FF_00FF_00FF
    let fours = (pairs &* (1 + 100 << 16)) >> 16 & 0x0000_FFFF_0000_FFFF
    return (fours &* (1 + 10_000 << 32)) >> 32
  }
}
