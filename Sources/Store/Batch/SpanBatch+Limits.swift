/// What a batch takes, and what becomes of spans that bring too much.
extension SpanBatch {
  // A decoder asks one of these before it adds another, and refuses the request where it is true.

  /// Whether the batch has as many spans, or log records, as it takes.
  @inline(__always)
  public var isFullOfSpans: Bool { spans.count >= limits.spans }

  /// Whether the batch has as many resources as it takes.
  public var isFullOfResources: Bool { resources.count >= limits.origins }

  /// Whether the batch has as many scopes as it takes.
  public var isFullOfScopes: Bool { scopes.count >= limits.origins }

  /// Whether the batch has as many attributes as it takes.
  @inlinable @inline(__always)
  public var isFullOfAttributes: Bool { attributes.count >= mostAttributes }

  /// Takes away what spans have too many of and what is too long, and says how much that was.
  ///
  /// `bodyBytes` is the length of the request: where it is no longer than a value may be, no value
  /// is looked at.
  public func cut(bodyBytes: Int) -> BatchCuts {
    var cuts = BatchCuts()
    if attributes.count > limits.attributesPerSpan { dropAttributes(&cuts) }
    if bodyBytes > limits.valueBytes { cutValues(&cuts) }
    return cuts
  }

  // MARK: - Too many attributes

  private func dropAttributes(_ cuts: inout BatchCuts) {
    for index in 0..<spans.count {
      let excess = spans[index].attributeEnd - spans[index].attributes - limits.attributesPerSpan
      guard excess > 0 else { continue }
      var span = spans[index]
      span.attributeEnd -= excess
      span.dimensionEnd = keepDimensions(
        span.dimensions..<span.dimensionEnd, below: span.attributeEnd)
      spans[index] = span
      cuts.attributesDropped += excess
    }
    for index in 0..<resources.count { dropAttributes(of: &resources[index], &cuts) }
    for index in 0..<scopes.count { dropAttributes(of: &scopes[index], &cuts) }
  }

  private func dropAttributes(of origin: inout OriginEntry, _ cuts: inout BatchCuts) {
    let excess = origin.attributeEnd - origin.attributes - limits.attributesPerSpan
    guard excess > 0 else { return }
    origin.attributeEnd -= excess
    origin.dimensionEnd = keepDimensions(
      origin.dimensions..<origin.dimensionEnd, below: origin.attributeEnd)
    cuts.attributesDropped += excess
  }

  /// Moves the dimensions of attributes that stay to the front of their range; returns its new end.
  private func keepDimensions(_ range: Range<Int>, below attributeEnd: Int) -> Int {
    var end = range.lowerBound
    for index in range where dimensions[index].attribute < attributeEnd {
      dimensions[end] = dimensions[index]
      end += 1
    }
    return end
  }

  // MARK: - Values that are too long

  private func cutValues(_ cuts: inout BatchCuts) {
    for index in 0..<spans.count {
      cutValues(spans[index].attributes..<spans[index].attributeEnd, &cuts)
    }
    for index in 0..<resources.count {
      cutValues(resources[index].attributes..<resources[index].attributeEnd, &cuts)
    }
    for index in 0..<scopes.count {
      cutValues(scopes[index].attributes..<scopes[index].attributeEnd, &cuts)
    }
    for index in 0..<spans.count where spans[index].name.length > limits.valueBytes {
      spans[index].name = Text(shortened(spans[index].name.bytes))
      cuts.valuesCut += 1
    }
  }

  private func cutValues(_ range: Range<Int>, _ cuts: inout BatchCuts) {
    for index in range where attributes[index].length > limits.valueBytes {
      switch attributes[index].kind {
      case .string: attributes[index].set(.string, shortened(attributes[index].bytes))
      case .bytes:
        let kept = unsafe WireBytes(attributes[index].bytes.base, count: limits.valueBytes)
        attributes[index].set(.bytes, kept)
      case .array, .keyValues:
        // No part of a list is a list: what was there is said in its place.
        let note = "… \(attributes[index].length) bytes of a list"
        attributes[index].set(.string, arena.keep(note))
      default: continue
      }
      cuts.valuesCut += 1
    }
  }

  /// The beginning of a text, cut between two characters and marked with "…".
  private func shortened(_ text: WireBytes) -> WireBytes {
    var end = limits.valueBytes
    // Safe: the text is longer than that; at most three bytes belong to the character that is cut.
    while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
    let kept = unsafe WireBytes(text.base, count: end)
    return arena.keep(kept.array + Array("…".utf8))
  }
}

extension SpanBatch.AttributeEntry {
  /// Another run of bytes in place of the value.
  fileprivate mutating func set(_ kind: ValueReference.Kind, _ value: WireBytes) {
    payload = unsafe UInt64(UInt(bitPattern: value.base))
    hash = unsafe Bytes.hash(value.base, value.count)
    length = UInt32(truncatingIfNeeded: value.count)
    keyAndKind = keyAndKind & ~0xFF | kind.rawValue
  }
}

extension SpanBatch {
  /// Says the `schema_url` of a resource that was finished before it was known, as in OTLP/JSON.
  public func set(schemaURL: WireBytes, ofResource number: Int) {
    resources[number].schemaURL = Text(schemaURL)
  }
}
