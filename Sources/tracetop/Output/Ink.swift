/// Colours for one-shot output: escape sequences on a terminal, nothing elsewhere.
struct Ink: Equatable, Sendable {
  enum Color: Int, Sendable {
    case red = 31
    case green = 32
    case yellow = 33
    case magenta = 35
    case cyan = 36
  }

  var isOn: Bool

  /// On where stdout is a terminal that was not asked to be plain.
  static func standard(isRefused: Bool = false) -> Ink {
    let isPlain = Environment.variable("NO_COLOR") != nil || Environment.variable("TERM") == "dumb"
    return Ink(isOn: StandardOutput.isTerminal && !isRefused && !isPlain)
  }

  func paint(_ text: String, _ color: Color?) -> String {
    guard isOn, let color, !text.isEmpty else { return text }
    return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
  }

  func bold(_ text: String) -> String { isOn ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  func dim(_ text: String) -> String { isOn ? "\u{1B}[2m\(text)\u{1B}[0m" : text }
}
