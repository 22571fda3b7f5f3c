import Store

/// What made a span count as failed, denied or flagged, in words.
enum EvidenceText {
  private static let words: [(evidence: Evidence, text: String)] = [
    (.filterRejected, "a filter rejected the request"),
    (.controlDenied, "a control did not allow it"),
    (.violationError, "a plugin blocked it"),
    (.pluginViolation, "a plugin found a violation"),
    (.statusError, "span status ERROR"),
    (.httpServerError, "HTTP status 5xx"),
    (.httpClientError, "HTTP status 4xx"),
    (.upstreamFailure, "proxy response flags"),
    (.clientGone, "the client went away"),
    (.exceptionEvent, "exception event"),
    (.errorEvent, "error event"),
    (.errorType, "error.type"),
    (.errorAttribute, "error=true"),
    (.successFalse, "success=false"),
    (.poorQuality, "poor quality signals"),
    (.flagInName, "flag in the name"),
  ]

  /// Every kind of evidence the span has, most telling first; nil where it has none.
  static func of(_ evidence: Evidence) -> String? {
    let found = words.filter { !evidence.isDisjoint(with: $0.evidence) }.map(\.text)
    return found.isEmpty ? nil : found.joined(separator: ", ")
  }
}
