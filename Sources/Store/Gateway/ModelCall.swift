/// One call of a model, from whichever spans tell of it.
public struct ModelCall: Equatable, Sendable {
  /// The span of the call, and the upstream's where one came.
  public var span: SpanID
  public var upstreamSpan: SpanID?
  public var start: UnixNanos
  public var duration: Nanoseconds
  /// The model as the client named it.
  public var asked: String?
  /// What that name is an alias of.
  public var alias: String?
  /// The model that was sent for.
  public var sent: String?
  /// The model as the upstream named itself.
  public var answered: String?
  public var provider: String?
  public var route: String?
  /// The host that was called.
  public var upstream: String?
  public var httpStatus: Int?
  public var tokensIn: UInt64?
  public var tokensOut: UInt64?
  /// Tokens of the input that came from a cache, and of the output that were spent on thinking.
  public var tokensCached: UInt64?
  public var tokensReasoning: UInt64?
  public var costUSD: Double?
  public var timeToFirstToken: Nanoseconds?
  /// The agent on whose behalf it was made.
  public var agent: String?
  /// Whether a filter made it for its own purposes.
  public var isOfFilter: Bool
  public var hasFailed: Bool

  /// The model that the call came to: as the upstream named it, else as it was sent for.
  public var model: String? { answered ?? sent }

  public init(span: SpanID, start: UnixNanos, duration: Nanoseconds) {
    self.span = span
    self.start = start
    self.duration = duration
    isOfFilter = false
    hasFailed = false
  }
}
