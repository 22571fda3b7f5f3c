extension Filter: CustomStringConvertible {
  /// The filter as it is typed: parsed again it gives an equal one.
  public var description: String {
    switch self {
    case .predicate(let predicate): "\(predicate)"
    case .text(let search): Filter.quotedWord(search.text)
    case .not(let inner): "not \(inner.descriptionAsPart)"
    case .and(let parts): parts.map(\.descriptionAsPart).joined(separator: " ")
    case .or(let parts): parts.map(\.descriptionAsPart).joined(separator: " or ")
    case .spans(let set): "\(set)"
    case .count(.matching(nil), let comparison, let number):
      "count() \(comparison.rawValue) \(number)"
    case .count(let set, let comparison, let number):
      "\(set) | count() \(comparison.rawValue) \(number)"
    }
  }

  /// In parentheses where it has several parts.
  private var descriptionAsPart: String {
    switch self {
    case .and, .or: "(\(self))"
    case .predicate, .text, .not, .spans, .count: description
    }
  }

  /// A value as it is typed: as it stands where that is clear, else in quotes.
  public static func quoted(_ value: String) -> String {
    var open = 0
    for scalar in value.unicodeScalars {
      switch scalar {
      case "(": open += 1
      case ")":
        open -= 1
        if open < 0 { return inQuotes(value) }
      case "@", "+", "%", "#": break
      default: if !scalar.isFilterKey { return inQuotes(value) }
      }
    }
    return open == 0 && !value.isEmpty && value != "nil" ? value : inQuotes(value)
  }

  /// A key as it is typed to mean an attribute: in quotes where it would mean something else bare.
  public static func quotedKey(_ key: String) -> String {
    let isPlain =
      !key.isEmpty && key.unicodeScalars.allSatisfy(\.isFilterKey) && !isKeyword(key)
      && Field(name: key) == nil && Place(prefixOf: key) == nil && !key.hasPrefix(".")
    return isPlain ? key : inQuotes(key)
  }

  /// Whether a key that is typed bare begins with where it is looked for, as `resource.host.name` does.
  public static func hasPlace(_ key: String) -> Bool { Place(prefixOf: key) != nil }

  /// Text to search for, as it is typed.
  static func quotedWord(_ text: String) -> String {
    let isPlain =
      !text.isEmpty && text.unicodeScalars.allSatisfy(\.isFilterKey) && !isKeyword(text)
      && text != "error"
    return isPlain ? text : inQuotes(text)
  }

  private static func isKeyword(_ word: String) -> Bool {
    ["and", "or", "not", "in"].contains(word.lowercased())
  }

  /// In double quotes, with what would not show or would end them escaped.
  public static func inQuotes(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default:
        if scalar.isVisible {
          quoted.unicodeScalars.append(scalar)
        } else {
          quoted += "\\u{\(String(scalar.value, radix: 16))}"
        }
      }
    }
    return quoted + "\""
  }
}

extension Unicode.Scalar {
  /// Whether it shows by itself: no control, format or combining character, no private or
  /// unassigned one.
  fileprivate var isVisible: Bool {
    switch properties.generalCategory {
    case .control, .format, .nonspacingMark, .enclosingMark, .spacingMark, .lineSeparator,
      .paragraphSeparator, .surrogate, .privateUse, .unassigned:
      false
    default: true
    }
  }
}

extension Filter.Predicate: CustomStringConvertible {
  public var description: String {
    switch test {
    case .comparison(.equal, let operand)
    where field == .intrinsic(.error) && operand.text == "true":
      "error"
    case .exists: "\(field)?"
    case .comparison(let comparison, let operand): "\(field)\(comparison.rawValue)\(operand)"
    case .isIn(let operands):
      "\(field) in (\(operands.map { "\($0)" }.joined(separator: ", ")))"
    }
  }
}

extension Filter.Field: CustomStringConvertible {
  public var description: String {
    switch self {
    case .intrinsic(let intrinsic): intrinsic.rawValue
    case .dimension(let dimension): dimension.rawValue
    case .attribute(let key, in: .anywhere): Filter.quotedKey(key)
    case .attribute(let key, in: let place):
      if key.isEmpty || !key.unicodeScalars.allSatisfy(\.isFilterKey) {
        "\(place.rawValue).\(Filter.inQuotes(key))"
      } else if Filter.Field(name: "\(place.rawValue).\(key)") != nil {
        "\(place.rawValue).\(Filter.inQuotes(key))"
      } else {
        "\(place.rawValue).\(key)"
      }
    }
  }
}

extension Filter.Operand: CustomStringConvertible {
  public var description: String {
    switch form {
    case .literal: Filter.quoted(text)
    case .regex: Filter.inQuotes(text)
    case .glob(let glob): glob.typed
    }
  }
}

extension Glob {
  /// The pattern as it is typed in a filter: whatever is not plain has a backslash before it.
  var typed: String { text { !$0.isFilterKey } }
}

extension Filter.SpanSet: CustomStringConvertible {
  public var description: String {
    switch self {
    case .matching(nil): "{ }"
    case .matching(let filter?): "{ \(filter) }"
    case .related(let left, let relation, let right):
      if case .related = right {
        "\(left) \(relation.rawValue) (\(right))"
      } else {
        "\(left) \(relation.rawValue) \(right)"
      }
    }
  }
}
