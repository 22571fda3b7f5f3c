import Store

/// The second walk: the bytes. It visits nested messages in the order of the first walk and must not differ from it.
extension TraceRequestEncoder {
  mutating func writeResourceSpans(
    _ run: Run, in spans: some RandomAccessCollection<SpanRecord>
  ) {
    guard let first = run.scopes.first?.lowerBound else { return }
    let resource = Self.span(first, of: spans).resource
    beginNested(field: 1)
    beginNested(field: 1)
    write(resource.attributes, field: 1)
    write(varint: UInt64(resource.droppedAttributes), field: 2)
    for scope in run.scopes { writeScopeSpans(scope, in: spans) }
    write(text: resource.schemaURL, field: 3)
  }

  private mutating func writeScopeSpans(
    _ range: Range<Int>, in spans: some RandomAccessCollection<SpanRecord>
  ) {
    let scope = Self.span(range.lowerBound, of: spans).scope
    beginNested(field: 2)
    beginNested(field: 1)
    write(text: scope.name, field: 1)
    write(text: scope.version, field: 2)
    write(scope.attributes, field: 3)
    write(varint: UInt64(scope.droppedAttributes), field: 4)
    for position in range { write(Self.span(position, of: spans)) }
    write(text: scope.schemaURL, field: 3)
  }

  private mutating func write(_ span: SpanRecord) {
    beginNested(field: 2)
    writer.tag(1, 2)
    writer.varint(16)
    writer.word(span.traceID.high.byteSwapped, bytes: 8)
    writer.word(span.traceID.low.byteSwapped, bytes: 8)
    write(span.spanID, field: 2)
    write(text: span.traceState, field: 3)
    if !span.parentSpanID.isNone { write(span.parentSpanID, field: 4) }
    write(text: span.name, field: 5)
    write(varint: Wire.signExtended(span.kind.rawValue), field: 6)
    write(fixed64: span.start.rawValue, field: 7)
    write(fixed64: span.end.rawValue, field: 8)
    write(span.attributes, field: 9)
    write(varint: UInt64(span.droppedAttributes), field: 10)
    for event in span.events { write(event) }
    write(varint: UInt64(span.droppedEvents), field: 12)
    for link in span.links { write(link) }
    write(varint: UInt64(span.droppedLinks), field: 14)
    if Wire.hasStatus(span) {
      beginNested(field: 15)
      write(text: span.statusMessage, field: 2)
      write(varint: Wire.signExtended(span.statusCode.rawValue), field: 3)
    }
    if span.flags != 0 { writer.fixed32(16, span.flags) }
  }

  private mutating func write(_ event: SpanEvent) {
    beginNested(field: 11)
    write(fixed64: event.time.rawValue, field: 1)
    write(text: event.name, field: 2)
    write(event.attributes, field: 3)
    write(varint: UInt64(event.droppedAttributes), field: 4)
  }

  private mutating func write(_ link: SpanLink) {
    beginNested(field: 13)
    write(blob: link.traceID, field: 1)
    write(blob: link.spanID, field: 2)
    write(text: link.traceState, field: 3)
    write(link.attributes, field: 4)
    write(varint: UInt64(link.droppedAttributes), field: 5)
    if link.flags != 0 { writer.fixed32(6, link.flags) }
  }

  private mutating func write(_ attributes: [Attribute], field: Int) {
    for attribute in attributes {
      beginNested(field: field)
      write(text: attribute.key, field: 1)
      beginNested(field: 2)
      write(attribute.value)
    }
  }

  private mutating func write(_ value: AttributeValue) {
    switch value {
    case .empty: break
    case .string(let text): writer.string(1, text)
    case .bool(let isTrue): writer.varint(2, isTrue ? 1 : 0)
    case .int(let number): writer.varint(3, UInt64(bitPattern: number))
    case .double(let number): writer.fixed64(4, number.bitPattern)
    case .array(let values):
      beginNested(field: 5)
      for value in values {
        beginNested(field: 1)
        write(value)
      }
    case .keyValues(let attributes):
      beginNested(field: 6)
      write(attributes, field: 1)
    case .bytes(let blob): writer.bytes(7, blob)
    }
  }

  // MARK: - Fields that are left out where they hold their default

  /// The header of a nested message whose length the first walk found.
  private mutating func beginNested(field: Int) {
    writer.tag(field, 2)
    writer.varint(UInt64(lengths[nextLength]))
    nextLength += 1
  }

  private mutating func write(text: String, field: Int) {
    if !text.isEmpty { writer.string(field, text) }
  }

  private mutating func write(blob: [UInt8], field: Int) {
    if !blob.isEmpty { writer.bytes(field, blob) }
  }

  private mutating func write(_ id: SpanID, field: Int) {
    writer.tag(field, 2)
    writer.varint(8)
    writer.word(id.rawValue.byteSwapped, bytes: 8)
  }

  private mutating func write(varint value: UInt64, field: Int) {
    if value != 0 { writer.varint(field, value) }
  }

  private mutating func write(fixed64 value: UInt64, field: Int) {
    if value != 0 { writer.fixed64(field, value) }
  }
}

extension TraceRequestEncoder {
  /// Sizes of protobuf fields that have a tag of one byte, and what of a span is written at all.
  enum Wire {
    /// Tag, length and 16 bytes.
    static let traceIDSize = 18
    /// Tag, length and 8 bytes.
    static let spanIDSize = 10

    /// The bytes of a varint: one for each 7 bits begun.
    static func size(of value: UInt64) -> Int {
      (70 - (value | 1).leadingZeroBitCount) / 7
    }

    /// A length and that many bytes.
    static func size(delimited count: Int) -> Int { size(of: UInt64(count)) + count }

    static func size(text: String) -> Int {
      text.isEmpty ? 0 : 1 + size(delimited: text.utf8.count)
    }

    static func size(blob: [UInt8]) -> Int { blob.isEmpty ? 0 : 1 + size(delimited: blob.count) }

    static func size(varint value: UInt64) -> Int { value == 0 ? 0 : 1 + size(of: value) }

    static func size(fixed64 value: UInt64) -> Int { value == 0 ? 0 : 9 }

    /// An enum's number on the wire: negative ones take ten bytes, as protobuf sign-extends them.
    static func signExtended(_ value: Int32) -> UInt64 { UInt64(bitPattern: Int64(value)) }

    static func hasStatus(_ span: SpanRecord) -> Bool {
      span.statusCode != .unset || !span.statusMessage.isEmpty
    }
  }
}
