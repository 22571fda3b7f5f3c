/// What became of one Export request.
public enum ExportOutcome: Equatable, Sendable {
  /// All of it was taken: so many spans, log records or data points.
  case accepted(count: Int)
  /// Some of it was refused for good; OTLP's partial success.
  case partial(accepted: Int, rejected: Int, reason: String)
  /// Not the message it should be; the text says where.
  case malformed(String)
  /// Not now; the sender should try again (the retry delay is the sender's to choose).
  case overloaded(String)

  /// Spans, records or points that were taken.
  public var accepted: Int {
    switch self {
    case .accepted(let count): count
    case .partial(let count, _, _): count
    case .malformed, .overloaded: 0
    }
  }
}
