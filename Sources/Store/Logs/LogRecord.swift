/// One log record with everything OTLP says of it, as plain values. Made for a few at a time: details,
/// one-shot output, tests.
public struct LogRecord: Equatable, Sendable {
  public var traceID: TraceID
  /// `none` where the record names no span.
  public var spanID: SpanID
  /// When it happened; zero where only ``observed`` is known.
  public var time: UnixNanos
  /// When it was collected.
  public var observed: UnixNanos
  public var severity: LogSeverity
  /// The severity as its source calls it.
  public var severityText: String
  public var body: AttributeValue
  public var attributes: [Attribute]
  public var droppedAttributes: UInt32
  public var flags: UInt32
  public var eventName: String
  public var resource: Resource
  public var scope: Scope

  public init(
    traceID: TraceID, spanID: SpanID = .none, time: UnixNanos = UnixNanos(0),
    observed: UnixNanos = UnixNanos(0), severity: LogSeverity = .unspecified,
    severityText: String = "", body: AttributeValue = .empty, attributes: [Attribute] = [],
    droppedAttributes: UInt32 = 0, flags: UInt32 = 0, eventName: String = "",
    resource: Resource = Resource(), scope: Scope = Scope()
  ) {
    self.traceID = traceID
    self.spanID = spanID
    self.time = time
    self.observed = observed
    self.severity = severity
    self.severityText = severityText
    self.body = body
    self.attributes = attributes
    self.droppedAttributes = droppedAttributes
    self.flags = flags
    self.eventName = eventName
    self.resource = resource
    self.scope = scope
  }

  /// When it happened, as far as anything says.
  public var moment: UnixNanos { time.isSet ? time : observed }

  /// What its source calls the severity, else the specification's name; empty where nothing says it.
  public var severityName: String { severityText.isEmpty ? severity.name : severityText }
}
