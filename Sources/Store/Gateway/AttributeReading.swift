/// Attributes looked up by key, as text or as the number that either a number or a text says.
extension [Attribute] {
  /// The first value under the key, as text.
  public func text(_ key: String) -> String? {
    first { $0.key == key }.map { JSONText.of($0.value) }
  }

  /// The last value under the key, as text: where a gateway writes a key twice, the second speaks of
  /// what happened and the first of what was meant to.
  public func lastText(_ key: String) -> String? {
    last { $0.key == key }.map { JSONText.of($0.value) }
  }

  /// The first value under the key that is a number, or text that reads as one.
  public func number(_ key: String) -> Double? {
    switch first(where: { $0.key == key })?.value {
    case .int(let number): Double(number)
    case .double(let number): number.isFinite ? number : nil
    case .string(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
    default: nil
    }
  }

  /// The first value under the key that is a whole number, or text that reads as one.
  public func integer(_ key: String) -> Int? { number(key).flatMap { Int(exactly: $0) } }

  /// The first value under the key that is a truth value, or text that says one.
  public func boolean(_ key: String) -> Bool? {
    switch text(key) {
    case "true", "True": true
    case "false", "False": false
    default: nil
    }
  }
}

extension SpanRecord {
  public func text(_ key: String) -> String? { attributes.text(key) }
  public func number(_ key: String) -> Double? { attributes.number(key) }
}

extension SpanEvent {
  public func text(_ key: String) -> String? { attributes.text(key) }
}
