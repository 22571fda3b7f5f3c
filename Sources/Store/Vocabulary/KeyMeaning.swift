/// What the vocabulary makes of an attribute key. One lookup a key, not one an attribute.
/// Plain bits, so that looking one up counts no references.
public struct KeyMeaning: Sendable, BitwiseCopyable {
  /// A dimension that the key is an alias of, and its place in the list of aliases (0 comes first).
  public struct Alias: Sendable, Equatable, BitwiseCopyable {
    public var dimension: Dimension
    public var rank: UInt8
  }

  /// An amount that the key is an alias of. The raw value is what a configuration calls it.
  public enum Measure: String, CaseIterable, Sendable, BitwiseCopyable {
    case tokensIn = "tokens_in"
    case tokensOut = "tokens_out"
    /// Both together; where no key says, their sum.
    case tokens
    /// US dollars.
    case cost
    /// Milliseconds on the wire; also an event of the same name with an attribute of it.
    case timeToFirstToken = "ttft"
  }

  /// What values under the key are evidence of. The raw value is what a configuration calls it.
  public enum Clue: String, CaseIterable, Sendable, BitwiseCopyable {
    case httpStatus = "http_status"
    case error
    case errorType = "error_type"
    case message
    case success
    case responseFlags = "response_flags"
    case violation
    case controlAllowed = "allowed"
    case quality
    case operation
    case modelCall = "model_call"
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
