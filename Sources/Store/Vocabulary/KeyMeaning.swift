/// What the vocabulary makes of an attribute key. One lookup a key, not one an attribute.
public struct KeyMeaning: Sendable, Equatable {
  /// A dimension that the key is an alias of, and its place in the list of aliases (0 comes first).
  public struct Alias: Sendable, Equatable {
    public var dimension: Dimension
    public var rank: UInt8
  }

  /// An amount that the key is an alias of.
  public enum Measure: UInt8, Sendable {
    case tokensIn, tokensOut, tokensTotal, cost, timeToFirstToken
  }

  /// What a value under the key is evidence of.
  public enum Clue: UInt8, Sendable {
    case httpStatus, error, errorType, success, responseFlags, violation, controlAllowed, quality,
      operation
  }

  public var aliases: [Alias] = []
  public var measure: Measure?
  public var measureRank: UInt8 = 0
  public var clue: Clue?

  public init() {}

  /// Whether the key means nothing in particular.
  public var isPlain: Bool { aliases.isEmpty && measure == nil && clue == nil }
}
