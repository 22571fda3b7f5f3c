extension Filter {
  /// A number as it was typed: whole numbers stay exact beyond 2^53.
  public enum Number: Equatable, Sendable {
    case integer(Int64)
    /// Finite, and not a whole number that an Int64 holds.
    case real(Double)

    /// Reads `-12`, `0.5`, `1e3`, `4k`, `1.5M`; nil for anything else, infinities included.
    public init?(_ text: String) {
      var digits = text[...]
      var factor: Int64 = 1
      if digits.hasSuffix("k") || digits.hasSuffix("K") { factor = 1_000 }
      if digits.hasSuffix("M") { factor = 1_000_000 }
      if factor != 1 { digits.removeLast() }
      guard Number.isPlain(digits.utf8) else { return nil }
      if let whole = Int64(digits) {
        let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
        self = overflow ? .real(Double(whole) * Double(factor)) : .integer(product)
        return
      }
      guard let real = Double(digits) else { return nil }
      let scaled = real * Double(factor)
      guard scaled.isFinite else { return nil }
      self = Int64(exactly: scaled).map { .integer($0) } ?? .real(scaled)
    }

    /// The nearest double.
    public var real: Double {
      switch self {
      case .integer(let value): Double(value)
      case .real(let value): value
      }
    }

    /// Whether `value` stands to this number as `comparison` says; exact, neither side is rounded.
    public func compares(_ value: Int64, _ comparison: Operator) -> Bool {
      switch self {
      case .integer(let number): comparison.holds(value, number)
      case .real(let number): comparison.holds(0, Number.order(number, value))
      }
    }

    /// Whether `value` stands to this number as `comparison` says. A NaN equals and precedes
    /// nothing.
    public func compares(_ value: Double, _ comparison: Operator) -> Bool {
      switch self {
      case .real(let number): comparison.holds(value, number)
      case .integer(let number):
        value.isNaN
          ? comparison.isNegated : comparison.holds(Number.order(value, number), 0)
      }
    }

    /// -1, 0 or 1 as `real` is less than, equal to or greater than `integer`.
    private static func order(_ real: Double, _ integer: Int64) -> Int {
      if real >= 0x1p63 { return 1 }
      if real < -0x1p63 { return -1 }
      // Safe: within ±2^63, so its floor is an Int64.
      let floor = real.rounded(.down)
      let whole = Int64(floor)
      if whole != integer { return whole < integer ? -1 : 1 }
      return floor < real ? 1 : 0
    }

    /// Whether the text is digits with at most one sign, one point and one exponent.
    private static func isPlain(_ text: Substring.UTF8View) -> Bool {
      var rest = text[...]
      func digits() -> Int {
        let count = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.count
        rest = rest.dropFirst(count)
        return count
      }
      func skip(_ bytes: [UInt8]) -> Bool {
        guard let first = rest.first, bytes.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
      }
      _ = skip(Array("+-".utf8))
      guard digits() > 0 else { return false }
      if skip(Array(".".utf8)), digits() == 0 { return false }
      if skip(Array("eE".utf8)) {
        _ = skip(Array("+-".utf8))
        guard digits() > 0 else { return false }
      }
      return rest.isEmpty
    }
  }
}
