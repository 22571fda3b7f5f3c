/// How a decoder fills a batch: resource, scope, then spans, each with its attributes in order.
extension SpanBatch {
  /// Whose attributes are being added.
  public enum Owner {
    case span, resource, scope
  }

  // MARK: - Resources and scopes

  /// Where the attributes of a resource or scope begin: to be handed to ``finishResource(from:message:schemaURL:)``.
  public struct OriginMark {
    var attributes: Int
    var dimensions: Int
  }

  public func beginOrigin() -> OriginMark {
    OriginMark(attributes: attributes.count, dimensions: dimensions.count)
  }

  /// Ends a resource whose attributes were added since `mark`, and returns its number.
  ///
  /// `message` is the resource's wire bytes without its tag; they tell equal resources apart from others.
  public func finishResource(
    from mark: OriginMark, message: WireBytes, schemaURL: WireBytes
  ) -> Int {
    var name = WireBytes.empty
    for index in mark.attributes..<attributes.count
    where attributes[index].kind == .string
      && keys.bytes(of: attributes[index].key).elementsEqual("service.name")
    {
      name = attributes[index].bytes
      break
    }
    var entry = origin(mark, message, schemaURL, name)
    entry.role = words.role(ofService: name).map { $0.rawValue + 1 } ?? 0
    resources.append(entry)
    return resources.count - 1
  }

  /// Gives a scope its number, before its spans; ``finishScope(_:from:message:schemaURL:name:)`` says the rest.
  public func beginScope() -> Int {
    scopes.append(origin(beginOrigin(), .empty, .empty, .empty))
    return scopes.count - 1
  }

  /// Ends a scope whose attributes were added since `mark`.
  public func finishScope(
    _ number: Int, from mark: OriginMark, message: WireBytes, schemaURL: WireBytes,
    name: WireBytes
  ) {
    scopes[number] = origin(mark, message, schemaURL, name)
  }

  private func origin(
    _ mark: OriginMark, _ message: WireBytes, _ schemaURL: WireBytes, _ name: WireBytes
  ) -> OriginEntry {
    OriginEntry(
      message: Text(message), schemaURL: Text(schemaURL), name: Text(name),
      attributes: mark.attributes, attributeEnd: attributes.count, dimensions: mark.dimensions,
      dimensionEnd: dimensions.count)
  }

  // MARK: - Spans

  /// Begins a span of a resource and a scope.
  public func beginSpan(resource: Int, scope: Int) {
    span = SpanEntry()
    span.resource = resource
    span.scope = scope
    span.attributes = attributes.count
    span.dimensions = dimensions.count
    forgetMeaning()
    invalidID = nil
    invalidParent = false
  }

  /// 16 bytes that are not all zero; anything else makes the span one that is refused.
  public func set(traceID: WireBytes) {
    guard traceID.count == 16 else {
      invalidID = "trace_id must be 16 bytes"
      span.traceHigh = 0
      span.traceLow = 0
      return
    }
    unsafe span.traceHigh = UInt64(bigEndian: Bytes.load64(traceID.base))
    unsafe span.traceLow = UInt64(bigEndian: Bytes.load64(traceID.base + 8))
    invalidID = nil
  }

  /// 8 bytes that are not all zero; anything else makes the span one that is refused.
  public func set(spanID: WireBytes) {
    span.spanID = spanID.count == 8 ? unsafe UInt64(bigEndian: Bytes.load64(spanID.base)) : 0
  }

  /// No bytes, or 8; anything else makes the span one that is refused.
  public func set(parentSpanID: WireBytes) {
    guard parentSpanID.count == 8 || parentSpanID.isEmpty else {
      invalidParent = true
      return
    }
    invalidParent = false
    span.parentID =
      parentSpanID.isEmpty ? 0 : unsafe UInt64(bigEndian: Bytes.load64(parentSpanID.base))
  }

  public func set(name: WireBytes) { span.name = Text(name) }
  public func set(kind: Int32) { span.kind = kind }
  public func set(start: UInt64) { span.start = start }
  public func set(end: UInt64) { span.end = end }
  public func set(flags: UInt32) { span.flags = flags }
  public func set(statusCode: Int32) { span.statusCode = statusCode }

  /// An event came; its name may be evidence.
  public func countEvent(named name: WireBytes) {
    span.eventCount += 1
    noteEvent(name)
  }

  /// The fields that few spans have, as wire bytes of a `Span` (see ``SpanEntry/extras``).
  public func set(extras: WireBytes) { span.extras = Text(unhashed: extras) }

  /// Ends the span: it is in the batch, or refused and counted.
  public func finishSpan() {
    let invalid: String? =
      if let invalidID {
        invalidID
      } else if span.traceHigh | span.traceLow == 0 {
        "trace_id must not be zero"
      } else if span.spanID == 0 {
        "span_id must be 8 bytes and not zero"
      } else if invalidParent {
        "parent_span_id must be 8 bytes or absent"
      } else {
        nil
      }
    if let invalid {
      rejected += 1
      if rejection == nil { rejection = invalid }
      return
    }
    span.attributeEnd = attributes.count
    span.dimensionEnd = dimensions.count
    settleMeaning()
    spans.append(span)
  }

