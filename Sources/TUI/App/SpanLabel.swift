import Store

/// How a span is named where there is little room.
enum SpanLabel {
  /// The name without what every span of its kind has; the details have all of it.
  ///
  /// A filter's id out of `execute_raw_filter (id)`, the model out of `POST /v1/chat/completions
  /// model`, the agent out of `agent /v1/chat/completions`.
  static func short(_ span: SpanRow) -> String {
    let name = span.name
    guard !name.isEmpty else { return "(no name)" }
    switch span.role {
    case .filter:
      guard name.hasSuffix(")"), let open = name.lastIndex(of: "(") else { return name }
      let inside = name[name.index(after: open)...].dropLast()
      return inside.isEmpty ? name : String(inside)
    case .llm:
      let words = name.split(separator: " ", maxSplits: 2)
      return words.count == 3 && words[1].hasPrefix("/") ? String(words[2]) : name
    case .agent:
      let words = name.split(separator: " ")
      return words.count == 2 && words[1].hasPrefix("/") ? String(words[0]) : name
    default: return name
    }
  }

  /// The sign for how a step of the filter chain went.
  static func verdict(
    _ span: SpanRow, isRejecting: Bool, _ glyphs: Glyphs
  ) -> (sign: String, style: Style) {
    if isRejecting || !span.evidence.isDisjoint(with: .denial) { return (glyphs.denied, .denied) }
    if span.hasError { return (glyphs.warning, .error) }
    return (glyphs.check, .ok)
  }

  /// The filters that rejected a request: a rejecting filter's own span says nothing, the span that
  /// ran the chain does, and the filter it ran last is the one that rejected.
  static func rejectingFilters(in spans: [SpanRow]) -> Set<SpanID> {
    var rejecting: Set<SpanID> = []
    for owner in spans where owner.evidence.contains(.filterRejected) {
      let filters = spans.filter { $0.role == .filter && $0.parentSpanID == owner.spanID }
      if let last = filters.max(by: { $0.start < $1.start }) { rejecting.insert(last.spanID) }
    }
    return rejecting
  }

  /// The letter beside a span: E for an error, D for a denial, nothing else.
  static func letter(_ span: SpanRow) -> (letter: String, style: Style)? {
    if !span.evidence.isDisjoint(with: .denial) { return ("D", .denied.bold) }
    return span.hasError ? ("E", .error.bold) : nil
  }
}
