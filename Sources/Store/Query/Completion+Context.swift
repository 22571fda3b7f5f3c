extension Completion {
  /// What is being typed at the cursor.
  struct Context {
    enum Place: Equatable {
      /// A key, a word or a phrase, or nothing yet.
      case term(String)
      /// Behind a closing brace, with nothing typed yet.
      case afterBraces
      /// A value after an operator, or in a list.
      case value(Filter.Field, String)
    }

    var place: Place
    /// What a suggestion replaces: character offsets.
    var range: Range<Int>
    /// The text there now.
    var replaced: String

    /// Reads the text up to the cursor as the parser would, but past every mistake.
    init(text: String, cursor: Int) {
      let cursor = min(max(cursor, 0), text.count)
      var reader = Reader(scanner: FilterScanner(String(text.prefix(cursor))))
      let (place, start) = reader.read()
      self.place = place
      let first = reader.scanner.columns(start..<start).lowerBound - 1
      // The rest of a word with the cursor inside goes too.
      let rest = text.dropFirst(cursor).unicodeScalars.prefix { $0.isFilterKey }
      let end = cursor + String(rest).count
      range = min(first, cursor)..<end
      replaced = String(text.dropFirst(range.lowerBound).prefix(range.count))
    }
  }

  /// Steps through the pieces before the cursor and says what the last, unfinished one is.
  private struct Reader {
    var scanner: FilterScanner
    /// Whether the last piece was a closing brace.
    private var isAfterBraces = false

    init(scanner: FilterScanner) { self.scanner = scanner }

    mutating func read() -> (Context.Place, start: Int) {
      while true {
        scanner.skipSpaces()
        let start = scanner.position
        guard let scalar = scanner.peek() else {
          return (isAfterBraces ? .afterBraces : .term(""), start)
        }
        isAfterBraces = scalar == "}"
        if scanner.isAtQuote {
          guard let content = quotation() else { return (.term(rest(after: start + 1)), start) }
          if let found = predicate(.attribute(content)) { return found }
          continue
        }
        let key = scanner.key()
        if key.isEmpty {
          if "(){}!,|&~<>=?".unicodeScalars.contains(scalar) {
            scanner.position += 1
          } else if let word = try? scanner.word(), !scanner.isAtEnd, !word.range.isEmpty {
            continue
          } else {
            return (.term(rest(after: start)), start)
          }
          continue
        }
        if scanner.isAtEnd { return (.term(key), start) }
        if scanner.skip("?") { continue }
        if let found = predicate(Context.field(key)) { return found }
        guard isInsideWord else { continue }
        scanner.position = start
        _ = try? scanner.word()
        if scanner.isAtEnd || scanner.position == start {
          return (.term(rest(after: start)), start)
        }
      }
    }

    private var isInsideWord: Bool {
      guard let scalar = scanner.peek(), !scalar.properties.isWhitespace else { return false }
      return !"()&|".unicodeScalars.contains(scalar)
    }

    /// What follows a key, if it is a predicate; nil when its value is finished or it has none.
    private mutating func predicate(_ field: Filter.Field) -> (Context.Place, start: Int)? {
      let afterKey = scanner.position
      scanner.skipSpaces()
      if scanner.comparison() != nil { return value(of: field, inList: false) }
      _ = scanner.skip(keyword: "not")
      scanner.skipSpaces()
      guard scanner.skip(keyword: "in") else {
        scanner.position = afterKey
        return nil
      }
      scanner.skipSpaces()
      guard scanner.skip("(") else {
        scanner.position = afterKey
        return nil
      }
      while true {
        if let unfinished = value(of: field, inList: true) { return unfinished }
        scanner.skipSpaces()
        if scanner.isAtEnd { return (.value(field, ""), scanner.position) }
        guard scanner.skip(",") else {
          _ = scanner.skip(")")
          return nil
        }
      }
    }

    /// The value at hand, nil when something follows it.
    private mutating func value(
      of field: Filter.Field, inList: Bool
    ) -> (Context.Place, start: Int)? {
      scanner.skipSpaces()
      let start = scanner.position
      if scanner.isAtQuote {
        if quotation() != nil { return nil }
        return (.value(field, rest(after: start + 1)), start)
      }
      let word = try? scanner.word(inList: inList)
      if word == nil { scanner.position = scanner.scalars.count }
      return scanner.isAtEnd ? (.value(field, word?.text ?? rest(after: start)), start) : nil
    }

    /// Steps over a whole quotation; nil, at the end, for one that is not closed.
    private mutating func quotation() -> String? {
      let content = try? scanner.quotation()
      if content == nil { scanner.position = scanner.scalars.count }
      return content
    }

    private func rest(after start: Int) -> String {
      scanner.text(min(start, scanner.scalars.count)..<scanner.scalars.count)
    }
  }
}

extension Completion.Context {
  /// What a bare key names while it is typed.
  static func field(_ key: String) -> Filter.Field {
    if let field = Filter.Field(name: key) { return field }
    guard let place = Filter.Place(prefixOf: key) else { return .attribute(key) }
    return .attribute(String(key.dropFirst(place.rawValue.count + 1)), in: place)
  }
}