  // MARK: - Attributes

  /// Adds an attribute whose value is a string; false, with nothing added, where the key or the value
  /// is not UTF-8.
  public func add(_ key: WireBytes, text value: WireBytes, of owner: Owner) -> Bool {
    let digest = unsafe Bytes.digest(value.base, value.count, seed: seed)
    guard unsafe digest.isASCII || Bytes.isUTF8(value.base, value.count),
      let number = checkedNumber(of: key)
    else { return false }
    add(number, .string, value, digest.hash)
    if let meaning = keys.meaning(of: number) {
      interpret(meaning, value, integer: nil, number: nil, owner)
    }
    return true
  }

  /// Adds an attribute whose value is an integer; false, with nothing added, where the key is not UTF-8.
  public func add(_ key: WireBytes, count value: Int64, of owner: Owner) -> Bool {
    guard let number = checkedNumber(of: key) else { return false }
    add(number, integer: value, of: owner)
    return true
  }

  /// Adds an attribute whose value is a double; false, with nothing added, where the key is not UTF-8.
  public func add(_ key: WireBytes, amount value: Double, of owner: Owner) -> Bool {
    guard let number = checkedNumber(of: key) else { return false }
    add(number, double: value, of: owner)
    return true
  }

  /// Adds an attribute whose value is a truth; false, with nothing added, where the key is not UTF-8.
  public func add(_ key: WireBytes, truth value: Bool, of owner: Owner) -> Bool {
    guard let number = checkedNumber(of: key) else { return false }
    add(number, boolean: value, of: owner)
    return true
  }

  /// The number of a key; nil where it is not UTF-8, which a key that is known already was found to be.
  @inline(__always)
  private func checkedNumber(of key: WireBytes) -> Int? {
    if let number = keys.expected(key, after: previousKey) { return number }
    guard unsafe Bytes.isUTF8(key.base, key.count) else { return nil }
    return keys.number(of: key, after: previousKey)
  }

  private func number(of key: WireBytes) -> Int { keys.number(of: key, after: previousKey) }

  /// Adds an attribute whose value is a run of bytes: a string, bytes, or the wire bytes of a nested value.
  public func add(_ key: WireBytes, _ kind: BytesKind, _ value: WireBytes, of owner: Owner) {
    let number = number(of: key)
    add(number, kind.kind, value, unsafe Bytes.hash(value.base, value.count))
    if let meaning = keys.meaning(of: number) {
      interpret(meaning, kind == .string ? value : nil, integer: nil, number: nil, owner)
    }
  }

  @inline(__always)
  private func add(
    _ number: Int, _ kind: ValueReference.Kind, _ value: WireBytes, _ hash: UInt64
  ) {
    previousKey = number
    attributes.append(
      AttributeEntry(
        payload: unsafe UInt64(UInt(bitPattern: value.base)), hash: hash,
        length: UInt32(truncatingIfNeeded: value.count),
        keyAndKind: UInt32(truncatingIfNeeded: number) << 8 | kind.rawValue))
  }

  /// What a run of bytes stands for.
  public enum BytesKind: Sendable {
    case string, bytes, array, keyValues

    @inline(__always) var kind: ValueReference.Kind {
      switch self {
      case .string: .string
      case .bytes: .bytes
      case .array: .array
      case .keyValues: .keyValues
      }
    }
  }

  public func add(_ key: WireBytes, integer: Int64, of owner: Owner) {
    add(number(of: key), integer: integer, of: owner)
  }

  private func add(_ number: Int, integer: Int64, of owner: Owner) {
    let bits = UInt64(bitPattern: integer)
    let meaning = add(
      number, ValueReference.small(integer) == nil ? .wideInteger : .smallInteger, bits)
    if let meaning { interpret(meaning, nil, integer: integer, number: Double(integer), owner) }
  }

  public func add(_ key: WireBytes, double: Double, of owner: Owner) {
    add(number(of: key), double: double, of: owner)
  }

  private func add(_ number: Int, double: Double, of owner: Owner) {
    let meaning = add(number, .double, double.bitPattern)
    if let meaning { interpret(meaning, nil, integer: nil, number: double, owner) }
  }

  public func add(_ key: WireBytes, boolean: Bool, of owner: Owner) {
    add(number(of: key), boolean: boolean, of: owner)
  }

  private func add(_ number: Int, boolean: Bool, of owner: Owner) {
    let meaning = add(
      number, .constant, UInt64((boolean ? ValueReference.yes : .no).rawValue))
    if let meaning, owner == .span { interpret(meaning, boolean: boolean) }
  }

  public func addEmpty(_ key: WireBytes) {
    _ = add(number(of: key), .constant, UInt64(ValueReference.empty.rawValue))
  }

  private func add(
    _ number: Int, _ kind: ValueReference.Kind, _ payload: UInt64
  ) -> KeyMeaning? {
    previousKey = number
    attributes.append(
      AttributeEntry(
        payload: payload, hash: 0, length: 0,
        keyAndKind: UInt32(truncatingIfNeeded: number) << 8 | kind.rawValue))
    return keys.meaning(of: number)
  }
}
