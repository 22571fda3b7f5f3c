extension Denial {
  /// The reason as a person would say it: of a JSON body what it says in words, else all of it.
  public var words: String? { reason.map(Denial.words(of:)) }

  /// The members of a JSON body that say why, as filters and their frameworks call them.
  private static let telling: Set<String> = [
    "error", "code", "message", "detail", "reason", "description", "msg",
  ]

  /// `out_of_scope: I only answer questions about …` of
  /// `{"detail":{"error":"out_of_scope","message":"I only answer questions about …"}}`; text that is no
  /// JSON object, or says nothing under those names, as it is.
  public static func words(of reason: String) -> String {
    guard reason.hasPrefix("{"), reason.hasSuffix("}") else { return reason }
    let texts = strings(in: reason)
    var said: [String] = []
    for (place, text) in texts.enumerated() where text.isName && telling.contains(text.value) {
      guard place + 1 < texts.count, texts[place + 1].isDirectlyAfterName else { continue }
      let value = texts[place + 1].value
      if !value.isEmpty, !said.contains(value) { said.append(value) }
    }
    return said.isEmpty ? reason : said.joined(separator: ": ")
  }

  private struct Text {
    var value: String
    /// Whether a colon follows.
    var isName = false
    /// Whether nothing but a name and its colon stands before.
    var isDirectlyAfterName = false
  }

  /// Every string of a JSON text, in order. What is broken ends it.
  private static func strings(in json: String) -> [Text] {
    var texts: [Text] = []
    var isAfterColon = false
    var rest = Substring(json)
    while let character = rest.first {
      rest.removeFirst()
      switch character {
      case "\"":
        guard let value = string(from: &rest) else { return texts }
        let isName = rest.first { !$0.isWhitespace } == ":"
        texts.append(Text(value: value, isName: isName, isDirectlyAfterName: isAfterColon))
        isAfterColon = false
      case ":": isAfterColon = true
      case " ", "\n", "\t", "\r": break
      default: isAfterColon = false
      }
    }
    return texts
  }

  /// The rest of a string behind its first quote, escapes resolved; nil where it does not end.
  private static func string(from rest: inout Substring) -> String? {
    var value = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return value
      case "\\":
        switch rest.popFirst() {
        case "n": value.append("\n")
        case "t": value.append("\t")
        case "u":
          let scalar = UInt32(rest.prefix(4), radix: 16).flatMap { Unicode.Scalar($0) }
          rest.removeFirst(min(4, rest.count))
          value.unicodeScalars.append(scalar ?? "\u{FFFD}")
        case let other?: value.append(other)
        case nil: return nil
        }
      default: value.append(character)
      }
    }
    return nil
  }
}
