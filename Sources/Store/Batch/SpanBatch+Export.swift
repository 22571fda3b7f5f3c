/// Writes a batch as the bytes of an `ExportTraceServiceRequest`, straight from its columns.
///
/// For those who are sent what the store was given, not what came in: after rules have changed spans,
/// the request's own bytes still say what the rules took away. Spans that were refused or came too late
/// are left out; empty where no span is left.
extension SpanBatch {
  public func exportRequest() -> [UInt8] {
    var request = WireWriter()
    var scopeSpans = WireWriter()
    var first = 0
    let late = Set(late)
    guard late.count < count else { return [] }
    while first < count {
      let (resource, scope) = (spans[first].resource, spans[first].scope)
      var position = first
      scopeSpans.removeAll()
      while position < count, spans[position].resource == resource, spans[position].scope == scope {
        // repeated Span spans = 2;
        if !late.contains(position) {
          scopeSpans.message(2) { writer in write(spans[position], into: &writer) }
        }
        position += 1
      }
      write(resources[resource], scopes[scope], scopeSpans.bytes, into: &request)
      first = position
    }
    return request.bytes
  }

  func write(
    _ resource: OriginEntry, _ scope: OriginEntry, _ spans: [UInt8], into request: inout WireWriter
  ) {
    // repeated ResourceSpans resource_spans = 1; in it resource = 1, scope_spans = 2, schema_url = 3.
    request.message(1) { writer in
      writer.bytes(1, resource.message.bytes)
      writer.message(2) { writer in
        writer.bytes(1, scope.message.bytes)
        writer.raw(spans)
        if scope.schemaURL.length > 0 { writer.bytes(3, scope.schemaURL.bytes) }
      }
      if resource.schemaURL.length > 0 { writer.bytes(3, resource.schemaURL.bytes) }
    }
  }

  /// The fields of one `Span`.
  private func write(_ span: SpanEntry, into writer: inout WireWriter) {
    writer.tag(1, 2)
    writer.varint(16)
    writer.word(span.traceHigh.byteSwapped, bytes: 8)
    writer.word(span.traceLow.byteSwapped, bytes: 8)
    write(id: span.spanID, field: 2, into: &writer)
    if span.parentID != 0 { write(id: span.parentID, field: 4, into: &writer) }
    if span.name.length > 0 { writer.bytes(5, span.name.bytes) }
    if span.kind != 0 { writer.varint(6, UInt64(bitPattern: Int64(span.kind))) }
    if span.start != 0 { writer.fixed64(7, span.start) }
    if span.end != 0 { writer.fixed64(8, span.end) }
    for index in span.attributes..<span.attributeEnd {
      writer.message(9) { writer in writeAttribute(index, into: &writer) }
    }
    if span.extras.length > 0 { writer.raw(span.extras.bytes) }
    // Behind the rarer fields: they may hold a status with a message, and the last code counts.
    if span.statusCode != 0 {
      writer.message(15) { writer in
        writer.varint(3, UInt64(bitPattern: Int64(span.statusCode)))
      }
    }
    if span.flags != 0 { writer.fixed32(16, span.flags) }
  }

  /// The fields of one `KeyValue`.
  func writeAttribute(_ index: Int, into writer: inout WireWriter) {
    let attribute = attribute(at: index)
    let key = keys.bytes(of: attribute.key)
    if !key.isEmpty { writer.bytes(1, key) }
    writer.message(2) { writer in write(attribute.value, into: &writer) }
  }

  func write(id: UInt64, field: Int, into writer: inout WireWriter) {
    writer.tag(field, 2)
    writer.varint(8)
    writer.word(id.byteSwapped, bytes: 8)
  }

  /// The oneof of an `AnyValue`.
  private func write(_ value: BatchValue, into writer: inout WireWriter) {
    switch value {
    case .empty: break
    case .string(let bytes): writer.bytes(1, bytes)
    case .boolean(let isTrue): writer.varint(2, isTrue ? 1 : 0)
    case .integer(let number): writer.varint(3, UInt64(bitPattern: number))
    case .double(let number): writer.fixed64(4, number.bitPattern)
    case .array(let bytes): writer.bytes(5, bytes)
    case .keyValues(let bytes): writer.bytes(6, bytes)
    case .bytes(let bytes): writer.bytes(7, bytes)
    }
  }
}
