import Store

/// A number as JSON writes it (RFC 8259 section 6), read once and exact until it is asked for.
struct JSONNumber {
  private var isNegative = false
  /// The digits before and after the point, as far as they fit.
  private var digits: UInt64 = 0
  private var isTooLong = false
  /// What to multiply the digits with, as a power of ten.
  private var exponent = 0
  private var isWhole = true
  /// The bytes that the number takes.
  private(set) var length = 0
  private let text: WireBytes

  /// Reads the number that the text begins with; nil where it begins with none.
  init?(_ text: WireBytes) {
    self.text = text
    if byte == UInt8(ascii: "-") {
      isNegative = true
      length += 1
    }
    let isZero = byte == UInt8(ascii: "0")
    let whole = readDigits()
    guard whole > 0, !isZero || whole == 1 else { return nil }
    if byte == UInt8(ascii: ".") {
      isWhole = false
      length += 1
      let count = readDigits()
      guard count > 0 else { return nil }
      exponent -= count
    }
    if byte | 0x20 == UInt8(ascii: "e") {
      isWhole = false
      length += 1
      guard let written = readExponent() else { return nil }
      exponent += written
    }
  }

  /// The byte that comes next; zero at the end.
  private var byte: UInt8 { length < text.count ? text[length] : 0 }

  private mutating func readDigits() -> Int {
    let start = length
    while case let digit = byte &- 0x30, digit <= 9 {
      let (product, overflows) = digits.multipliedReportingOverflow(by: 10)
      let (sum, carries) = product.addingReportingOverflow(UInt64(digit))
      if overflows || carries { isTooLong = true }
      if !isTooLong { digits = sum }
      length += 1
    }
    return length - start
  }

  /// The exponent, no further from zero than doubles can tell.
  private mutating func readExponent() -> Int? {
    let isNegative = byte == UInt8(ascii: "-")
    if isNegative || byte == UInt8(ascii: "+") { length += 1 }
    let start = length
    var value = 0
    while case let digit = byte &- 0x30, digit <= 9 {
      value = min(value * 10 + Int(digit), 100_000)
      length += 1
    }
    guard length > start else { return nil }
    return isNegative ? -value : value
  }

  // MARK: - As the types of protobuf

  /// Nil where it is not a whole number from 0 to 2^64 - 1.
  var unsigned: UInt64? {
    if isNegative { return nil }
    if isWhole { return isTooLong ? nil : digits }
    return double.flatMap { UInt64(exactly: $0) }
  }

  /// Nil where it is not a whole number of 64 bits.
  var signed: Int64? {
    guard isWhole else { return double.flatMap { Int64(exactly: $0) } }
    guard !isTooLong else { return nil }
    guard isNegative else { return Int64(exactly: digits) }
    return digits <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- digits) : nil
  }

  /// The nearest double; nil where it is larger than any.
  var double: Double? {
    if !isTooLong, digits <= 1 << 53, abs(exponent) <= 22 {
      // Both are exact, so one rounding makes the nearest (W. D. Clinger, 1990).
      let power = Self.powers[abs(exponent)]
      let value = exponent < 0 ? Double(digits) / power : Double(digits) * power
      return isNegative ? -value : value
    }
    let bytes = unsafe WireBytes(text.address, count: length)
    guard let value = Double(bytes.text), value.isFinite else { return nil }
    return value
  }

  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]
}
