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
      return filter(name)
    case .llm:
      let words = name.split(separator: " ", maxSplits: 2)
      return words.count == 3 && words[1].hasPrefix("/") ? String(words[2]) : name
    case .agent:
      let words = name.split(separator: " ")
      return words.count == 2 && words[1].hasPrefix("/") ? String(words[0]) : name
    default: return name
    }
  }

  /// What stands in parentheses at the end of a filter's name.
  static func filter(_ name: String) -> String {
    guard name.hasSuffix(")"), let open = name.lastIndex(of: "(") else { return name }
    let inside = name[name.index(after: open)...].dropLast()
    return inside.isEmpty ? name : String(inside)
  }

  /// The letter beside a span: E for an error, D for a denial, nothing else.
  static func letter(_ span: SpanRow) -> (letter: String, style: Style)? {
    if !span.evidence.isDisjoint(with: .denial) { return ("D", .denied.bold) }
    return span.hasError ? ("E", .error.bold) : nil
  }
}
