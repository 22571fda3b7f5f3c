public import Store

/// Writes log records as the bytes of an OTLP `ExportLogsServiceRequest`, in the order given.
///
/// Format: opentelemetry/proto/collector/logs/v1/logs_service.proto, v1.
public enum LogRequestEncoder {
  public static func encode(_ records: [LogRecord]) -> [UInt8] {
    var writer = WireWriter()
    writer.request(of: records, resource: \.resource, scope: \.scope) { record, writer in
      write(record, into: &writer)
    }
    return writer.bytes
  }

  private static func write(_ record: LogRecord, into writer: inout WireWriter) {
    writer.moment(1, record.time)
    writer.enumeration(2, record.severity.rawValue)
    writer.text(3, record.severityText)
    if record.body != .empty { writer.message(5) { $0.value(record.body) } }
    writer.attributes(6, record.attributes)
    writer.count(7, record.droppedAttributes)
    if record.flags != 0 { writer.fixed32(8, record.flags) }
    if !record.traceID.isZero { writer.id(9, record.traceID) }
    if !record.spanID.isNone { writer.id(10, record.spanID) }
    writer.moment(11, record.observed)
    writer.text(12, record.eventName)
  }
}
