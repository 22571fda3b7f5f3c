/// All values that the spans of a request have for one dimension: none is dropped where they disagree.
public struct DimensionValues: Equatable, Sendable {
  public struct Value: Equatable, Sendable {
    public var text: String
    /// The key that it stands under, and the first span that has it there.
    public var key: String
    public var span: SpanID

    public init(text: String, key: String, span: SpanID) {
      self.text = text
      self.key = key
      self.span = span
    }
  }

  public var dimension: Dimension
  /// The distinct texts: those under the key that goes first, first, then in the order of the spans.
  public var values: [Value]

  public init(dimension: Dimension, values: [Value], conflicting: [String] = []) {
    self.dimension = dimension
    self.values = values
    self.conflicting = conflicting
  }

  /// The texts that spans disagree on: what each says last under the key that goes first. Empty where
  /// they agree.
  public var conflicting: [String]

  public var hasConflict: Bool { !conflicting.isEmpty }

  /// What the spans say of each dimension, for the dimensions that any says something of.
  static func all(of spans: [StorySpan], _ vocabulary: Vocabulary) -> [DimensionValues] {
    let said = texts(under: Set(vocabulary.dimensions.values.joined()), of: spans)
    return Dimension.allCases.compactMap { dimension in
      var found = DimensionValues(dimension: dimension, values: [])
      for key in vocabulary.dimensions[dimension] ?? [] {
        let isFirst = found.values.isEmpty
        for (span, all) in said[key] ?? [] {
          let texts = all.filter { !$0.isEmpty && !Vocabulary.isPlaceholder($0, for: dimension) }
          for text in texts { found.add(Value(text: text, key: key, span: span)) }
          let spoken = dimension.speaksLast ? texts.last : texts.first
          if isFirst, let spoken, !found.conflicting.contains(spoken) {
            found.conflicting.append(spoken)
          }
        }
      }
      if found.conflicting.count < 2 { found.conflicting = [] }
      return found.values.isEmpty ? nil : found
    }
  }

  /// What stands under each of the keys, span by span, in one look at every attribute.
  private static func texts(
    under keys: Set<String>, of spans: [StorySpan]
  ) -> [String: [(span: SpanID, texts: [String])]] {
    var said: [String: [(span: SpanID, texts: [String])]] = [:]
    // Few keys have the length and the last byte of one that is looked for: those alone are hashed.
    var isPossible = [Bool](repeating: false, count: 256)
    for key in keys { isPossible[sieve(key)] = true }
    for span in spans {
      let id = span.record.spanID
      for attributes in [span.record.attributes, span.record.resource.attributes] {
        for attribute in attributes
        where isPossible[sieve(attribute.key)] && keys.contains(attribute.key) {
          let text = JSONText.of(attribute.value)
          if let last = said[attribute.key]?.indices.last,
            said[attribute.key]?[last].span == id
          {
            said[attribute.key]?[last].texts.append(text)
          } else {
            said[attribute.key, default: []].append((id, [text]))
          }
        }
      }
    }
    return said
  }

  private static func sieve(_ key: String) -> Int {
    (key.utf8.count &* 37 &+ Int(key.utf8.last ?? 0)) & 255
  }

  private mutating func add(_ value: Value) {
    guard !values.contains(where: { $0.text == value.text }) else { return }
    values.append(value)
  }
}
