extension Evidence {
  /// A kind of evidence in words: one for JSON and for filters, one for people.
  public struct Word: Equatable, Sendable {
    public var evidence: Evidence
    public var name: String
    public var text: String
  }

  /// All kinds, the most telling first.
  public static let words: [Word] = [
    Word(
      evidence: .filterRejected, name: "filter_rejected", text: "a filter rejected the request"),
    Word(evidence: .controlDenied, name: "control_denied", text: "a control did not allow it"),
    Word(evidence: .violationError, name: "violation_error", text: "a plugin blocked it"),
    Word(
      evidence: .pluginViolation, name: "plugin_violation", text: "a plugin found a violation"),
    Word(evidence: .statusError, name: "status_error", text: "span status ERROR"),
    Word(evidence: .httpServerError, name: "http_server_error", text: "HTTP status 5xx"),
    Word(evidence: .httpClientError, name: "http_client_error", text: "HTTP status 4xx"),
    Word(evidence: .upstreamFailure, name: "upstream_failure", text: "proxy response flags"),
    Word(evidence: .clientGone, name: "client_gone", text: "the client went away"),
    Word(evidence: .exceptionEvent, name: "exception_event", text: "exception event"),
    Word(
      evidence: .neverSent, name: "never_sent", text: "it ended before any model was called"),
    Word(evidence: .errorEvent, name: "error_event", text: "error event"),
    Word(evidence: .errorType, name: "error_type", text: "error.type"),
    Word(evidence: .errorAttribute, name: "error_attribute", text: "error=true"),
    Word(evidence: .successFalse, name: "success_false", text: "success=false"),
    Word(evidence: .poorQuality, name: "poor_quality", text: "poor quality signals"),
    Word(evidence: .flagInName, name: "flag_in_name", text: "flag in the name"),
  ]

  /// The words of what is in the set, the most telling first.
  public var words: [Word] { Self.words.filter { contains($0.evidence) } }

  /// The names that JSON uses.
  public var names: [String] { words.map(\.name) }

  /// For people, with commas; nil where there is nothing.
  public var text: String? {
    isEmpty ? nil : words.map(\.text).joined(separator: ", ")
  }
}
