public import Store

extension SpanBatch {
  /// Adds one span, as a decoder does that reads it from a request.
  public func add(_ record: SpanRecord) {
    let resource = addResource(record.resource)
    let scope = addScope(record.scope)
    beginSpan(resource: resource, scope: scope)
    set(traceID: arena.keep(bigEndian(record.traceID.high) + bigEndian(record.traceID.low)))
    set(spanID: arena.keep(bigEndian(record.spanID.rawValue)))
    set(
      parentSpanID: arena.keep(
        record.parentSpanID.isNone ? [] : bigEndian(record.parentSpanID.rawValue)))
    set(name: arena.keep(record.name))
    set(kind: record.kind.rawValue)
    set(start: record.start.rawValue)
    set(end: record.end.rawValue)
    set(flags: record.flags)
    set(statusCode: record.statusCode.rawValue)
    for attribute in record.attributes { add(attribute, of: .span) }
    for event in record.events { countEvent(named: arena.keep(event.name)) }
    set(extras: arena.keep(extras(of: record)))
    finishSpan()
  }

  private func bigEndian(_ word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
  }

  // MARK: - Resource and scope

  private func addResource(_ resource: Resource) -> Int {
    let mark = beginOrigin()
    for attribute in resource.attributes { add(attribute, of: .resource) }
    var message = WireWriter()
    for attribute in resource.attributes { message.attribute(1, attribute) }
    if resource.droppedAttributes > 0 { message.varint(2, UInt64(resource.droppedAttributes)) }
    return finishResource(
      from: mark, message: arena.keep(message.bytes), schemaURL: arena.keep(resource.schemaURL))
  }

  private func addScope(_ scope: Scope) -> Int {
    let number = beginScope()
    let mark = beginOrigin()
    for attribute in scope.attributes { add(attribute, of: .scope) }
    var message = WireWriter()
    message.string(1, scope.name)
    message.string(2, scope.version)
    for attribute in scope.attributes { message.attribute(3, attribute) }
    if scope.droppedAttributes > 0 { message.varint(4, UInt64(scope.droppedAttributes)) }
    finishScope(
      number, from: mark, message: arena.keep(message.bytes),
      schemaURL: arena.keep(scope.schemaURL),
      name: arena.keep(scope.name))
    return number
  }

  // MARK: - Attributes

  private func add(_ attribute: Attribute, of owner: Owner) {
    let key = arena.keep(attribute.key)
    switch attribute.value {
    case .empty: addEmpty(key)
    case .string(let text): add(key, .string, arena.keep(text), of: owner)
    case .bool(let flag): add(key, boolean: flag, of: owner)
    case .int(let number): add(key, integer: number, of: owner)
    case .double(let number): add(key, double: number, of: owner)
    case .bytes(let bytes): add(key, .bytes, arena.keep(bytes), of: owner)
    case .array(let values):
      var run = WireWriter()
      run.values(values)
      add(key, .array, arena.keep(run.bytes), of: owner)
    case .keyValues(let pairs):
      var run = WireWriter()
      for pair in pairs { run.attribute(1, pair) }
      add(key, .keyValues, arena.keep(run.bytes), of: owner)
    }
  }

  /// The fields of a `Span` that few spans have.
  private func extras(of record: SpanRecord) -> [UInt8] {
    var run = WireWriter()
    if !record.traceState.isEmpty { run.string(3, record.traceState) }
    if record.droppedAttributes > 0 { run.varint(10, UInt64(record.droppedAttributes)) }
    for event in record.events {
      run.message(11) { message in
        message.fixed64(1, event.time.rawValue)
        message.string(2, event.name)
        for attribute in event.attributes { message.attribute(3, attribute) }
        if event.droppedAttributes > 0 { message.varint(4, UInt64(event.droppedAttributes)) }
      }
    }
    if record.droppedEvents > 0 { run.varint(12, UInt64(record.droppedEvents)) }
    for link in record.links {
      run.message(13) { message in
        message.bytes(1, link.traceID)
        message.bytes(2, link.spanID)
        message.string(3, link.traceState)
        for attribute in link.attributes { message.attribute(4, attribute) }
        if link.droppedAttributes > 0 { message.varint(5, UInt64(link.droppedAttributes)) }
        if link.flags > 0 { message.fixed32(6, link.flags) }
      }
    }
    if record.droppedLinks > 0 { run.varint(14, UInt64(record.droppedLinks)) }
    if !record.statusMessage.isEmpty {
      run.message(15) { message in
        message.string(2, record.statusMessage)
        message.varint(3, UInt64(record.statusCode.rawValue))
      }
    }
    return run.bytes
  }
}

extension WireWriter {
  /// A `KeyValue`.
  fileprivate mutating func attribute(_ field: Int, _ attribute: Attribute) {
    message(field) { message in
      message.string(1, attribute.key)
      message.message(2) { $0.value(attribute.value) }
    }
  }

  /// The content of an `AnyValue`.
  fileprivate mutating func value(_ value: AttributeValue) {
    switch value {
    case .empty: break
    case .string(let text): string(1, text)
    case .bool(let flag): varint(2, flag ? 1 : 0)
    case .int(let number): varint(3, UInt64(bitPattern: number))
    case .double(let number): fixed64(4, number.bitPattern)
    case .array(let values): message(5) { $0.values(values) }
    case .keyValues(let pairs):
      message(6) { message in for pair in pairs { message.attribute(1, pair) } }
    case .bytes(let content): bytes(7, content)
    }
  }

  /// The content of an `ArrayValue`.
  fileprivate mutating func values(_ values: [AttributeValue]) {
    for element in values { message(1) { $0.value(element) } }
  }
}
