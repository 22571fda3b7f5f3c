extension Completion {
  /// Every key that can be asked for, the favoured attributes first, then what every span has, then
  /// the dimensions, then the other attributes in the order given. Attributes are quoted where they
  /// must be.
  static func keys(_ seen: [String]) -> [String] {
    let attributes = ranked(seen)
    let favoured = attributes.prefix { Completion.favoured.contains($0) }
    return favoured.map { Filter.quotedKey($0) } + named
      + attributes.dropFirst(favoured.count).map { Filter.quotedKey($0) }
  }

  /// Intrinsics and dimensions that stand without a place before them.
  private static let named: [String] =
    Filter.Intrinsic.allCases.filter { !$0.isOfPlace }.map(\.rawValue)
    + Filter.DimensionKey.allCases.map(\.rawValue)

  /// The attribute keys, favoured ones first, each once.
  static func ranked(_ seen: [String]) -> [String] {
    let known = Set(seen)
    var listed: Set<String> = []
    return (favoured.filter { known.contains($0) } + seen).filter { listed.insert($0).inserted }
  }

  static func note(ofKey key: String) -> String {
    guard let field = Filter.Field(name: key) else { return "" }
    return switch field.valueType {
    case .word, .boolean: field.valueType.expectation
    case .count, .number, .duration, .moment: field.valueType.expectation
    case .any, .text: ""
    }
  }

  /// What a key, a value or a word can become: operators after a whole key, values that begin with it,
  /// keys that begin with it, then values and keys that contain it.
  static func terms(
    _ typed: String, _ seen: [String], _ values: (String) -> [(value: String, spans: Int)]
  ) -> [(text: String, note: String)] {
    let all = keys(seen) + placed(typed, seen)
    let needle = TextSearch(typed)
    let begins = all.filter { needle.begins($0) }
    let contains = all.filter { !needle.begins($0) && needle.matches($0) }
    let operators = all.contains(typed) ? operators(after: typed) : []
    let found = pairs(with: needle, seen, values)
    let first = words(with: needle) + found.beginning
    // Of many values that begin so a few come first: the key may be what is meant.
    let kept = begins.isEmpty ? first.count : min(first.count, valuesBeforeKeys)
    let others = found.containing.prefix(contains.isEmpty ? limit : valuesBeforeKeys)
    var terms = operators
    terms += first.prefix(kept)
    terms += begins.map { ($0, note(ofKey: $0)) }
    terms += first.dropFirst(kept)
    terms += others
    terms += contains.map { ($0, note(ofKey: $0)) }
    return terms + openings(typed)
  }

  /// `key=value` for values that begin with the needle and for those that contain it, wherever they
  /// were seen.
  private static func pairs(
    with needle: TextSearch, _ seen: [String],
    _ values: (String) -> [(value: String, spans: Int)]
  ) -> (
    beginning: [(text: String, note: String)], containing: [(text: String, note: String)]
  ) {
    var found: [(text: String, spans: Int, begins: Bool, rank: Int)] = []
    for (rank, key) in ranked(seen).prefix(keysSearched).enumerated() {
      for (value, spans) in values(key)
      where value.utf8.count <= maximumValueBytes && needle.matches(value) {
        let text = "\(Filter.quotedKey(key))=\(Filter.quoted(value))"
        found.append((text, spans, needle.begins(value), min(rank, favoured.count)))
      }
    }
    // Keys beyond the favoured ones are equal in rank; there the count decides.
    let sorted = found.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      let ranks = (isFavoured(a.text) ? a.rank : .max, isFavoured(b.text) ? b.rank : .max)
      if ranks.0 != ranks.1 { return ranks.0 < ranks.1 }
      return a.spans != b.spans ? a.spans > b.spans : left.offset < right.offset
    }
    func suggestions(_ begins: Bool) -> [(text: String, note: String)] {
      sorted.filter { $0.element.begins == begins }
        .map { ($0.element.text, note(ofSpans: $0.element.spans)) }
    }
    return (suggestions(true), suggestions(false))
  }

  /// Spans, where the rest of the screen counts requests: how many of those there are, a filter says.
  private static func note(ofSpans count: Int) -> String {
    count == 1 ? "1 span" : "\(count) spans"
  }

  private static func isFavoured(_ pair: String) -> Bool {
    favoured.contains { pair.hasPrefix($0 + "=") }
  }

  /// `verdict=denied` and the like, for words that fields choose from.
  private static func words(with needle: TextSearch) -> [(text: String, note: String)] {
    [Filter.Intrinsic.verdict, .status, .role, .kind].flatMap { intrinsic in
      guard case .word(let words) = intrinsic.valueType else {
        return [(text: String, note: String)]()
      }
      return words.filter { needle.begins($0) }.map { ("\(intrinsic.rawValue)=\($0)", "") }
    }
  }

  private static func operators(after key: String) -> [(text: String, note: String)] {
    let type = Filter.Field(name: key)?.valueType ?? .any
    let choices: [(String, String)] =
      switch type {
      case .any:
        [
          ("=", "is"), ("!=", "is not"), ("?", "is there"), ("=~", "matches"),
          ("!~", "does not match"), (">", "more than"), ("<", "less than"), (" in (", "is one of"),
        ]
      case .text:
        [
          ("=", "is"), ("!=", "is not"), ("?", "is there"), ("=~", "matches"),
          ("!~", "does not match"), (" in (", "is one of"),
        ]
      case .word: [("=", "is"), ("!=", "is not"), (" in (", "is one of")]
      case .boolean: [("=", "is")]
      case .count, .number, .duration, .moment:
        [
          (">", "more than"), (">=", "at least"), ("<", "less than"), ("<=", "at most"),
          ("=", "is"),
        ]
      }
    return choices.map { (key + $0.0, $0.1) }
  }

  /// The values of a field that fit what was typed: those that begin with it, then those that
  /// contain it.
  static func choices(
    for field: Filter.Field, _ typed: String,
    _ values: (String) -> [(value: String, spans: Int)]
  ) -> [(text: String, note: String)] {
    let needle = TextSearch(typed)
    let all = all(of: field, values).filter { $0.value.utf8.count <= maximumValueBytes }
    let begins = all.filter { needle.begins($0.value) }
    let contains = all.filter { !needle.begins($0.value) && needle.matches($0.value) }
    return (begins + contains).map {
      (Filter.quoted($0.value), $0.spans.map { note(ofSpans: $0) } ?? "")
    }
  }

  /// Everything known to stand under a field, the most frequent first.
  private static func all(
    of field: Filter.Field, _ values: (String) -> [(value: String, spans: Int)]
  ) -> [(value: String, spans: Int?)] {
    switch field.valueType {
    case .word(let words): return words.map { ($0, nil) }
    case .boolean: return [("true", nil), ("false", nil)]
    case .duration: return ["100ms", "250ms", "500ms", "1s", "2s", "5s", "10s"].map { ($0, nil) }
    case .count: return ["10", "100", "1k", "4k", "10k"].map { ($0, nil) }
    case .number, .moment: return []
    case .any, .text: break
    }
    switch field {
    case .attribute(let key, in: _): return values(key).map { ($0.value, $0.spans) }
    case .intrinsic(.service), .intrinsic(.rootService):
      return values("service.name").map { ($0.value, $0.spans) }
    case .intrinsic(let intrinsic): return values(intrinsic.rawValue).map { ($0.value, $0.spans) }
    case .dimension(let dimension):
      var spans: [String: Int] = [:]
      for key in aliases.first(where: { $0.dimension == dimension })?.keys ?? [] {
        for (value, count) in values(key) { spans[value, default: 0] += count }
      }
      return spans.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        .map { ($0.key, $0.value) }
    }
  }
}
