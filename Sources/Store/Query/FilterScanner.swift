/// Reads the small pieces of a filter's text, left to right: spaces, keys, operators, quotes,
/// values.
///
/// It works on code points, so that a combining mark after `=` cannot swallow it, and counts
/// columns in characters, so that an error points where a reader looks.
struct FilterScanner {
  let scalars: [Unicode.Scalar]
  /// The column (1-based, in characters) of each code point, and of the end.
  private let columns: [Int]
  var position = 0

  init(_ text: String) {
    var scalars: [Unicode.Scalar] = []
    var columns: [Int] = []
    for (index, character) in text.enumerated() {
      scalars += character.unicodeScalars
      columns += repeatElement(index + 1, count: character.unicodeScalars.count)
    }
    columns.append((columns.last ?? 0) + 1)
    self.scalars = scalars
    self.columns = columns
  }

  // MARK: - Looking

  var isAtEnd: Bool { position == scalars.count }

  /// The code point `offset` places ahead, nil past the end.
  func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    position + offset < scalars.count ? scalars[position + offset] : nil
  }

  func starts(with text: String) -> Bool {
    scalars[position...].starts(with: text.unicodeScalars)
  }

  /// The text between two places.
  func text(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }

  func columns(_ range: Range<Int>) -> Range<Int> {
    columns[range.lowerBound]..<max(columns[range.upperBound], columns[range.lowerBound])
  }

  func error(_ range: Range<Int>, _ message: String) -> FilterError {
    let columns = columns(range)
    return FilterError(column: columns.lowerBound, length: columns.count, message: message)
  }

  /// The error that something else should stand here.
  func expected(_ what: String) -> FilterError {
    if isAtEnd { return error(position..<position, "expected \(what)") }
    var end = position + 1
    while end < scalars.count, !scalars[end].properties.isWhitespace { end += 1 }
    let range = position..<end
    return error(range, "expected \(what), found \(FilterScanner.found(text(range)))")
  }

  /// What stood somewhere, in quotes, cut where it would fill the line.
  static func found(_ text: String) -> String {
    text.count > 40 ? "\"\(text.prefix(39))…\"" : "\"\(text)\""
  }

  // MARK: - Moving

  mutating func move(to position: Int) { self.position = position }

  mutating func skipSpaces() {
    while let scalar = peek(), scalar.properties.isWhitespace { position += 1 }
  }

  /// Steps over `text` if it stands here.
  mutating func skip(_ text: String) -> Bool {
    guard starts(with: text) else { return false }
    position += text.unicodeScalars.count
    return true
  }

  /// Steps over a word of letters, of either case, that ends here.
  mutating func skip(keyword: String) -> Bool {
    let start = position
    if key().lowercased() == keyword { return true }
    position = start
    return false
  }

  /// Steps over the longest run of characters that keys have; it may be empty.
  mutating func key() -> String {
    let start = position
    while let scalar = peek(), scalar.isFilterKey { position += 1 }
    return text(start..<position)
  }

  /// Steps over a comparison, if one stands here. `==` is taken for `=`.
  mutating func comparison() -> Filter.Operator? {
    if skip("==") { return .equal }
    // Longest first: `=~` before `=`.
    for comparison in [
      Filter.Operator.matches, .notEqual, .doesNotMatch, .greaterOrEqual, .lessOrEqual,
    ]
    where skip(comparison.rawValue) { return comparison }
    if starts(with: ">>") || starts(with: "<<") { return nil }
    for comparison in [Filter.Operator.equal, .greater, .less] where skip(comparison.rawValue) {
      return comparison
    }
    return nil
  }

  /// Whether a quotation begins here.
  var isAtQuote: Bool { peek() == "\"" || peek() == "'" || peek() == "`" }

  /// Steps over a quotation and gives its content.
  ///
  /// In `"` and `'` the escapes are `\"` `\'` `\\` `\n` `\r` `\t` `\u{1F6A9}`; any other backslash
  /// stands for itself, so that regular expressions need not double theirs. In backticks nothing is
  /// special.
  mutating func quotation() throws(FilterError) -> String {
    let start = position
    let quote = scalars[position]
    var content = String.UnicodeScalarView()
    position += 1
    while let scalar = peek() {
      if scalar == quote {
        position += 1
        return String(content)
      }
      if scalar == "\\", quote != "`" {
        content.append(try escape())
      } else {
        content.append(scalar)
        position += 1
      }
    }
    throw error(start..<start + 1, "this \(quote) is not closed")
  }

  /// Steps over a backslash and what it stands for.
  private mutating func escape() throws(FilterError) -> Unicode.Scalar {
    let start = position
    position += 2
    switch peek(-1) {
    case "\"": return "\""
    case "'": return "'"
    case "\\": return "\\"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u" where peek() == "{":
      var end = position + 1
      while end < scalars.count, scalars[end].properties.isASCIIHexDigit { end += 1 }
      guard end < scalars.count, scalars[end] == "}",
        let code = UInt32(text(position + 1..<end), radix: 16), let scalar = Unicode.Scalar(code)
      else {
        throw error(start..<min(end + 1, scalars.count), "expected a code point such as \\u{1F6A9}")
      }
      position = end + 1
      return scalar
    default:
      position = start + 1
      return "\\"
    }
  }
}

extension Unicode.Scalar {
  /// Whether keys have this character without quotes: letters, digits and `_ . - : /`.
  var isFilterKey: Bool {
    switch self {
    case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-", ":", "/": true
    default: !isASCII && properties.isAlphabetic
    }
  }
}
