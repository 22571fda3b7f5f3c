extension FilterParser.Parsing {
  /// One set in braces; the brace is next.
  mutating func spanSet() throws(FilterError) -> Filter.SpanSet {
    let start = scanner.position
    let brace = start..<start + 1
    if isInSpanSet { throw scanner.error(brace, "braces cannot stand inside braces") }
    _ = scanner.skip("{")
    isInSpanSet = true
    defer { isInSpanSet = false }
    scanner.skipSpaces()
    if scanner.skip("}") { return .matching(nil) }
    let filter = try nested { (parsing) throws(FilterError) in try parsing.any() }
    scanner.skipSpaces()
    guard scanner.skip("}") else {
      throw scanner.expected("} for the { at column \(scanner.columns(brace).lowerBound)")
    }
    return .matching(filter)
  }

  /// A relation in parentheses, `({ … } >> { … })`; nil, with nothing read, where they hold
  /// something else.
  mutating func parenthesisedSpans() throws(FilterError) -> Filter.SpanSet? {
    let start = scanner.position
    guard !isInSpanSet else { return nil }
    _ = scanner.skip("(")
    scanner.skipSpaces()
    if scanner.peek() == "{" {
      let set = try related(to: try spanSet())
      scanner.skipSpaces()
      if scanner.skip(")"), isAtRelationOrPipe { return set }
    }
    scanner.move(to: start)
    return nil
  }

  private var isAtRelationOrPipe: Bool {
    var ahead = scanner
    ahead.skipSpaces()
    if ahead.starts(with: "||") { return false }
    return ahead.peek() == "|"
      || Filter.Relation.allCases.contains { ahead.starts(with: $0.rawValue) }
  }

  /// What follows a set: relations, a count, or nothing.
  mutating func spans(from set: Filter.SpanSet, start: Int) throws(FilterError) -> Filter {
    let set = try related(to: set)
    let afterSet = scanner.position
    scanner.skipSpaces()
    if !scanner.starts(with: "||"), scanner.skip("|") {
      scanner.skipSpaces()
      return try count(of: set, start: start)
    }
    scanner.move(to: afterSet)
    return .spans(set)
  }

  /// Relations to further sets, from left to right.
  private mutating func related(to first: Filter.SpanSet) throws(FilterError) -> Filter.SpanSet {
    var set = first
    while true {
      let afterSet = scanner.position
      scanner.skipSpaces()
      // The two-character ones come before their beginnings.
      guard
        let relation = [.descendant, .ancestor, .child, .parent, .sibling]
          .first(where: { (relation: Filter.Relation) in scanner.starts(with: relation.rawValue) })
      else {
        scanner.move(to: afterSet)
        return set
      }
      _ = scanner.skip(relation.rawValue)
      scanner.skipSpaces()
      let right: Filter.SpanSet
      if scanner.peek() == "(" {
        right = try nested { (parsing) throws(FilterError) in try parsing.groupedSet() }
      } else {
        guard scanner.peek() == "{" else {
          throw scanner.expected("{ after \(relation.rawValue)")
        }
        right = try spanSet()
      }
      set = .related(set, relation, right)
    }
  }

  /// A relation in parentheses on the right of another.
  private mutating func groupedSet() throws(FilterError) -> Filter.SpanSet {
    _ = scanner.skip("(")
    scanner.skipSpaces()
    guard scanner.peek() == "{" else { throw scanner.expected("{") }
    let set = try related(to: try spanSet())
    scanner.skipSpaces()
    guard scanner.skip(")") else { throw scanner.expected(")") }
    return set
  }

  /// `count() > 3`.
  mutating func count(of set: Filter.SpanSet, start: Int) throws(FilterError) -> Filter {
    let here = scanner.position
    guard scanner.skip("count()") else { throw scanner.expected("count()") }
    if isInSpanSet {
      throw scanner.error(here..<scanner.position, "count() cannot stand inside braces")
    }
    scanner.skipSpaces()
    let comparisonStart = scanner.position
    guard let comparison = scanner.comparison(), !comparison.takesRegex else {
      scanner.move(to: comparisonStart)
      throw scanner.expected("a comparison such as > 3")
    }
    scanner.skipSpaces()
    let valueStart = scanner.position
    let word = try scanner.word()
    guard case .integer(let number)? = Filter.Number(word.text), let count = UInt64(exactly: number)
    else {
      let found = word.text.isEmpty ? "" : ", found \(FilterScanner.found(word.text))"
      throw scanner.error(
        valueStart..<scanner.position, "expected a count such as 100 or 4k\(found)")
    }
    return .count(set, comparison, count)
  }
}
