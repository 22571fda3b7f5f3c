/// Plain values as the messages of OTLP that spans and log records have in common.
///
/// Format: opentelemetry/proto/{common,resource}/v1. Fields that hold their default are not written, as
/// proto3 has it, but for values of `AnyValue`, where an empty string is something else than nothing.
extension WireWriter {
  /// The oneof of an `AnyValue`.
  public mutating func value(_ value: AttributeValue) {
    switch value {
    case .empty: break
    case .string(let text): string(1, text)
    case .bool(let isTrue): varint(2, isTrue ? 1 : 0)
    case .int(let number): varint(3, UInt64(bitPattern: number))
    case .double(let number): fixed64(4, number.bitPattern)
    case .array(let values):
      message(5) { writer in
        for value in values { writer.message(1) { $0.value(value) } }
      }
    case .keyValues(let pairs): message(6) { $0.attributes(1, pairs) }
    case .bytes(let content): bytes(7, content)
    }
  }

  /// Each attribute as a `KeyValue` field of this number.
  public mutating func attributes(_ field: Int, _ attributes: [Attribute]) {
    for attribute in attributes {
      message(field) { writer in
        writer.text(1, attribute.key)
        writer.message(2) { $0.value(attribute.value) }
      }
    }
  }

  /// The fields of a `Resource`.
  public mutating func resource(_ resource: Resource) {
    attributes(1, resource.attributes)
    count(2, resource.droppedAttributes)
  }

  /// The fields of an `InstrumentationScope`.
  public mutating func scope(_ scope: Scope) {
    text(1, scope.name)
    text(2, scope.version)
    attributes(3, scope.attributes)
    count(4, scope.droppedAttributes)
  }

  // MARK: - Fields that are left out where they hold their default

  public mutating func text(_ field: Int, _ content: String) {
    if !content.isEmpty { string(field, content) }
  }

  public mutating func count(_ field: Int, _ number: UInt32) {
    if number != 0 { varint(field, UInt64(number)) }
  }

  public mutating func moment(_ field: Int, _ time: UnixNanos) {
    if time.isSet { fixed64(field, time.rawValue) }
  }

  /// An enum's number: negative ones take ten bytes, as protobuf sign-extends them.
  public mutating func enumeration(_ field: Int, _ number: Int32) {
    if number != 0 { varint(field, UInt64(bitPattern: Int64(number))) }
  }

  /// A trace id: sixteen bytes, the highest first.
  public mutating func id(_ field: Int, _ id: TraceID) {
    tag(field, 2)
    varint(16)
    word(id.high.byteSwapped, bytes: 8)
    word(id.low.byteSwapped, bytes: 8)
  }

  /// A span id: eight bytes, the highest first.
  public mutating func id(_ field: Int, _ id: SpanID) {
    tag(field, 2)
    varint(8)
    word(id.rawValue.byteSwapped, bytes: 8)
  }
}
