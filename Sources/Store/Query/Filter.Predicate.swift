extension Filter {
  /// One key compared: `tenant.id=acme`, `dur>2s`, `user.id?`, `role in (llm, tool)`.
  public struct Predicate: Sendable {
    public var field: Field
    public var test: Test
    /// Where it was typed, 1-based, in characters; empty for one that was made, not typed.
    public var columns: Range<Int>

    public init(_ field: Field, _ test: Test, columns: Range<Int> = 0..<0) {
      self.field = field
      self.test = test
      self.columns = columns
    }
  }

  /// What is asked of a value.
  public enum Test: Equatable, Sendable {
    /// `key?`: there is a value.
    case exists
    case comparison(Operator, Operand)
    /// `key in (a, b)`: any of them is equal.
    case isIn([Operand])

    /// Whether it says what must not be; see `Filter` for what that means over a trace.
    public var isNegated: Bool {
      if case .comparison(let comparison, _) = self { comparison.isNegated } else { false }
    }

    /// The same test without the negation: `!=` becomes `=`, `!~` becomes `=~`.
    public var positive: Test {
      if case .comparison(let comparison, let operand) = self {
        .comparison(comparison.positive, operand)
      } else {
        self
      }
    }
  }

  /// A comparison; the raw value is how it is written.
  public enum Operator: String, CaseIterable, Sendable {
    case equal = "="
    case notEqual = "!="
    case matches = "=~"
    case doesNotMatch = "!~"
    case greater = ">"
    case greaterOrEqual = ">="
    case less = "<"
    case lessOrEqual = "<="

    public var isNegated: Bool { self == .notEqual || self == .doesNotMatch }
    /// Whether it asks which side is larger.
    public var isOrdering: Bool {
      switch self {
      case .greater, .greaterOrEqual, .less, .lessOrEqual: true
      case .equal, .notEqual, .matches, .doesNotMatch: false
      }
    }
    /// Whether its operand is a regular expression.
    public var takesRegex: Bool { self == .matches || self == .doesNotMatch }

    public var positive: Operator {
      switch self {
      case .notEqual: .equal
      case .doesNotMatch: .matches
      default: self
      }
    }

    /// Whether it holds between two numbers of a kind, in this order.
    @inlinable public func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
      switch self {
      case .equal, .matches: left == right
      case .notEqual, .doesNotMatch: left != right
      case .greater: left > right
      case .greaterOrEqual: left >= right
      case .less: left < right
      case .lessOrEqual: left <= right
      }
    }
  }
}

extension Filter.Predicate: Equatable {
  /// Columns do not count: the same question typed elsewhere is the same.
  public static func == (left: Self, right: Self) -> Bool {
    left.field == right.field && left.test == right.test
  }
}
