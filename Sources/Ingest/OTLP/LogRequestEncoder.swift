public import Store

/// Writes log records as the bytes of an OTLP `ExportLogsServiceRequest`, in the order given.
///
/// Format: opentelemetry/proto/collector/logs/v1/logs_service.proto, v1.
public enum LogRequestEncoder {
  public static func encode(_ records: [LogRecord]) -> [UInt8] {
    var request = WireWriter()
    var rest = records[...]
    while let first = rest.first {
      let run = rest.prefix { $0.resource == first.resource && $0.scope == first.scope }
      rest = rest.dropFirst(run.count)
      // repeated ResourceLogs resource_logs = 1;
      request.message(1) { writer in
        writer.message(1) { writer in write(first.resource, into: &writer) }
        writer.message(2) { writer in
          writer.message(1) { writer in write(first.scope, into: &writer) }
          for record in run { writer.message(2) { writer in write(record, into: &writer) } }
          if !first.scope.schemaURL.isEmpty { writer.string(3, first.scope.schemaURL) }
        }
        if !first.resource.schemaURL.isEmpty { writer.string(3, first.resource.schemaURL) }
      }
    }
    return request.bytes
  }

  private static func write(_ resource: Resource, into writer: inout WireWriter) {
    attributes(1, resource.attributes, into: &writer)
    if resource.droppedAttributes > 0 { writer.varint(2, UInt64(resource.droppedAttributes)) }
  }

  private static func write(_ scope: Scope, into writer: inout WireWriter) {
    if !scope.name.isEmpty { writer.string(1, scope.name) }
    if !scope.version.isEmpty { writer.string(2, scope.version) }
    attributes(3, scope.attributes, into: &writer)
    if scope.droppedAttributes > 0 { writer.varint(4, UInt64(scope.droppedAttributes)) }
  }

  private static func write(_ record: LogRecord, into writer: inout WireWriter) {
    if record.time.isSet { writer.fixed64(1, record.time.rawValue) }
    if record.severity != .unspecified {
      writer.varint(2, UInt64(bitPattern: Int64(record.severity.rawValue)))
    }
    if !record.severityText.isEmpty { writer.string(3, record.severityText) }
    if record.body != .empty { writer.message(5) { writer in writer.value(record.body) } }
    attributes(6, record.attributes, into: &writer)
    if record.droppedAttributes > 0 { writer.varint(7, UInt64(record.droppedAttributes)) }
    if record.flags != 0 { writer.fixed32(8, record.flags) }
    if !record.traceID.isZero {
      writer.bytes(9, bigEndian(record.traceID.high) + bigEndian(record.traceID.low))
    }
    if !record.spanID.isNone { writer.bytes(10, bigEndian(record.spanID.rawValue)) }
    if record.observed.isSet { writer.fixed64(11, record.observed.rawValue) }
    if !record.eventName.isEmpty { writer.string(12, record.eventName) }
  }

  private static func attributes(
    _ field: Int, _ attributes: [Attribute], into writer: inout WireWriter
  ) {
    for attribute in attributes {
      writer.message(field) { writer in
        if !attribute.key.isEmpty { writer.string(1, attribute.key) }
        writer.message(2) { writer in writer.value(attribute.value) }
      }
    }
  }

  private static func bigEndian(_ word: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
  }
}
