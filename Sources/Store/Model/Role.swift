/// What part a span plays in a request through an AI gateway; see Docs/Vocabulary.md.
public enum Role: UInt8, CaseIterable, Sendable {
  case span, inbound, orchestrate, filter, route, agent, llm, upstream, tool, prompt, resource,
    list, health

  /// The word that filters and JSON use.
  public var name: String { Self.names[Int(rawValue)] }

  // Asking a case for its name looks through what the runtime knows of types: a microsecond each time.
  private static let names = allCases.map { "\($0)" }
}

/// How a request ended, from all the evidence in its spans; see Docs/Vocabulary.md.
public enum Verdict: UInt8, CaseIterable, Sendable {
  case ok, flagged, partial, unfinished, clientGone, error, denied

  /// Whether the request did not get what it asked for: what is counted as an error.
  public var isFailure: Bool { self == .clientGone || self == .error || self == .denied }

  /// The word that filters and JSON use.
  public var name: String { Self.names[Int(rawValue)] }

  private static let names = allCases.map { $0 == .clientGone ? "client_gone" : "\($0)" }
}

/// What a trace's spans say about how it ended; one bit per kind of evidence, set by any span.
public struct Evidence: OptionSet, Sendable, Hashable {
  public var rawValue: UInt32
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let statusError = Evidence(rawValue: 1 << 0)
  public static let httpServerError = Evidence(rawValue: 1 << 1)
  public static let httpClientError = Evidence(rawValue: 1 << 2)
  public static let errorAttribute = Evidence(rawValue: 1 << 3)
  public static let errorType = Evidence(rawValue: 1 << 4)
  public static let exceptionEvent = Evidence(rawValue: 1 << 5)
  public static let successFalse = Evidence(rawValue: 1 << 6)
  public static let upstreamFailure = Evidence(rawValue: 1 << 7)
  public static let clientGone = Evidence(rawValue: 1 << 8)
  public static let errorEvent = Evidence(rawValue: 1 << 9)
  public static let filterRejected = Evidence(rawValue: 1 << 10)
  public static let pluginViolation = Evidence(rawValue: 1 << 11)
  public static let controlDenied = Evidence(rawValue: 1 << 12)
  public static let poorQuality = Evidence(rawValue: 1 << 13)
  public static let flagInName = Evidence(rawValue: 1 << 14)
  public static let violationError = Evidence(rawValue: 1 << 15)
  public static let neverSent = Evidence(rawValue: 1 << 16)
}
