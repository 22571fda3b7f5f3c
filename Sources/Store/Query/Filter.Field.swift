extension Filter {
  /// What a predicate looks at.
  public enum Field: Hashable, Sendable {
    /// Something every span or trace has, whatever its attributes.
    case intrinsic(Intrinsic)
    /// Something a request has one of, by the vocabulary's aliases.
    case dimension(DimensionKey)
    /// An attribute by its exact key.
    case attribute(String, in: Place)

    /// An attribute looked up wherever a bare key is.
    public static func attribute(_ key: String) -> Field { .attribute(key, in: .anywhere) }
  }

  /// Where an attribute is looked up.
  public enum Place: String, CaseIterable, Sendable {
    /// On the span, its resource and its scope, all of them; not on events.
    case anywhere = ""
    case span
    case resource
    case scope
    /// On the events of the span.
    case event
    /// On the span, resource and scope of the trace's root span.
    case root
    /// As `anywhere`, on any span of the trace, inside braces too.
    case trace
  }

  /// What every span or trace has; the raw value is how it is written.
  public enum Intrinsic: String, CaseIterable, Sendable {
    case name
    case service
    case kind
    case status
    /// Whether the span carries evidence of an error or a denial.
    case error
    case role
    case verdict
    /// From the span's start to its end.
    case duration = "dur"
    case start
    case traceDuration = "trace.dur"
    /// How many spans of the trace have arrived.
    case spans
    /// How many of them carry evidence of an error.
    case errors
    /// How many ancestors of the span have arrived.
    case depth
    /// The span's id, 16 hexadecimal digits.
    case id
    /// The trace's id, 32 hexadecimal digits.
    case trace
    case rootName = "root.name"
    case rootService = "root.service"
    /// The name and version of the instrumentation.
    case scopeName = "scope.name"
    case scopeVersion = "scope.version"
    /// The name of any event of the span.
    case eventName = "event.name"
  }

  /// What a request has one of; the raw value is how it is written. See Docs/Vocabulary.md.
  public enum DimensionKey: String, CaseIterable, Sendable {
    case tenant
    case user
    case session
    case request
    case model
    case provider
    case route
    case environment
    case tokens
    case tokensIn = "tokens.in"
    case tokensOut = "tokens.out"
    case cost
    /// Time to first token.
    case timeToFirstToken = "ttft"

    /// The text dimension of the vocabulary; nil for those that are amounts.
    public var vocabulary: Dimension? {
      switch self {
      case .tenant: .tenant
      case .user: .user
      case .session: .session
      case .request: .request
      case .model: .model
      case .provider: .provider
      case .route: .route
      case .environment: .environment
      case .tokens, .tokensIn, .tokensOut, .cost, .timeToFirstToken: nil
      }
    }
  }

  /// What has a field: decided once, whatever a filter says.
  public enum Level: Sendable {
    /// The trace: the same for each of its spans, so a predicate means in braces what it means
    /// outside.
    case trace
    /// Each span; over a trace, any of them.
    case span
    /// Both: the trace's own value over a trace (a sum; whether any span has an error), the span's
    /// inside braces.
    case both
  }

  /// The values a field can have, which decides what can be compared with it.
  public enum ValueType: Equatable, Sendable {
    /// An attribute: whatever was sent.
    case any
    case text
    /// One of these words.
    case word([String])
    case boolean
    case count
    case number
    case duration
    case moment
  }
}

extension Filter.Field {
  public var level: Filter.Level {
    switch self {
    case .intrinsic(let intrinsic):
      switch intrinsic {
      case .verdict, .traceDuration, .spans, .errors, .trace, .rootName, .rootService: .trace
      case .error: .both
      default: .span
      }
    case .dimension(let dimension): dimension.vocabulary == nil ? .both : .span
    case .attribute(_, in: .root), .attribute(_, in: .trace): .trace
    case .attribute: .span
    }
  }

  public var valueType: Filter.ValueType {
    switch self {
    case .intrinsic(let intrinsic): intrinsic.valueType
    case .dimension(let dimension):
      switch dimension {
      case .tokens, .tokensIn, .tokensOut: .count
      case .cost: .number
      case .timeToFirstToken: .duration
      default: .text
      }
    case .attribute: .any
    }
  }
}

extension Filter.Intrinsic {
  var valueType: Filter.ValueType {
    switch self {
    case .name, .service, .id, .trace, .rootName, .rootService, .scopeName, .scopeVersion,
      .eventName:
      .text
    case .kind: .word((0...5).map { SpanKind(rawValue: $0).name })
    case .status: .word((0...2).map { StatusCode(rawValue: $0).name })
    case .role: .word(Role.allCases.map(\.name))
    case .verdict: .word(Verdict.allCases.map(\.name))
    case .error: .boolean
    case .duration, .traceDuration: .duration
    case .start: .moment
    case .spans, .errors, .depth: .count
    }
  }
}
