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
  }

  public var kind: Kind
  public var message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  init(_ message: String) { self.init(.invalid, message) }

  public var description: String { message }
}
