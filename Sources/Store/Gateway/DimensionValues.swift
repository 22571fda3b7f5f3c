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

  public init(dimension: Dimension, values: [Value]) {
    self.dimension = dimension
    self.values = values
  }

  /// Whether spans disagree under the key that goes first.
  public var hasConflict: Bool { values.count > 1 && values[0].key == values[1].key }

  /// What the spans say of each dimension, for the dimensions that any says something of.
  static func all(of spans: [StorySpan], _ vocabulary: Vocabulary) -> [DimensionValues] {
    Dimension.allCases.compactMap { dimension in
      var found = DimensionValues(dimension: dimension, values: [])
      for key in vocabulary.dimensions[dimension] ?? [] {
        for span in spans {
          for attributes in [span.record.attributes, span.record.resource.attributes] {
            for attribute in attributes where attribute.key == key {
              let text = JSONText.of(attribute.value)
              guard !text.isEmpty, !Vocabulary.isPlaceholder(text, for: dimension) else { continue }
              found.add(Value(text: text, key: key, span: span.record.spanID))
            }
          }
        }
      }
      return found.values.isEmpty ? nil : found
    }
  }

  private mutating func add(_ value: Value) {
    guard !values.contains(where: { $0.text == value.text }) else { return }
    values.append(value)
  }
}
