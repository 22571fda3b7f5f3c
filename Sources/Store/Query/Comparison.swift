/// What equals what: one value of a span or trace against a filter's test.
///
/// Values compare as text, unless both sides are numbers, durations or booleans:
/// - A number that was sent compares with a number that was typed, so the int 200 and the double
///   200 are `=200`, `=200.0` and `="200"`.
/// - Text that was sent is equal by its bytes, `=200` for "200" too. It is ordered as a number
///   where both sides read as numbers ("503" is `>=500`), as a duration where both read as one,
///   else by bytes.
/// - An ordering needs two of a kind: "unknown" is not `>=500`.
/// - A boolean is `=true` or `=false`, and has no order.
/// - Bytes, arrays and key-value lists are their JSON text; an array also is any of its elements.
public enum Comparison {
  /// A value's text: what `=` compares and what a text search looks in.
  public static func text(of value: AttributeValue) -> String {
    switch value {
    case .string(let text): text
    default: JSONText.of(value)
    }
  }
}

extension Filter.Test {
  /// Whether an attribute with this value satisfies the test as it stands, negations included.
  public func matches(_ value: AttributeValue) -> Bool {
    if isNegated { return !positive.matches(value) }
    return switch value {
    case .string(let text): matches(text: text)
    case .int(let integer): matches(integer: integer)
    case .double(let double): matches(double: double)
    case .bool(let boolean): matches(boolean: boolean)
    case .array(let elements):
      matches(text: Comparison.text(of: value)) || elements.contains { matches($0) }
    case .empty, .bytes, .keyValues: matches(text: Comparison.text(of: value))
    }
  }

  public func matches(text: String) -> Bool { matches(text: text.utf8.span) }

  /// Whether text that was sent, valid UTF-8, satisfies the test.
  public func matches(text: Span<UInt8>) -> Bool {
    switch self {
    case .exists: true
    case .isIn(let operands): operands.contains { Comparison.equals(text, $0) }
    case .comparison(let comparison, let operand):
      switch comparison {
      case .equal, .matches: Comparison.equals(text, operand)
      case .notEqual, .doesNotMatch: !Comparison.equals(text, operand)
      case .greater, .greaterOrEqual, .less, .lessOrEqual:
        Comparison.isOrdered(text, comparison, operand)
      }
    }
  }

  public func matches(integer: Int64) -> Bool {
    typed {
      "\(integer)"
    } compare: { operand, comparison in
      operand.number?.compares(integer, comparison)
    }
  }

  public func matches(double: Double) -> Bool {
    typed {
      JSONText.of(double)
    } compare: { operand, comparison in
      operand.number?.compares(double, comparison)
    }
  }

  /// As `matches(integer:)`, for an amount that is never negative.
  public func matches(count: UInt64) -> Bool { matches(integer: Int64(clamping: count)) }

  public func matches(boolean: Bool) -> Bool {
    typed {
      boolean ? "true" : "false"
    } compare: { operand, comparison in
      comparison.isOrdering
        ? false : operand.boolean.map { comparison.holds($0 == boolean ? 0 : 1, 0) }
    }
  }

  public func matches(duration: Nanoseconds) -> Bool {
    typed {
      "\(duration.rawValue)ns"
    } compare: { operand, comparison in
      operand.duration.map { comparison.holds(duration, $0) }
    }
  }

  public func matches(moment: UnixNanos) -> Bool {
    typed {
      "\(moment.rawValue)"
    } compare: { operand, comparison in
      operand.moment.map { comparison.holds(moment, $0) }
    }
  }

  /// The test of a value that is no text: by `compare` where the operand has that reading, else by
  /// the value's text, which has no order then.
  private func typed(
    text: () -> String, compare: (Filter.Operand, Filter.Operator) -> Bool?
  ) -> Bool {
    switch self {
    case .exists: true
    case .isIn(let operands):
      operands.contains { compare($0, .equal) ?? Comparison.equals(text().utf8.span, $0) }
    case .comparison(let comparison, let operand):
      if let answer = compare(operand, comparison) {
        answer
      } else if comparison.isOrdering {
        false
      } else {
        Comparison.equals(text().utf8.span, operand) != comparison.isNegated
      }
    }
  }
}

extension Comparison {
  /// Whether text is what the operand says: the same bytes, or a match of its pattern.
  static func equals(_ text: Span<UInt8>, _ operand: Filter.Operand) -> Bool {
    switch operand.form {
    case .literal: order(text, operand.text.utf8.span) == 0
    case .glob(let glob): glob.matches(text)
    case .regex(let regex): regex.matches(text)
    }
  }

  /// Whether text that was sent stands to the operand as an ordering says.
  static func isOrdered(
    _ text: Span<UInt8>, _ comparison: Filter.Operator, _ operand: Filter.Operand
  ) -> Bool {
    if let right = operand.number {
      guard let left = Filter.Number(sent: text) else { return false }
      return switch left {
      case .integer(let value): right.compares(value, comparison)
      case .real(let value): right.compares(value, comparison)
      }
    }
    if let right = operand.duration {
      guard text.count <= 64, let left = Nanoseconds(filterText: string(text)) else { return false }
      return comparison.holds(left, right)
    }
    return comparison.holds(order(text, operand.text.utf8.span), 0)
  }

  /// -1, 0 or 1, by bytes, which for UTF-8 is the order of code points.
  static func order(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Int {
    let shared = min(left.count, right.count)
    for index in 0..<shared where left[index] != right[index] {
      return left[index] < right[index] ? -1 : 1
    }
    return left.count == right.count ? 0 : left.count < right.count ? -1 : 1
  }

  static func string(_ text: Span<UInt8>) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    for index in text.indices { bytes.append(text[index]) }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Filter.Number {
  /// Reads a number that was sent as text; suffixes are for people who type, so "4k" is none.
  init?(sent text: Span<UInt8>) {
    guard (1...64).contains(text.count), text[text.count - 1] < UInt8(ascii: ":") else {
      return nil
    }
    self.init(Comparison.string(text))
  }
}
