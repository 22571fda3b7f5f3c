public import Store

/// Makes filters of every form at random, over given keys and values, so that some of them match
/// something.
public struct RandomFilters {
  public var random: SplitMix64
  /// Attribute keys asked for; odd ones show whether quoting works.
  public var keys: [String]
  /// Texts compared with.
  public var values: [String]

  public init(
    _ random: SplitMix64, keys: [String] = RandomFilters.oddKeys,
    values: [String] = RandomFilters.oddValues
  ) {
    self.random = random
    self.keys = keys
    self.values = values
  }

  public static let oddKeys = [
    "tenant.id", "name", "a b", "größe", "guid:x-request-id", "span.x", "and", "in", "x\"y", "-",
    ".a",
    "duration", "*", "", "error", "count", "root.name", "not", "nil",
  ]
  public static let oddValues = [
    "", "acme", "200", "4k", "250ms", "true", "nil", "and", "plano(llm)", "a(b", "a)b", "a,b",
    "a b",
    "*", "a?b", "\\", "C:\\temp", "x\"y", "'", "`", "\n", "\u{1B}[0m", "\u{301}x", "\u{1F6A9}", "é",
    "e\u{301}", "=", ">x", "a&&b", "{x}", "\u{202E}", "not", "\\u{41}", "error", "1e5", "\u{0}",
  ]

  // MARK: - Making

  /// A filter at most `depth` levels deep.
  public mutating func filter(depth: Int = 4) -> Filter { filter(depth: depth, inBraces: false) }

  private mutating func filter(depth: Int, inBraces: Bool) -> Filter {
    let deepForms = !inBraces
    switch random.number(0...(depth > 0 ? 9 : 4)) {
    case 0: return .text(TextSearch(word()))
    case 1 where deepForms: return .spans(spanSet(depth: depth))
    case 2 where deepForms && random.chance(50):
      let comparisons = Filter.Operator.allCases.filter { !$0.takesRegex }
      return .count(spanSet(depth: depth), random.pick(comparisons), random.number(0...5))
    case 5, 6: return filter(depth: depth - 1, inBraces: inBraces).negated
    case 7, 8, 9:
      let parts = (0..<random.number(2...4)).map { _ in filter(depth: depth - 1, inBraces: inBraces)
      }
      let joined = random.chance(50) ? Filter.all(of: parts) : Filter.any(of: parts)
      return joined ?? parts[0]
    default: return .predicate(predicate())
    }
  }

  /// Text that may be searched for: not empty.
  private mutating func word() -> String {
    let value = random.pick(values)
    return value.isEmpty ? "timeout" : value
  }

  private mutating func spanSet(depth: Int) -> Filter.SpanSet {
    let inner = random.chance(10) ? nil : filter(depth: max(0, depth - 1), inBraces: true)
    var set = Filter.SpanSet.matching(inner)
    while random.chance(40) {
      let right = filter(depth: 0, inBraces: true)
      set = .related(set, random.pick(Filter.Relation.allCases), .matching(right))
    }
    return set
  }

  /// One predicate on any field, with a test that its values can have.
  public mutating func predicate() -> Filter.Predicate {
    let field = field()
    return Filter.Predicate(field, test(of: field))
  }

  private mutating func field() -> Filter.Field {
    switch random.number(0...9) {
    case 0...3: return .attribute(random.pick(keys))
    case 4:
      let key = random.pick(keys)
      return .attribute(key.isEmpty ? "x" : key, in: random.pick(Filter.Place.allCases))
    case 5: return .dimension(random.pick(Filter.DimensionKey.allCases))
    default:
      return .intrinsic(random.pick(Filter.Intrinsic.allCases))
    }
  }

  private mutating func test(of field: Filter.Field) -> Filter.Test {
    if random.chance(10) { return .exists }
    let operand: (inout Self) -> Filter.Operand
    var comparisons = Filter.Operator.allCases.filter { !$0.takesRegex }
    switch field.valueType {
    case .any, .text: return textTest(isID: field == .intrinsic(.id) || field == .intrinsic(.trace))
    case .word(let words):
      operand = { Filter.Operand($0.random.pick(words)) }
      comparisons = [.equal, .notEqual]
    case .boolean:
      operand = { Filter.Operand($0.random.chance(50) ? "true" : "false") }
      comparisons = [.equal, .notEqual]
    case .count: operand = { Filter.Operand($0.random.pick(["0", "1", "3", "4k", "1.5k"])) }
    case .number: operand = { Filter.Operand($0.random.pick(["0", "0.01", "1e-3", "2"])) }
    case .duration:
      operand = { Filter.Operand($0.random.pick(["0s", "1ms", "2.5ms", "1s", "1m30s"])) }
    case .moment:
      operand = { Filter.Operand($0.random.pick(["2025-11-21", "2025-11-21T14:02:11.005Z"])) }
    }
    if random.chance(20) {
      return .isIn((0..<random.number(1...3)).map { _ in operand(&self) })
    }
    return .comparison(random.pick(comparisons), operand(&self))
  }

  private mutating func textTest(isID: Bool) -> Filter.Test {
    let values = isID ? ["0000000000000001", "00ff"] : values
    switch random.number(0...9) {
    case 0, 1: return .isIn((0..<random.number(1...3)).map { _ in literalOrGlob(values) })
    case 2:
      let pattern = random.pick(["a", "^ac", "[0-9]+$", "(x|y)?", "\"", "\\.", ""])
      if let regex = try? RegularExpression(pattern) {
        return .comparison(random.chance(50) ? .matches : .doesNotMatch, Filter.Operand(regex))
      }
      return .exists
    case 3, 4:
      let orderings = Filter.Operator.allCases.filter(\.isOrdering)
      return .comparison(random.pick(orderings), Filter.Operand(random.pick(values)))
    default:
      return .comparison(random.chance(70) ? .equal : .notEqual, literalOrGlob(values))
    }
  }

  private mutating func literalOrGlob(_ values: [String]) -> Filter.Operand {
    let value = random.pick(values)
    guard random.chance(20) else { return Filter.Operand(value) }
    let bytes = Array(value.unicodeScalars.prefix(2).map { String($0) }.joined().utf8)
    return Filter.Operand(Glob([.literal(bytes), random.chance(70) ? .any : .one]))
  }
}
