/// Why the collector cannot listen or be reached, in one line that says what to do.
public struct IngestError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What callers tell apart.
  public enum Kind: Sendable {
    /// The address or option is not right, or the system refuses it.
    case invalid
    /// Another process listens there.
    case inUse
    /// Nobody listens there.
    case notRunning
    /// The peer answered, but not with what was asked for.
    case refused
    /// The peer takes such calls, but not this message: its length, or its form.
    case unfit
  }

  /// When to try again what failed.
  public struct Retry: Equatable, Sendable {
    /// The wait that the peer asks for; nil where it says none.
    public var afterMilliseconds: Int?

    public init(afterMilliseconds: Int? = nil) { self.afterMilliseconds = afterMilliseconds }
  }

  public var kind: Kind
  public var message: String
  /// Whether the same may go well later; nil where it will not.
  public var retry: Retry?

  public init(_ kind: Kind, _ message: String, retry: Retry? = nil) {
    self.kind = kind
    self.message = message
    self.retry = retry
  }

  init(_ message: String) { self.init(.invalid, message) }

  public var description: String { message }
}
