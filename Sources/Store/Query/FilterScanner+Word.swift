/// A value or bare word as it was typed without quotes.
struct FilterWord {
  /// Its characters, and whether each was escaped with a backslash.
  var characters: [(scalar: Unicode.Scalar, isEscaped: Bool)] = []
  /// Where it stands, in code points.
  var range: Range<Int>

  /// The text meant: escapes undone, `*` and `?` as they are.
  var text: String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: characters.lazy.map(\.scalar))
    return String(view)
  }

  /// The pattern meant, nil where no `*` or `?` stands unescaped.
  var glob: Glob? {
    guard characters.contains(where: { !$0.isEscaped && ($0.scalar == "*" || $0.scalar == "?") })
    else { return nil }
    return Glob(
      characters.map { character in
        switch (character.scalar, character.isEscaped) {
        case ("*", false): .any
        case ("?", false): .one
        case (let scalar, _): .literal(Array(String(scalar).utf8))
        }
      })
  }
}

extension FilterScanner {
  /// Steps over a word: up to a space, a closing bracket that it did not open, `&&` or `||`, and in
  /// a list a comma. Brackets that it opens are part of it, so `plano(llm)` is one word.
  ///
  /// A backslash makes the next character an ordinary one, unless that is a letter or a digit,
  /// before which it stands for itself (`C:\temp`).
  mutating func word(inList: Bool = false) throws(FilterError) -> FilterWord {
    let start = position
    var word = FilterWord(range: start..<start)
    var open: [Int] = []
    while let scalar = peek(), !scalar.properties.isWhitespace {
      if open.isEmpty, endsWord(scalar, inList: inList) { break }
      switch scalar {
      case "(", "{": open.append(position)
      case ")", "}":
        guard let last = open.popLast(), (scalars[last] == "(") == (scalar == ")") else {
          throw error(position..<position + 1, "this \(scalar) closes nothing; quote the value")
        }
      case "\\":
        if let next = peek(1), !next.isLetterOrDigit {
          word.characters.append((next, true))
          position += 2
          continue
        }
      default: break
      }
      word.characters.append((scalar, scalar == "\\"))
      position += 1
    }
    if let unclosed = open.last {
      let bracket = scalars[unclosed]
      throw error(
        unclosed..<unclosed + 1, "this \(bracket) is not closed; quote a value that has one")
    }
    word.range = start..<position
    if !inList, let last = word.characters.last, last.scalar == ",", !last.isEscaped {
      throw error(
        position - 1..<position, "a comma separates nothing here; quote a value that ends with one")
    }
    return word
  }

  private func endsWord(_ scalar: Unicode.Scalar, inList: Bool) -> Bool {
    switch scalar {
    case ")", "}": true
    case ",": inList
    case "&", "|": peek(1) == scalar
    default: false
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isLetterOrDigit: Bool {
    isASCII
      ? isASCIIDigit || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
      : properties.isAlphabetic
  }
}
