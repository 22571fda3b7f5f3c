/// What the vocabulary makes of an attribute key. One lookup a key, not one an attribute.
/// Plain bits, so that looking one up counts no references.
public struct KeyMeaning: Sendable, BitwiseCopyable {
  /// A dimension that the key is an alias of, and its place in the list of aliases (0 comes first).
  public struct Alias: Sendable, Equatable, BitwiseCopyable {
    public var dimension: Dimension
    public var rank: UInt8
  }

  /// An amount that the key is an alias of.
  public enum Measure: UInt8, Sendable, BitwiseCopyable {
    case tokensIn, tokensOut, cost, timeToFirstToken
  }

  /// What a value under the key is evidence of.
  public enum Clue: UInt8, Sendable, BitwiseCopyable {
    case httpStatus, error, errorType, success, responseFlags, violation, controlAllowed, quality,
      operation
  }

  /// The dimensions it is an alias of; no key of the vocabulary has more than four.
  private(set) var aliases = InlineArray<4, Alias>(
    repeating: Alias(dimension: .tenant, rank: 255))
  private(set) var aliasCount = 0
  public var measure: Measure?
  public var measureRank: UInt8 = 0
  public var clue: Clue?

  public init() {}

  mutating func add(_ alias: Alias) {
    guard aliasCount < aliases.count else { return }
    aliases[aliasCount] = alias
    aliasCount += 1
  }
}
