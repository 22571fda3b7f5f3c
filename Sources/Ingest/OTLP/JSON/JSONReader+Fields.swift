import Store

/// Fields by protobuf's JSON mapping, and by what OTLP changes of it: ids are hexadecimal.
extension JSONReader {
  mutating func uint64() throws(JSONError) -> UInt64 {
    let start = offset
    if let value = digits() { return value }
    guard let value = try number().number?.unsigned else { throw error(.number, at: start) }
    return value
  }

  mutating func uint32() throws(JSONError) -> UInt32 {
    let start = offset
    guard let value = UInt32(exactly: try uint64()) else { throw error(.number, at: start) }
    return value
  }

  mutating func int64() throws(JSONError) -> Int64 {
    let start = offset
    if let value = digits(), value <= Int64.max { return Int64(value) }
    unsafe cursor = origin + start
    guard let value = try number().number?.signed else { throw error(.number, at: start) }
    return value
  }

  mutating func double() throws(JSONError) -> Double {
    let start = offset
    let (number, text) = try number()
    if let number {
      guard let value = number.double else { throw error(.number, at: start) }
      return value
    }
    switch text.text {
    case "NaN": return .nan
    case "Infinity", "Inf": return .infinity
    case "-Infinity", "-Inf": return -.infinity
    default: throw error(.number, at: start)
    }
  }

  /// An enumeration's number, or its name by `names`; nil for a name that is not known.
  mutating func enumeration(_ names: OTLPNames) throws(JSONError) -> Int32? {
    if try peek() == UInt8(ascii: "\"") { return names.number(of: try string()) }
    // A number too wide for an enumeration loses its upper half, as it does on the wire.
    return Int32(truncatingIfNeeded: try int64())
  }

  /// The bytes of an id.
  mutating func hexadecimal(_ scratch: JSONScratch) throws(JSONError) -> WireBytes {
    let start = offset
    if let bytes = wholeWords(scratch) { return bytes }
    let text = try string()
    guard text.count & 1 == 0 else { throw error(.hexadecimal, at: start) }
    let room = unsafe scratch.room(text.count / 2)
    var index = 0
    // Ids of traces and spans are whole multiples of eight digits.
    while index + 8 <= text.count {
      // Safe: eight digits are left, and the room has half a byte for each.
      let digits = unsafe UnsafeRawPointer(text.address + index)
        .loadUnaligned(as: UInt64.self).littleEndian
      guard let bytes = HexDigits.bytes(digits) else { throw error(.hexadecimal, at: start) }
      unsafe UnsafeMutableRawPointer(room + index / 2)
        .storeBytes(of: bytes.littleEndian, as: UInt32.self)
      index += 8
    }
    while index < text.count {
      guard let high = HexDigits.value(text[index]), let low = HexDigits.value(text[index + 1])
      else { throw error(.hexadecimal, at: start) }
      unsafe room[index / 2] = high << 4 | low
      index += 2
    }
    return unsafe scratch.finish(room, count: text.count / 2)
  }

  /// Bytes in base64: either alphabet, with or without padding, spaces between (RFC 4648).
  mutating func base64(_ scratch: JSONScratch) throws(JSONError) -> WireBytes {
    let start = offset
    let text = try string()
    let room = unsafe scratch.room(text.count)
    guard let count = unsafe Base64.decode(text, into: room) else {
      throw error(.base64, at: start)
    }
    return unsafe scratch.finish(room, count: count)
  }
}
