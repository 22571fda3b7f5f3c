/// Why a body in OTLP/JSON was refused, and at which byte of it.
public struct JSONError: Error, Equatable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    /// The text ends inside a value.
    case truncated
    /// Something else stands where this was expected.
    case expected(StaticText)
    /// A number that is malformed, or too large for its field.
    case number
    /// An id that is not hexadecimal digits, two for each byte.
    case hexadecimal
    /// A bytes value that is not base64.
    case base64
    /// A string with a control character, or a `\` in front of something else than JSON knows.
    case string
    /// `null` as an element of a list.
    case null
    /// Objects and lists are nested deeper than ``IngestLimits/maximumNestingDepth``.
    case nestedTooDeeply
    /// Bytes behind the end of the request's object.
    case trailing
    /// More spans, attributes or bytes than one request may hold.
    case tooLarge
  }

  /// A name out of the program's own text.
  public struct StaticText: Equatable, Sendable {
    let text: String
    init(_ text: StaticString) { self.text = text.description }
  }

  public var reason: Reason
  /// Bytes from the start of the request body.
  public var offset: Int

  public var description: String {
    let what =
      switch reason {
      case .truncated: "the text ends inside a value"
      case .expected(let what): "expected \(what.text)"
      case .number: "not a number of this field"
      case .hexadecimal: "an id must be hexadecimal, two digits for each byte"
      case .base64: "bytes must be base64"
      case .string: "a control character or an unknown escape in a string"
      case .null: "null in a list"
      case .nestedTooDeeply: "nested deeper than \(IngestLimits.maximumNestingDepth) levels"
      case .trailing: "bytes after the end of the request"
      case .tooLarge: "more than one request may hold"
      }
    return "byte \(offset): \(what)"
  }
}
