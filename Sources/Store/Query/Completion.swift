/// One way to go on typing.
public struct Suggestion: Equatable, Sendable {
  /// What it replaces: character offsets into the text, `cursor` included. Empty at a place to
  /// insert.
  public var range: Range<Int>
  /// What stands there afterwards, and what a list of suggestions shows.
  public var text: String
  /// A few words beside it: how many spans have the value, or what the operator means. It may be
  /// empty.
  public var note: String

  public init(range: Range<Int>, text: String, note: String = "") {
    self.range = range
    self.text = text
    self.note = note
  }
}

/// What could stand at the cursor of a filter being typed.
///
/// Where nothing has been typed yet, keys come first; where something has, values that begin with it
/// do, with the key they belong to: `acme` offers `tenant.id=acme`. Then come keys that begin with it,
/// and values and keys that have it elsewhere. After a whole key come
/// operators, after an operator the values seen under that key.
public enum Completion {
  /// How many suggestions are given.
  public static let limit = 20
  /// How many keys are asked for their values when a value is looked for under every key.
  static let keysSearched = 64
  /// How many values come before the keys that fit as well as they do.
  static let valuesBeforeKeys = 4
  /// The longest value offered, in bytes; a prompt text is no completion.
  static let maximumValueBytes = 120

  /// Suggestions for the cursor (a character offset into `text`), the best first.
  ///
  /// `snapshotKeys` are the attribute keys seen; `values` gives what was seen under one of them,
  /// the most frequent first. Asks `values` for at most `keysSearched` keys.
  public static func suggest(
    text: String, cursor: Int, snapshotKeys: [String],
    values: (String) -> [(value: String, spans: Int)]
  ) -> [Suggestion] {
    let context = Context(text: text, cursor: cursor)
    let candidates: [(text: String, note: String)] =
      switch context.place {
      case .afterBraces:
        relations + keys(snapshotKeys).map { ($0, note(ofKey: $0)) }
      case .term(let typed) where typed.isEmpty: keys(snapshotKeys).map { ($0, note(ofKey: $0)) }
      case .term(let typed): terms(typed, snapshotKeys, values)
      case .value(let field, let typed): choices(for: field, typed, values)
      }
    var texts: Set<String> = [context.replaced]
    let fresh = candidates.filter { texts.insert($0.text).inserted }
    return fresh.prefix(limit).map {
      Suggestion(range: context.range, text: $0.text, note: $0.note)
    }
  }

  /// The attribute keys of each text dimension, the first ones first: the vocabulary's own.
  static let aliases: [(dimension: Filter.DimensionKey, keys: [String])] =
    Filter.DimensionKey.allCases.compactMap { key in
      key.vocabulary.flatMap { Vocabulary.standard.dimensions[$0] }.map { (key, $0) }
    }

  /// Keys that most questions begin with, in order.
  static let favoured: [String] = aliases.flatMap(\.keys) + ["service.name", "http.status_code"]
}
