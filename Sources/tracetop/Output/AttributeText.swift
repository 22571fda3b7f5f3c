import Ingest
import Store
import TUI

/// Attributes of spans as `key=value`, which can be typed behind `--where` as it stands.
struct AttributeText {
  /// Which attributes stand under each span.
  enum Extent: Equatable {
    /// Those that `planoai trace` shows: of Envoy's spans a few, of others all but one.
    case usual
    /// Those that were chosen by their keys, which is all there still are.
    case chosen
    /// All, and events too.
    case all
  }

  /// The longest value shown where not everything was asked for, in columns; previews have 53.
  static let maximumColumns = 160

  var ink: Ink
  var glyphs: Glyphs
  var extent: Extent

  /// The pieces of a span, what went wrong first.
  func pieces(of span: StorySpan) -> [FlowingText.Piece] {
    let hasFailed = span.hasError
    let shown = span.record.attributes.filter { isShown($0, of: span, hasFailed) }
    let sorted = shown.enumerated().sorted { left, right in
      let (first, second) = (Self.rank(left.element.key), Self.rank(right.element.key))
      if first != second { return first < second }
      if left.element.key != right.element.key { return left.element.key < right.element.key }
      return left.offset < right.offset
    }
    return sorted.map { piece($0.element) }
  }

  /// The pieces of anything else that has attributes, in their own order.
  func pieces(of attributes: [Attribute]) -> [FlowingText.Piece] { attributes.map(piece) }

  private func piece(_ attribute: Attribute) -> FlowingText.Piece {
    let key = VisibleText.of(attribute.key)
    var value = VisibleText.of(Self.text(of: attribute.value))
    if extent == .usual {
      value = TextWidth.cut(value, to: Self.maximumColumns, mark: glyphs.ellipsis)
    }
    let code = Self.status(attribute)
    if let code, let phrase = HTTPPhrase.of(code) { value += " \(phrase)" }
    return FlowingText.Piece(
      "\(key)=\(value)",
      painted: ink.dim("\(key)=") + ink.paint(value, color(attribute.key, code)))
  }

  private func color(_ key: String, _ code: Int?) -> Ink.Color? {
    code != nil || (Self.tellsFailure(key) && !Self.statusKeys.contains(key)) ? .red : nil
  }

  /// As it is typed in a filter; lists as JSON.
  private static func text(of value: AttributeValue) -> String {
    switch value {
    case .string(let text): text.isEmpty ? "" : Filter.quoted(text)
    default: JSONText.of(value)
    }
  }

  // MARK: - Choosing

  /// What planoai shows of Envoy's spans.
  private static let envoyKeys: Set = [
    "http.method", "http.target", "http.status_code", "url.scheme", "guid:x-request-id",
    "request_size", "response_size",
  ]
  /// planoai's order: what went wrong, then what a request is known by; the rest by name.
  private static let order: [String: Int] = {
    let keys = [
      "http.status_code", "error.type", "error.message", "error.stack", "exception.type",
      "exception.message", "http.method", "http.target", "guid:x-request-id", "request_size",
      "response_size", "routing.determination_ms", "route.selected_model", "selection.agents",
      "selection.agent_count", "agent.name", "agent.sequence", "duration_ms", "llm.model",
      "llm.is_streaming", "llm.time_to_first_token", "llm.duration_ms", "llm.response_bytes",
    ]
    return Dictionary(uniqueKeysWithValues: zip(keys, keys.indices))
  }()
  private static let statusKeys: Set = ["http.status_code", "http.response.status_code"]

  private static func rank(_ key: String) -> Int { order[key] ?? order.count }

  private func isShown(_ attribute: Attribute, of span: StorySpan, _ hasFailed: Bool) -> Bool {
    guard extent == .usual else { return true }
    let key = attribute.key
    // Envoy writes "-" for no flags.
    if hasFailed, Self.tellsFailure(key), attribute.value != .string("-") { return true }
    if key == "service.name.override" { return false }
    let isEnvoy =
      span.service.hasPrefix("plano(inbound") || span.service.hasPrefix("plano(outbound")
    return !isEnvoy || Self.envoyKeys.contains(key)
  }

  /// Whether an attribute of this name says what went wrong.
  static func tellsFailure(_ key: String) -> Bool {
    statusKeys.contains(key) || ["response_flags", "error"].contains(key)
      || key.hasPrefix("error.") || key.hasPrefix("exception.") || key.hasSuffix(".error")
      || key.contains(".error.")
  }

  /// The status that an attribute tells of, if it is one of a failure.
  private static func status(_ attribute: Attribute) -> Int? {
    guard statusKeys.contains(attribute.key), let code = Int(JSONText.of(attribute.value)),
      code >= 400
    else { return nil }
    return code
  }
}
