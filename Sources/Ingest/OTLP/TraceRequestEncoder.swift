public import Store

/// Writes spans as the bytes of an OTLP `ExportTraceServiceRequest`, the inverse of `TraceRequestDecoder`.
///
/// For spans that are plain values (the demo, tests); those of a store are written by ``SpanExport``.
/// An encoder may be reused. Format: opentelemetry/proto/collector/trace/v1/trace_service.proto, v1.
public struct TraceRequestEncoder {
  private var writer = WireWriter()

  public init() {}

  /// The request that holds `spans`; no bytes at all where there are none.
  public mutating func encode(_ spans: some RandomAccessCollection<SpanRecord>) -> [UInt8] {
    writer.removeAll()
    writer.request(of: spans, resource: \.resource, scope: \.scope) { span, writer in
      Self.write(span, into: &writer)
    }
    return writer.bytes
  }

  private static func write(_ span: SpanRecord, into writer: inout WireWriter) {
    writer.id(1, span.traceID)
    writer.id(2, span.spanID)
    writer.text(3, span.traceState)
    if !span.parentSpanID.isNone { writer.id(4, span.parentSpanID) }
    writer.text(5, span.name)
    writer.enumeration(6, span.kind.rawValue)
    writer.moment(7, span.start)
    writer.moment(8, span.end)
    writer.attributes(9, span.attributes)
    writer.count(10, span.droppedAttributes)
    for event in span.events { writer.message(11) { write(event, into: &$0) } }
    writer.count(12, span.droppedEvents)
    for link in span.links { writer.message(13) { write(link, into: &$0) } }
    writer.count(14, span.droppedLinks)
    if span.statusCode != .unset || !span.statusMessage.isEmpty {
      writer.message(15) { writer in
        writer.text(2, span.statusMessage)
        writer.enumeration(3, span.statusCode.rawValue)
      }
    }
    if span.flags != 0 { writer.fixed32(16, span.flags) }
  }

  private static func write(_ event: SpanEvent, into writer: inout WireWriter) {
    writer.moment(1, event.time)
    writer.text(2, event.name)
    writer.attributes(3, event.attributes)
    writer.count(4, event.droppedAttributes)
  }

  private static func write(_ link: SpanLink, into writer: inout WireWriter) {
    if !link.traceID.isEmpty { writer.bytes(1, link.traceID) }
    if !link.spanID.isEmpty { writer.bytes(2, link.spanID) }
    writer.text(3, link.traceState)
    writer.attributes(4, link.attributes)
    writer.count(5, link.droppedAttributes)
    if link.flags != 0 { writer.fixed32(6, link.flags) }
  }
}
