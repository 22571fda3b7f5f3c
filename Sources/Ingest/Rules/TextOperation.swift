/// What a transformation does with a value; the result is text, whatever the value was.
public enum TextOperation: Equatable, Sendable {
  /// The first 32 hexadecimal digits of HMAC-SHA256 under the secret key.
  case hash
  case uppercase
  case lowercase
  case truncate(Length)
  /// An operation that the original does not know: the value stays as it is.
  case unknown(String)

  /// What `params.max_length` says.
  public enum Length: Equatable, Sendable {
    /// The first so many code points; a negative number takes as many off the end.
    case codePoints(Int)
    /// `null`: the whole text.
    case whole
    /// Something that is no length: the value stays as it is, a number even a number.
    case invalid
  }

  /// How long `truncate` leaves a text without `max_length`, in code points.
  public static let standardLength = 50

  /// The name in the configuration.
  public var name: String {
    switch self {
    case .hash: "hash"
    case .uppercase: "uppercase"
    case .lowercase: "lowercase"
    case .truncate: "truncate"
    case .unknown(let name): name
    }
  }

  /// The changed text; nil where the value stays as it is.
  func apply(to text: String, secret: RuleSecret?) -> String? {
    switch self {
    case .hash: secret?.hash(text)
    case .uppercase: text.uppercased()
    case .lowercase: PythonText.lowercase(text)
    case .truncate(.codePoints(let count)): Self.prefix(of: text, count)
    case .truncate(.whole): text
    case .truncate(.invalid), .unknown: nil
    }
  }

  private static func prefix(of text: String, _ count: Int) -> String {
    let scalars = text.unicodeScalars
    let kept = count >= 0 ? scalars.prefix(count) : scalars.dropLast(-max(count, -Int.max))
    return String(String.UnicodeScalarView(kept))
  }
}
