/// How rules change the attributes of spans between decoding and ``Store/append(_:isHistory:)``.
///
/// A span whose attributes are replaced gets a new run of them at the end of the columns, and what
/// they mean (dimensions, amounts, evidence, role) is read anew from that run: nothing of what was
/// replaced is left in anything that the store takes.
extension SpanBatch {
  // MARK: - Keys

  /// How many keys have a number; numbers count from zero.
  public var keyCount: Int { keys.count }

  /// Grows when keys are numbered anew, which only ``removeAll()`` does: what was remembered about
  /// numbers of another generation is void.
  public var keyGeneration: Int { keys.generation }

  public func key(_ number: Int) -> WireBytes { keys.bytes(of: number) }

  /// The number of a key, new or known.
  public func number(ofKey text: String) -> Int {
    var text = text
    return text.withUTF8 { bytes in
      unsafe keys.number(of: WireBytes(UnsafeRawBufferPointer(bytes)), after: -1)
    }
  }

  public func number(ofKey bytes: WireBytes) -> Int { keys.number(of: bytes, after: -1) }

  // MARK: - Reading

  /// Where the attributes of a span stand, for ``attribute(at:)``; changes when they are replaced.
  public func attributes(ofSpan position: Int) -> Range<Int> {
    let span = spans[position]
    return span.attributes..<span.attributeEnd
  }

  @inline(__always)
  public func attribute(at index: Int) -> BatchAttribute {
    BatchAttribute(entry: attributes[index])
  }

  public func name(ofSpan position: Int) -> WireBytes { spans[position].name.bytes }

  /// The number of a span's resource in this batch, from zero.
  public func resource(ofSpan position: Int) -> Int { spans[position].resource }

  public var resourceCount: Int { resources.count }

  /// The `service.name` of a resource of this batch.
  public func service(ofResource number: Int) -> WireBytes { resources[number].name.bytes }

  // MARK: - Writing

  /// An attribute of a constant value. The bytes of strings must live as long as the request: keep
  /// them in ``arena``.
  public func makeAttribute(key: Int, _ value: BatchValue) -> BatchAttribute {
    switch value {
    case .empty: constant(key, .empty)
    case .boolean(let isTrue): constant(key, isTrue ? .yes : .no)
    case .integer(let number):
      plain(
        key, ValueReference.small(number) == nil ? .wideInteger : .smallInteger,
        UInt64(bitPattern: number))
    case .double(let number): plain(key, .double, number.bitPattern)
    case .string(let bytes): run(key, .string, bytes)
    case .bytes(let bytes): run(key, .bytes, bytes)
    case .array(let bytes): run(key, .array, bytes)
    case .keyValues(let bytes): run(key, .keyValues, bytes)
    }
  }

  private func constant(_ key: Int, _ value: ValueReference) -> BatchAttribute {
    plain(key, .constant, UInt64(value.rawValue))
  }

  private func plain(_ key: Int, _ kind: ValueReference.Kind, _ payload: UInt64) -> BatchAttribute {
    BatchAttribute(
      entry: AttributeEntry(
        payload: payload, hash: 0, length: 0,
        keyAndKind: UInt32(truncatingIfNeeded: key) << 8 | kind.rawValue))
  }

  private func run(_ key: Int, _ kind: ValueReference.Kind, _ bytes: WireBytes) -> BatchAttribute {
    BatchAttribute(
      entry: AttributeEntry(
        payload: unsafe UInt64(UInt(bitPattern: bytes.base)),
        hash: unsafe Bytes.hash(bytes.base, bytes.count),
        length: UInt32(truncatingIfNeeded: bytes.count),
        keyAndKind: UInt32(truncatingIfNeeded: key) << 8 | kind.rawValue))
  }

  /// Changes attributes of a span's events, if any has a key that is concerned; returns whether.
  ///
  /// What the span means is read anew by ``replaceAttributes(ofSpan:with:)``, which has to follow.
  public func rewriteEvents(
    ofSpan position: Int, where isConcerned: (WireBytes) -> Bool,
    _ change: (WireBytes, AttributeValue) -> EventAttributeChange
  ) -> Bool {
    guard spans[position].eventCount > 0 else { return false }
    let extras = spans[position].extras.bytes
    guard WireValues.anyEventKey(inSpan: extras, isConcerned) else { return false }
    spans[position].extras = Text(
      unhashed: arena.keep(WireValues.rewritingEvents(inSpan: extras, change)))
    return true
  }

  /// Gives a span other attributes and reads anew what they mean.
  public func replaceAttributes(
    ofSpan position: Int, with replacement: borrowing GrowingBuffer<BatchAttribute>
  ) {
    span = spans[position]
    span.attributes = attributes.count
    span.dimensions = dimensions.count
    span.evidence = 0
    forgetMeaning()
    if span.eventCount > 0 { WireValues.eachEventName(inSpan: span.extras.bytes, noteEvent) }
    for index in 0..<replacement.count {
      let attribute = replacement[index]
      attributes.append(attribute.entry)
      guard let meaning = keys.meaning(of: attribute.key) else { continue }
      switch attribute.value {
      case .string(let text): interpret(meaning, text, integer: nil, number: nil, .span)
      case .integer(let number):
        interpret(meaning, nil, integer: number, number: Double(number), .span)
      case .double(let number): interpret(meaning, nil, integer: nil, number: number, .span)
      case .boolean(let isTrue): interpret(meaning, boolean: isTrue)
      case .bytes, .array, .keyValues:
        interpret(meaning, nil, integer: nil, number: nil, .span)
      case .empty: break
      }
    }
    span.attributeEnd = attributes.count
    span.dimensionEnd = dimensions.count
    span.measures = 0
    settleMeaning()
    spans[position] = span
  }
}
