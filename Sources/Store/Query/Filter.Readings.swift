extension Nanoseconds {
  /// The units of a duration, longest first; both code points that look like µ are taken.
  private static let units: [(name: String, nanoseconds: UInt64)] = [
    ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
    ("us", 1_000), ("\u{B5}s", 1_000), ("\u{3BC}s", 1_000), ("ns", 1),
  ]

  /// Reads `250ms`, `1.5s`, `2m05s`: numbers with a unit each, units growing smaller. Nil for
  /// anything else, and for more than 584 years.
  public init?(filterText text: String) {
    var rest = text.unicodeScalars[...]
    var total: UInt64 = 0
    var largest = UInt64.max
    while !rest.isEmpty {
      let whole = rest.prefix(while: \.isASCIIDigit)
      rest = rest.dropFirst(whole.count)
      guard !whole.isEmpty, let count = UInt64(String(whole)) else { return nil }
      var fraction: Substring.UnicodeScalarView = rest[rest.startIndex..<rest.startIndex]
      if rest.first == "." {
        fraction = rest.dropFirst().prefix(while: \.isASCIIDigit)
        guard !fraction.isEmpty else { return nil }
        rest = rest.dropFirst(1 + fraction.count)
      }
      let name = String(rest.prefix { !$0.isASCIIDigit })
      guard
        let unit = Self.units.first(where: {
          $0.name.unicodeScalars.elementsEqual(name.unicodeScalars)
        }),
        unit.nanoseconds < largest,
        let part = Self.amount(count, fraction: String(fraction), of: unit.nanoseconds)
      else { return nil }
      rest = rest.dropFirst(name.unicodeScalars.count)
      largest = unit.nanoseconds
      let (sum, overflow) = total.addingReportingOverflow(part)
      if overflow { return nil }
      total = sum
    }
    if largest == UInt64.max { return nil }
    self.init(total)
  }

  /// `whole.fraction` units in nanoseconds, cut below one nanosecond; nil past 64 bits.
  private static func amount(_ whole: UInt64, fraction: String, of unit: UInt64) -> UInt64? {
    let digits = fraction.prefix(18)
    let scale = digits.reduce(UInt128(1)) { scale, _ in scale * 10 }
    let part = UInt128(UInt64(digits) ?? 0) * UInt128(unit) / scale
    return UInt64(exactly: UInt128(whole) * UInt128(unit) + part)
  }
}

extension UnixNanos {
  /// Reads a moment: `2025-11-21`, `2025-11-21T14:02`, with seconds, a fraction, `Z` or `+02:00`
  /// (RFC 3339; no zone means UTC), or nanoseconds since 1970 as 16 digits or more.
  public init?(filterText text: String) {
    var reader = DigitReader(rest: Array(text.utf8)[...])
    if text.utf8.count >= 16, let nanoseconds = UInt64(text) {
      self.init(nanoseconds)
      return
    }
    guard let year = reader.number(digits: 4), year >= 1970, reader.skip("-"),
      let month = reader.number(digits: 2), (1...12).contains(month), reader.skip("-"),
      let day = reader.number(digits: 2), (1...31).contains(day)
    else { return nil }
    var seconds = UnixNanos.days(year: year, month: month, day: day) * 86_400
    var fraction: UInt64 = 0
    if reader.skip("T") || reader.skip("t") {
      guard let clock = reader.clock() else { return nil }
      seconds += clock
      if reader.skip(".") {
        guard let read = reader.nanoseconds() else { return nil }
        fraction = read
      }
      guard let offset = reader.zone() else { return nil }
      seconds -= offset
    }
    guard reader.rest.isEmpty, seconds >= 0 else { return nil }
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    if overflow { return nil }
    self = UnixNanos(whole) + Nanoseconds(fraction)
  }

  /// Days from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}

/// The parts of an RFC 3339 moment, read from the front.
private struct DigitReader {
  var rest: ArraySlice<UInt8>

  mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard let first = rest.first, first == character.value else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func number(digits count: Int) -> Int64? {
    let digits = rest.prefix(count)
    guard digits.count == count, digits.allSatisfy({ Unicode.Scalar($0).isASCIIDigit }) else {
      return nil
    }
    rest = rest.dropFirst(count)
    return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
  }

  /// `14:02` or `14:02:11`, in seconds.
  mutating func clock() -> Int64? {
    guard let hour = number(digits: 2), hour < 24, skip(":"), let minute = number(digits: 2),
      minute < 60
    else { return nil }
    guard skip(":") else { return hour * 3_600 + minute * 60 }
    guard let second = number(digits: 2), second < 61 else { return nil }
    return hour * 3_600 + minute * 60 + second
  }

  /// The digits after a point, as nanoseconds.
  mutating func nanoseconds() -> UInt64? {
    let digits = rest.prefix { Unicode.Scalar($0).isASCIIDigit }
    guard (1...9).contains(digits.count) else { return nil }
    rest = rest.dropFirst(digits.count)
    let padded = Array(digits) + Array(repeating: UInt8(ascii: "0"), count: 9 - digits.count)
    return padded.reduce(0) { $0 * 10 + UInt64($1 - UInt8(ascii: "0")) }
  }

  /// Seconds east of UTC: nothing, `Z`, `+02:00`.
  mutating func zone() -> Int64? {
    if rest.isEmpty || skip("Z") || skip("z") { return 0 }
    let isWest = rest.first == UInt8(ascii: "-")
    guard skip("+") || skip("-"), let hour = number(digits: 2), skip(":"),
      let minute = number(digits: 2)
    else { return nil }
    return (hour * 3_600 + minute * 60) * (isWest ? -1 : 1)
  }
}

extension Unicode.Scalar {
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
