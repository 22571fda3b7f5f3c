/// What became of one Export request.
public enum ExportOutcome: Equatable, Sendable {
  /// All of it was taken: so many spans, log records or data points.
  case accepted(count: Int)
  /// Some of it was refused for good; OTLP's partial success.
  case partial(accepted: Int, rejected: Int, reason: String)
  /// Not the message it should be; the text says where.
  case malformed(String)
  /// The message it should be, and more of it than one request may bring.
  case tooLarge(String)
  /// Not now; the sender should try again after ``IngestLimits/retryDelayMilliseconds``.
  case overloaded(String)

  /// Spans, records or points that were taken.
  public var accepted: Int {
    switch self {
    case .accepted(let count): count
    case .partial(let count, _, _): count
    case .malformed, .tooLarge, .overloaded: 0
    }
  }

  /// How the call ends whose request was not taken; nil for one that was.
  ///
  /// RESOURCE_EXHAUSTED without a delay tells a sender not to try again; UNAVAILABLE with one, to
  /// do it (OTLP 1.5, "Failures" and "OTLP/gRPC Throttling").
  var status: GRPCStatus? {
    switch self {
    case .accepted, .partial: nil
    case .malformed(let reason): GRPCStatus(.invalidArgument, reason)
    case .tooLarge(let reason): GRPCStatus(.resourceExhausted, reason)
    case .overloaded(let reason):
      GRPCStatus(
        .unavailable, reason, retryDelayMilliseconds: IngestLimits.retryDelayMilliseconds)
    }
  }
}
