import Store

/// Values as OTLP/JSON writes them: ids hexadecimal, 64-bit numbers as text, bytes in base64.
extension RequestJSONWriter {
  // MARK: - Strings

  mutating func string(_ run: WireBytes) {
    put(UInt8(ascii: "\""))
    if Self.isPlain(run) {
      unsafe put(run.buffer)
    } else {
      for scalar in run.text.unicodeScalars { put(scalar) }
    }
    put(UInt8(ascii: "\""))
  }

  /// Whether all of it may stand in a string as it is: printable ASCII, no quote, no backslash.
  private static func isPlain(_ run: WireBytes) -> Bool {
    let start = unsafe run.address
    var isPlain = true
    for index in 0..<run.count {
      // Safe: below the count.
      let byte = unsafe start[index]
      isPlain = isPlain && byte &- 0x20 < 0x5F && byte != 0x22 && byte != 0x5C
    }
    return isPlain
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    if let escape = JSONText.escape(of: scalar, visibly: true) {
      for byte in escape.utf8 { put(byte) }
    } else {
      for byte in UTF8.encode(scalar) ?? UTF8.EncodedScalar() { put(byte) }
    }
  }

  // MARK: - Bytes

  mutating func hexadecimal(_ run: WireBytes) {
    put(UInt8(ascii: "\""))
    for index in 0..<run.count {
      put(Self.digit(run[index] >> 4))
      put(Self.digit(run[index] & 15))
    }
    put(UInt8(ascii: "\""))
  }

  @inline(__always)
  private static func digit(_ value: UInt8) -> UInt8 { value + (value < 10 ? 0x30 : 0x57) }

  mutating func base64(_ run: WireBytes) {
    put(UInt8(ascii: "\""))
    for byte in JSONText.base64(run.array).utf8 { put(byte) }
    put(UInt8(ascii: "\""))
  }

  // MARK: - Numbers

  mutating func quoted(signed value: Int64) {
    put(UInt8(ascii: "\""))
    signed(value)
    put(UInt8(ascii: "\""))
  }

  mutating func quoted(unsigned value: UInt64) {
    put(UInt8(ascii: "\""))
    unsigned(value)
    put(UInt8(ascii: "\""))
  }

  mutating func signed(_ value: Int64) {
    if value < 0 { put(UInt8(ascii: "-")) }
    unsigned(value.magnitude)
  }

  mutating func unsigned(_ value: UInt64) {
    // No number of 64 bits has more digits.
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var rest = value
    var place = 20
    repeat {
      place -= 1
      digits[place] = 0x30 + UInt8(rest % 10)
      rest /= 10
    } while rest > 0
    for index in place..<20 { put(digits[index]) }
  }

  /// The shortest text that reads back the same; what JSON has no number for is text.
  mutating func double(_ value: Double) {
    if value.isFinite {
      for byte in value.description.utf8 { put(byte) }
    } else if value.isNaN {
      put("\"NaN\"")
    } else {
      put(value > 0 ? "\"Infinity\"" : "\"-Infinity\"")
    }
  }
}
