extension FilterParser.Parsing {
  /// What follows a key: `?`, a comparison with its value, or a list. Nil where none does; then
  /// nothing was read.
  mutating func predicate(_ field: Filter.Field, start: Int) throws(FilterError) -> Filter? {
    let afterKey = scanner.position
    if scanner.peek() == "?", endsTerm(scanner.peek(1)) {
      _ = scanner.skip("?")
      return made(field, .exists, start)
    }
    scanner.skipSpaces()
    let comparisonStart = scanner.position
    if let comparison = scanner.comparison() {
      let comparisonRange = comparisonStart..<scanner.position
      scanner.skipSpaces()
      if isInSpanSet, let existence = nilComparison(field, comparison, start) { return existence }
      let operand = try operand(of: field, comparison, at: comparisonRange)
      return made(field, .comparison(comparison, operand), start)
    }
    let isNegated = scanner.skip(keyword: "not")
    scanner.skipSpaces()
    if scanner.skip(keyword: "in") {
      scanner.skipSpaces()
      if scanner.skip("(") {
        let list = made(field, .isIn(try list(for: field)), start)
        return isNegated ? list.negated : list
      }
    }
    scanner.move(to: afterKey)
    return nil
  }

  private func made(_ field: Filter.Field, _ test: Filter.Test, _ start: Int) -> Filter {
    .predicate(Filter.Predicate(field, test, columns: scanner.columns(start..<scanner.position)))
  }

  /// Whether a term may end before this character.
  private func endsTerm(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return true }
    return scalar.properties.isWhitespace || [")", "}", "&", "|"].contains(scalar)
  }

  /// TraceQL's `!= nil` and `= nil`: present and absent.
  private mutating func nilComparison(
    _ field: Filter.Field, _ comparison: Filter.Operator, _ start: Int
  ) -> Filter? {
    let valueStart = scanner.position
    guard comparison == .equal || comparison == .notEqual, scanner.skip("nil"),
      endsTerm(scanner.peek())
    else {
      scanner.move(to: valueStart)
      return nil
    }
    let presence = made(field, .exists, start)
    return comparison == .equal ? presence.negated : presence
  }

  // MARK: - Values

  /// The value after a comparison.
  private mutating func operand(
    of field: Filter.Field, _ comparison: Filter.Operator, at comparisonRange: Range<Int>
  ) throws(FilterError) -> Filter.Operand {
    if let reason = field.valueType.refusal(of: comparison) {
      throw scanner.error(comparisonRange, "\(field) \(reason)")
    }
    let written = scanner.text(comparisonRange)
    if scanner.isAtEnd || endsTerm(scanner.peek()) {
      throw scanner.expected("a value after \(written)")
    }
    if let scalar = scanner.peek(), ["=", ">", "<", ","].contains(scalar) {
      throw scanner.expected("a value after \(written)")
    }
    let start = scanner.position
    if comparison.takesRegex {
      let pattern = try scanner.isAtQuote ? scanner.quotation() : scanner.text(scanner.word().range)
      do {
        return Filter.Operand(try RegularExpression(pattern))
      } catch {
        throw scanner.error(start..<scanner.position, "not a regular expression: \(error.reason)")
      }
    }
    return try operand(of: field, allowsGlob: !comparison.isOrdering, inList: false)
  }

  /// The values of a list, up to its closing parenthesis; the opening one was read.
  private mutating func list(for field: Filter.Field) throws(FilterError) -> [Filter.Operand] {
    var operands: [Filter.Operand] = []
    while true {
      scanner.skipSpaces()
      if scanner.isAtEnd || scanner.peek() == ")" || scanner.peek() == "," {
        throw scanner.expected("a value")
      }
      operands.append(try operand(of: field, allowsGlob: true, inList: true))
      scanner.skipSpaces()
      if scanner.skip(")") { return operands }
      guard scanner.skip(",") else { throw scanner.expected(", or )") }
    }
  }

  /// One value that is no regular expression, checked against what the field can have.
  private mutating func operand(
    of field: Filter.Field, allowsGlob: Bool, inList: Bool
  ) throws(FilterError) -> Filter.Operand {
    let start = scanner.position
    let operand: Filter.Operand
    if scanner.isAtQuote {
      operand = Filter.Operand(try scanner.quotation())
    } else {
      let word = try scanner.word(inList: inList)
      let glob = allowsGlob ? word.glob : nil
      operand = glob.map { Filter.Operand($0) } ?? Filter.Operand(word.text)
    }
    guard let fitting = field.fitting(operand) else {
      let range = start..<scanner.position
      let found = FilterScanner.found(operand.text)
      throw scanner.error(range, "expected \(field.valueType.expectation), found \(found)")
    }
    return fitting
  }
}

extension Filter.Field {
  /// The operand as this field compares it; nil where it never could be equal.
  fileprivate func fitting(_ operand: Filter.Operand) -> Filter.Operand? {
    switch valueType {
    case .any: return operand
    case .text:
      let isID = self == .intrinsic(.id) || self == .intrinsic(.trace)
      return isID && operand.form == .literal ? Filter.Operand(operand.text.lowercased()) : operand
    case .word(let words):
      guard operand.form == .literal else { return operand }
      let word = operand.text.lowercased()
      let isNumbered = self == .intrinsic(.kind) || self == .intrinsic(.status)
      let isKnown = words.contains(word) || isNumbered && Int32(word) != nil
      return isKnown ? Filter.Operand(word) : nil
    case .boolean: return operand.boolean == nil ? nil : operand
    case .count, .number: return operand.number == nil ? nil : operand
    case .duration: return operand.duration == nil ? nil : operand
    case .moment: return operand.moment == nil ? nil : operand
    }
  }
}

extension Filter.ValueType {
  /// What an error says was expected.
  var expectation: String {
    switch self {
    case .any, .text: "a value"
    case .word(let words):
      words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    case .boolean: "true or false"
    case .count: "a count such as 100 or 4k"
    case .number: "a number such as 0.01"
    case .duration: "a duration such as 250ms"
    case .moment: "a time such as 2025-11-21T14:02:11Z"
    }
  }

  /// Why the comparison makes no sense for such values, or nil.
  fileprivate func refusal(of comparison: Filter.Operator) -> String? {
    switch self {
    case .any, .text: nil
    case .word: comparison.isOrdering ? "has no order; use =, != or in" : nil
    case .boolean:
      comparison == .equal || comparison == .notEqual ? nil : "is true or false; use = or !="
    case .count, .number, .duration, .moment:
      comparison.takesRegex ? "is no text; use =, !=, >, >=, < or <=" : nil
    }
  }
}
