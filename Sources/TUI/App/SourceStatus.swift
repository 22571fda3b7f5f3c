public import Store

/// Where spans come from, and what was lost on the way to the store.
public struct SourceStatus: Equatable, Sendable {
  /// Who receives the spans.
  public enum Connection: Equatable, Sendable {
    /// This process does.
    case listening
    /// A collector at this address does, and sends on what it has.
    case attached(String)
    /// The collector at this address went away; attaching is tried again.
    case disconnected(String, since: UnixNanos)
    /// Nobody: the spans were read from this file.
    case file(String)

    /// Whether what is shown is of the time that a file is of.
    public var isFile: Bool { if case .file = self { true } else { false } }
  }

  /// The end of something that took its time.
  public struct Answer: Equatable, Sendable {
    /// Tells answers with the same text apart.
    public var number: Int
    public var text: String
    public var isError: Bool

    public init(number: Int, text: String, isError: Bool) {
      self.number = number
      self.text = text
      self.isError = isError
    }
  }

  public var connection = Connection.listening
  /// Each as a word and an address: "grpc 127.0.0.1:4317".
  public var endpoints: [String] = []
  public var requests: UInt64 = 0
  /// Requests that were refused because their bytes are not OTLP.
  public var badRequests: UInt64 = 0
  /// Spans a collector could not send on because this explorer was too slow.
  public var spansMissed: UInt64 = 0
  /// The same of log records.
  public var logsMissed: UInt64 = 0
  /// Log records taken, and metrics accepted and not kept.
  public var logs: UInt64 = 0
  public var metrics: UInt64 = 0
  /// The rules that change attributes on their way in.
  public var rules = RuleReport()
  /// What the collector says of itself.
  public var collector = CollectorReport()
  /// How the files are read; nil where spans come from elsewhere.
  public var reading: FileReading?
  /// What became of the last ``Effect/write(_:joinsTraces:)`` that has come to its end.
  public var answer: Answer?
  /// One line for the person in front, where there is something to say.
  public var notice: String?

  public init() {}
}
