import Store

/// What a span says went wrong, in its own words.
enum ErrorText {
  /// The keys that hold a message, most telling first.
  private static let messageKeys = [
    "exception.message", "error.message", "cpex.control.result.reason", "plugin.violation.reason",
    "error_chain", "body", "error", "message", "error.type", "exception.type",
  ]

  /// The message of a span; nil where it has none.
  static func of(_ record: SpanRecord) -> String? {
    if !record.statusMessage.isEmpty { return words(of: record.statusMessage) }
    let code = statusCode(record)
    if let message = message(in: record.attributes) { return joined(code, message) }
    for event in record.events {
      if let message = message(in: event.attributes) { return joined(code, message) }
    }
    return code
  }

  /// What a person would read of it: of a JSON body at its end what that says in words. The details have
  /// all of it.
  private static func words(of message: String) -> String {
    guard message.hasSuffix("}"), let brace = message.firstIndex(of: "{") else { return message }
    let body = String(message[brace...])
    let words = Denial.words(of: body)
    return words == body ? message : message[..<brace] + words
  }

  /// The keys that say which filter, control or plugin speaks.
  private static let speakerKeys = ["agent", "cpex.control.name", "plugin.name"]

  private static func message(in attributes: [Attribute]) -> String? {
    guard let message = first(of: messageKeys, in: attributes).map(words) else { return nil }
    guard let speaker = first(of: speakerKeys, in: attributes) else { return message }
    return "\(speaker): \(message)"
  }

  private static func first(of keys: [String], in attributes: [Attribute]) -> String? {
    for key in keys {
      for attribute in attributes where attribute.key == key {
        let text = ValueText.line(attribute.value)
        if !text.isEmpty, text != "true", text != "false" { return text }
      }
    }
    return nil
  }

  /// The HTTP status where it tells of a failure.
  private static func statusCode(_ record: SpanRecord) -> String? {
    for attribute in record.attributes
    where attribute.key == "http.status_code" || attribute.key == "http.response.status_code" {
      let text = ValueText.line(attribute.value)
      if let number = Int(text), number >= 400 || number == 0 { return "HTTP \(text)" }
    }
    return nil
  }

  private static func joined(_ code: String?, _ message: String) -> String {
    code.map { "\($0)  \(message)" } ?? message
  }
}
