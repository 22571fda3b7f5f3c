/// Reads the filter language (Docs/Query.md).
///
///     filter   = any
///     any      = all { ("or" | "||") all }
///     all      = term { ["and" | "&&"] term }
///     term     = ("not" | "!") term | "(" any ")" | predicate | word | phrase | spans
///     predicate = key "?" | key comparison value | key ["not"] "in" "(" value { "," value } ")"
///     spans    = set { (">>" | ">" | "~" | "<<" | "<") set } ["|" "count()" comparison number]
///     set      = "{" [any] "}" | "(" spans ")"
public enum FilterParser {
  /// The longest text read, in characters: more than a person types, little enough to parse in a
  /// frame.
  public static let maximumLength = 4_096
  /// How deep parentheses, braces and `not` may nest: the parser's stack grows with it.
  public static let maximumDepth = 64

  /// The filter that the text says; nil for an empty text, which means everything.
  public static func parse(_ text: String) throws(FilterError) -> Filter? {
    if text.utf8.count > maximumLength {
      // Few texts come here, so counting characters may take its time.
      let length = text.count
      if length > maximumLength {
        throw FilterError(
          column: maximumLength + 1, length: length - maximumLength,
          message: "a filter has at most 4,096 characters, this one has \(length)")
      }
    }
    var parsing = Parsing(scanner: FilterScanner(text))
    return try parsing.filter()
  }

  /// One text being read.
  struct Parsing {
    var scanner: FilterScanner
    var depth = 0
    /// Whether a brace is open.
    var isInSpanSet = false

    init(scanner: FilterScanner) { self.scanner = scanner }
  }
}

extension FilterParser.Parsing {
  /// The whole text.
  mutating func filter() throws(FilterError) -> Filter? {
    scanner.skipSpaces()
    if scanner.isAtEnd { return nil }
    let filter = try any()
    if scanner.isAtEnd { return filter }
    let range = scanner.position..<scanner.position + 1
    switch scanner.peek() {
    case ")"?, "}"?:
      throw scanner.error(range, "this \(scanner.text(range)) closes nothing")
    default: throw scanner.expected("and, or, or another predicate")
    }
  }

  mutating func any() throws(FilterError) -> Filter {
    var parts = [try all()]
    while true {
      scanner.skipSpaces()
      guard scanner.skip("||") || scanner.skip(keyword: "or") else { break }
      parts.append(try all())
    }
    // Never empty, so there is a filter.
    return Filter.any(of: parts) ?? parts[0]
  }

  private mutating func all() throws(FilterError) -> Filter {
    var parts = [try term()]
    while true {
      scanner.skipSpaces()
      if scanner.skip("&&") || scanner.skip(keyword: "and") {
        parts.append(try term())
        continue
      }
      if scanner.isAtEnd || scanner.starts(with: "||") { break }
      if scanner.peek() == ")" || scanner.peek() == "}" || scanner.peek() == "|" { break }
      let start = scanner.position
      let isOr = scanner.skip(keyword: "or")
      scanner.move(to: start)
      if isOr { break }
      parts.append(try term())
    }
    return Filter.all(of: parts) ?? parts[0]
  }

  /// Counts one level of nesting while `body` reads it.
  mutating func nested<Result>(
    _ body: (inout Self) throws(FilterError) -> Result
  ) throws(FilterError) -> Result {
    guard depth < FilterParser.maximumDepth else {
      throw scanner.error(
        scanner.position..<min(scanner.position + 1, scanner.scalars.count),
        "nested more than \(FilterParser.maximumDepth) deep")
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func term() throws(FilterError) -> Filter {
    scanner.skipSpaces()
    let start = scanner.position
    switch scanner.peek() {
    case nil: throw scanner.expected("a predicate such as tenant.id=acme")
    case "("?:
      if let set = try parenthesisedSpans() { return try spans(from: set, start: start) }
      return try nested { (parsing) throws(FilterError) in try parsing.parenthesised(start) }
    case "{"?: return try spans(from: try spanSet(), start: start)
    case "!"? where scanner.peek(1) != "=" && scanner.peek(1) != "~":
      _ = scanner.skip("!")
      return try nested { (parsing) throws(FilterError) in try parsing.term() }.negated
    case "="?, "!"?, ">"?, "<"?, "~"?:
      throw scanner.error(
        start..<start + 1, "expected a key before \(scanner.text(start..<start + 1))")
    case ")"?, "}"?, "|"?, "&"?, ","?, "?"?:
      throw scanner.expected("a predicate such as tenant.id=acme")
    case "\""?, "'"?, "`"?: return try phraseOrQuotedKey()
    default: return try keyOrWord()
    }
  }

  /// What stands between parentheses; the opening one is next.
  private mutating func parenthesised(_ start: Int) throws(FilterError) -> Filter {
    _ = scanner.skip("(")
    let inner = try any()
    scanner.skipSpaces()
    guard scanner.skip(")") else {
      let column = scanner.columns(start..<start + 1).lowerBound
      throw scanner.expected(") for the ( at column \(column)")
    }
    return inner
  }

  /// A quoted phrase, or a predicate whose key is quoted.
  private mutating func phraseOrQuotedKey() throws(FilterError) -> Filter {
    let start = scanner.position
    let content = try scanner.quotation()
    if let predicate = try predicate(.attribute(content), start: start) { return predicate }
    if content.isEmpty {
      throw scanner.error(start..<scanner.position, "expected text between the quotes")
    }
    return .text(TextSearch(content))
  }

  /// A predicate, a negation, or a bare word.
  private mutating func keyOrWord() throws(FilterError) -> Filter {
    let start = scanner.position
    let key = scanner.key()
    let keyRange = start..<scanner.position
    switch key.lowercased() {
    case "not": return try nested { (parsing) throws(FilterError) in try parsing.term() }.negated
    case "and", "or":
      throw scanner.error(keyRange, "expected a predicate before \(key)")
    case "count" where scanner.starts(with: "()"):
      scanner.move(to: start)
      return try count(of: .matching(nil), start: start)
    default: break
    }
    if !key.isEmpty, let field = try placedField(key),
      let predicate = try predicate(field, start: start)
    {
      return predicate
    }
    scanner.move(to: start)
    let word = try scanner.word()
    if word.text == "error", word.characters.allSatisfy({ !$0.isEscaped }) {
      let columns = scanner.columns(word.range)
      let test = Filter.Test.comparison(.equal, Filter.Operand("true"))
      return .predicate(Filter.Predicate(.intrinsic(.error), test, columns: columns))
    }
    return .text(TextSearch(word.text))
  }
}
