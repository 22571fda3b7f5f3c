/// What a span measures (OTLP `Span.SpanKind`). Unknown numbers are kept as they came.
public struct SpanKind: Hashable, Sendable {
  public var rawValue: Int32
  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let unspecified = SpanKind(rawValue: 0)
  public static let `internal` = SpanKind(rawValue: 1)
  public static let server = SpanKind(rawValue: 2)
  public static let client = SpanKind(rawValue: 3)
  public static let producer = SpanKind(rawValue: 4)
  public static let consumer = SpanKind(rawValue: 5)

  /// The lowercase name of the specification, or the number.
  public var name: String {
    switch rawValue {
    case 0: "unspecified"
    case 1: "internal"
    case 2: "server"
    case 3: "client"
    case 4: "producer"
    case 5: "consumer"
    default: "\(rawValue)"
    }
  }
}

/// How a span says it ended (OTLP `Status.StatusCode`). Unknown numbers are kept as they came.
public struct StatusCode: Hashable, Sendable {
  public var rawValue: Int32
  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let unset = StatusCode(rawValue: 0)
  public static let ok = StatusCode(rawValue: 1)
  public static let error = StatusCode(rawValue: 2)

  /// The lowercase name of the specification, or the number.
  public var name: String {
    switch rawValue {
    case 0: "unset"
    case 1: "ok"
    case 2: "error"
    default: "\(rawValue)"
    }
  }
}

/// Something that happened during a span (OTLP `Span.Event`).
public struct SpanEvent: Equatable, Sendable {
  public var time: UnixNanos
  public var name: String
  public var attributes: [Attribute]
  public var droppedAttributes: UInt32

  public init(
    time: UnixNanos, name: String, attributes: [Attribute] = [], droppedAttributes: UInt32 = 0
  ) {
    self.time = time
    self.name = name
    self.attributes = attributes
    self.droppedAttributes = droppedAttributes
  }
}

/// A pointer to another span (OTLP `Span.Link`). Ids are bytes: a link is shown, never followed blindly.
public struct SpanLink: Equatable, Sendable {
  public var traceID: [UInt8]
  public var spanID: [UInt8]
  public var traceState: String
  public var attributes: [Attribute]
  public var droppedAttributes: UInt32
  public var flags: UInt32

  public init(
    traceID: [UInt8], spanID: [UInt8], traceState: String = "", attributes: [Attribute] = [],
    droppedAttributes: UInt32 = 0, flags: UInt32 = 0
  ) {
    self.traceID = traceID
    self.spanID = spanID
    self.traceState = traceState
    self.attributes = attributes
    self.droppedAttributes = droppedAttributes
    self.flags = flags
  }
}

/// Who produced spans (OTLP `Resource`, with the `schema_url` of its `ResourceSpans`).
public struct Resource: Equatable, Sendable {
  public var attributes: [Attribute]
  public var droppedAttributes: UInt32
  public var schemaURL: String

  public init(attributes: [Attribute] = [], droppedAttributes: UInt32 = 0, schemaURL: String = "") {
    self.attributes = attributes
    self.droppedAttributes = droppedAttributes
    self.schemaURL = schemaURL
  }

  /// The text of `service.name`, or nil where there is none.
  public var serviceName: String? {
    for attribute in attributes where attribute.key == "service.name" {
      if case .string(let name) = attribute.value { return name }
    }
    return nil
  }
}

/// Which instrumentation made spans (OTLP `InstrumentationScope`, with the `schema_url` of its `ScopeSpans`).
public struct Scope: Equatable, Sendable {
  public var name: String
  public var version: String
  public var attributes: [Attribute]
  public var droppedAttributes: UInt32
  public var schemaURL: String

  public init(
    name: String = "", version: String = "", attributes: [Attribute] = [],
    droppedAttributes: UInt32 = 0, schemaURL: String = ""
  ) {
    self.name = name
    self.version = version
    self.attributes = attributes
    self.droppedAttributes = droppedAttributes
    self.schemaURL = schemaURL
  }
}

/// One span with everything OTLP says of it, as plain values. Made for one span at a time: details, export, tests.
public struct SpanRecord: Equatable, Sendable {
  public var traceID: TraceID
  public var spanID: SpanID
  public var parentSpanID: SpanID
  public var traceState: String
  public var flags: UInt32
  public var name: String
  public var kind: SpanKind
  public var start: UnixNanos
  public var end: UnixNanos
  public var attributes: [Attribute]
  public var droppedAttributes: UInt32
  public var events: [SpanEvent]
  public var droppedEvents: UInt32
  public var links: [SpanLink]
  public var droppedLinks: UInt32
  public var statusCode: StatusCode
  public var statusMessage: String
  public var resource: Resource
  public var scope: Scope

  public init(
    traceID: TraceID, spanID: SpanID, parentSpanID: SpanID = .none, traceState: String = "",
    flags: UInt32 = 0, name: String, kind: SpanKind = .unspecified, start: UnixNanos,
    end: UnixNanos, attributes: [Attribute] = [], droppedAttributes: UInt32 = 0,
    events: [SpanEvent] = [], droppedEvents: UInt32 = 0, links: [SpanLink] = [],
    droppedLinks: UInt32 = 0, statusCode: StatusCode = .unset, statusMessage: String = "",
    resource: Resource = Resource(), scope: Scope = Scope()
  ) {
    self.traceID = traceID
    self.spanID = spanID
    self.parentSpanID = parentSpanID
    self.traceState = traceState
    self.flags = flags
    self.name = name
    self.kind = kind
    self.start = start
    self.end = end
    self.attributes = attributes
    self.droppedAttributes = droppedAttributes
    self.events = events
    self.droppedEvents = droppedEvents
    self.links = links
    self.droppedLinks = droppedLinks
    self.statusCode = statusCode
    self.statusMessage = statusMessage
    self.resource = resource
    self.scope = scope
  }

  /// The time from start to end; zero where the clocks ran backwards.
  public var duration: Nanoseconds { end.since(start) }
}
