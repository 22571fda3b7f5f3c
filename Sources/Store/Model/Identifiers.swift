/// The 128-bit id of a trace, as two big-endian words (OTLP `Span.trace_id`, 16 bytes).
public struct TraceID: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var high: UInt64
  public var low: UInt64

  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Whether every bit is zero, which OTLP calls invalid.
  @inlinable public var isZero: Bool { high == 0 && low == 0 }

  @inlinable public static func < (left: TraceID, right: TraceID) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }

  /// Reads 32 hexadecimal digits of either case; nil for anything else.
  public init?(hex: some StringProtocol) {
    guard hex.utf8.count == 32 else { return nil }
    let middle = hex.index(hex.startIndex, offsetBy: 16)
    guard let high = Hex.word(hex[..<middle]), let low = Hex.word(hex[middle...]) else {
      return nil
    }
    self.init(high: high, low: low)
  }

  /// 32 lowercase hexadecimal digits.
  public var hex: String { Hex.text(high) + Hex.text(low) }
}

/// The 64-bit id of a span, big-endian (OTLP `Span.span_id`, 8 bytes); zero stands for "none".
public struct SpanID: Hashable, Comparable, Sendable {
  public var rawValue: UInt64

  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// The id that a root span has as its parent.
  public static let none = SpanID(0)

  @inlinable public var isNone: Bool { rawValue == 0 }

  @inlinable public static func < (left: SpanID, right: SpanID) -> Bool {
    left.rawValue < right.rawValue
  }

  /// Reads 16 hexadecimal digits of either case; nil for anything else.
  public init?(hex: some StringProtocol) {
    guard let word = Hex.word(hex[...]) else { return nil }
    self.init(word)
  }

  /// 16 lowercase hexadecimal digits.
  public var hex: String { Hex.text(rawValue) }
}

/// Hexadecimal text of 64-bit words.
public enum Hex {
  /// Reads exactly 16 digits of either case.
  public static func word(_ text: some StringProtocol) -> UInt64? {
    guard text.utf8.count == 16 else { return nil }
    var value: UInt64 = 0
    for byte in text.utf8 {
      guard let digit = digit(byte) else { return nil }
      value = value << 4 | UInt64(digit)
    }
    return value
  }

  /// The value of one digit, or nil.
  public static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// 16 lowercase digits, leading zeros kept.
  public static func text(_ word: UInt64) -> String {
    var digits = InlineArray<16, UInt8>(repeating: 0)
    for index in 0..<16 {
      let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * index)) & 15
      digits[index] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }
    return String(decoding: digits.indices.map { digits[$0] }, as: UTF8.self)
  }
}

/// The number a trace got when its first span arrived; numbers grow and are never given twice.
public struct TraceNumber: Hashable, Comparable, Sendable {
  public var rawValue: UInt64

  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  @inlinable public static func < (left: TraceNumber, right: TraceNumber) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Where a span stands in the store: the row's number since the store began.
public struct SpanReference: Hashable, Comparable, Sendable {
  public var rawValue: UInt64

  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  @inlinable public static func < (left: SpanReference, right: SpanReference) -> Bool {
    left.rawValue < right.rawValue
  }
}
