/// Who refused a request, and what for, from whatever a gateway left of it.
public struct Denial: Equatable, Sendable {
  /// Which of the forms told of it.
  public enum Source: String, CaseIterable, Sendable {
    /// Plano's event about a filter's client error.
    case event
    /// ContextForge's `… blocked by plugin …` in a status or an exception: the only form with a code.
    case message
    /// `cpex.control.result` or `cpex.control.summary` with `result.allowed=false`.
    case control
    /// `plugin.execute` with `plugin.had_violation=true`.
    case violation
  }

  /// The filter, plugin or control; nil where no span names it.
  public var filter: String?
  public var code: String?
  public var reason: String?
  /// ContextForge's hook, such as `tool_pre_invoke`.
  public var hook: String?
  public var source: Source
  /// What the evidence is called; see ``Evidence``.
  public var evidence: Evidence
  /// The span that tells of it.
  public var span: SpanID

  public init(
    filter: String?, code: String? = nil, reason: String? = nil, hook: String? = nil,
    source: Source, evidence: Evidence, span: SpanID
  ) {
    self.filter = filter
    self.code = code
    self.reason = reason
    self.hook = hook
    self.source = source
    self.evidence = evidence
    self.span = span
  }

  /// Whether both tell of the same refusal; one is told by each span that it went through.
  func isSame(as other: Denial) -> Bool {
    filter == other.filter && code == other.code && reason == other.reason && hook == other.hook
  }

  /// Reads `<hook> blocked by plugin <NAME>: <CODE> - <reason>`, in all versions, whatever stands before.
  init?(message: String, span: SpanID) {
    // Asked of every span, and nearly always of no text at all.
    guard message.utf8.count > 19, let mark = message.firstRange(of: " blocked by plugin "),
      let colon = message[mark.upperBound...].firstRange(of: ": ")
    else { return nil }
    let rest = message[colon.upperBound...]
    let dash = rest.firstRange(of: " - ")
    let hook = message[..<mark.lowerBound].split(separator: " ").last.map(String.init)
    self.init(
      filter: String(message[mark.upperBound..<colon.lowerBound]),
      code: dash.map { String(rest[..<$0.lowerBound]) },
      reason: String(dash.map { rest[$0.upperBound...] } ?? rest), hook: hook, source: .message,
      evidence: .violationError, span: span)
  }
}
