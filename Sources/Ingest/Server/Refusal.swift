/// A request or connection that was not taken: what it is counted as, and a line for the log.
public struct Refusal: Equatable, Sendable {
  public enum Kind: String, CaseIterable, Sendable {
    /// Not what its type or encoding says.
    case malformed
    /// A path, method, type or encoding that is not served.
    case unsupported
    /// Over a limit of size or number.
    case tooLarge = "too large"
    /// Not now: too much is under way already.
    case overloaded
    /// Nothing came any more.
    case timedOut = "timed out"
    /// Spans of a request, or a part of them, where the rest was taken.
    case inPart = "in part"
    /// A connection as such.
    case connection = "connection refused"
    /// Without a token that is known here.
    case unauthenticated
    /// A connection that did not come to speak TLS.
    case handshake = "TLS handshake"
    /// A connection that could not be accepted: there are no more files to be had.
    case accept = "cannot accept"
  }

  public var kind: Kind
  public var message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// What a call was refused for, by the status that it ended with.
  init(_ status: GRPCStatus) {
    let kind: Kind =
      switch status.code {
      case .unavailable: .overloaded
      case .resourceExhausted: status.retryDelayMilliseconds == nil ? .tooLarge : .overloaded
      case .deadlineExceeded: .timedOut
      case .unauthenticated: .unauthenticated
      case .unimplemented, .notFound, .permissionDenied, .unknown: .unsupported
      default: .malformed
      }
    self.init(kind, status.message)
  }
}

extension ExportOutcome {
  /// What is counted and logged of a request that was not taken; nil for one that was.
  var refusal: Refusal? { status.map(Refusal.init) }
}
