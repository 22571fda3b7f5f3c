import Oracle
import Store
import SwiftProtobuf

/// What swift-protobuf reads in a request, as the store's own values.
enum OracleReading {
  static func spans(_ bytes: [UInt8]) throws -> [SpanRecord] {
    spans(
      try Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceRequest(serializedBytes: bytes))
  }

  static func spans(
    _ request: Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceRequest
  ) -> [SpanRecord] {
    request.resourceSpans.flatMap { group in
      let resource = Resource(
        attributes: group.resource.attributes.map(attribute),
        droppedAttributes: group.resource.droppedAttributesCount, schemaURL: group.schemaURL)
      return group.scopeSpans.flatMap { scoped in
        let scope = Scope(
          name: scoped.scope.name, version: scoped.scope.version,
          attributes: scoped.scope.attributes.map(attribute),
          droppedAttributes: scoped.scope.droppedAttributesCount, schemaURL: scoped.schemaURL)
        return scoped.spans.map { span($0, resource, scope) }
      }
    }
  }

  private static func span(
    _ span: Opentelemetry_Proto_Trace_V1_Span, _ resource: Resource, _ scope: Scope
  ) -> SpanRecord {
    SpanRecord(
      traceID: TraceID(high: word(span.traceID, 0), low: word(span.traceID, 8)),
      spanID: SpanID(word(span.spanID, 0)), parentSpanID: SpanID(word(span.parentSpanID, 0)),
      traceState: span.traceState, flags: span.flags, name: span.name,
      kind: SpanKind(rawValue: Int32(truncatingIfNeeded: span.kind.rawValue)),
      start: UnixNanos(span.startTimeUnixNano), end: UnixNanos(span.endTimeUnixNano),
      attributes: span.attributes.map(attribute), droppedAttributes: span.droppedAttributesCount,
      events: span.events.map { event in
        SpanEvent(
          time: UnixNanos(event.timeUnixNano), name: event.name,
          attributes: event.attributes.map(attribute),
          droppedAttributes: event.droppedAttributesCount)
      }, droppedEvents: span.droppedEventsCount,
      links: span.links.map { link in
        SpanLink(
          traceID: Array(link.traceID), spanID: Array(link.spanID), traceState: link.traceState,
          attributes: link.attributes.map(attribute),
          droppedAttributes: link.droppedAttributesCount, flags: link.flags)
      }, droppedLinks: span.droppedLinksCount,
      statusCode: StatusCode(rawValue: Int32(truncatingIfNeeded: span.status.code.rawValue)),
      statusMessage: span.status.message, resource: resource, scope: scope)
  }

  private static func attribute(
    _ pair: Opentelemetry_Proto_Common_V1_KeyValue
  ) -> Attribute {
    Attribute(pair.key, value(pair.value))
  }

  private static func value(
    _ value: Opentelemetry_Proto_Common_V1_AnyValue
  ) -> AttributeValue {
    switch value.value {
    case .stringValue(let text): .string(text)
    case .boolValue(let flag): .bool(flag)
    case .intValue(let number): .int(number)
    case .doubleValue(let number): .double(number)
    case .bytesValue(let blob): .bytes(Array(blob))
    case .arrayValue(let list): .array(list.values.map(self.value))
    case .kvlistValue(let list): .keyValues(list.values.map(attribute))
    default: .empty
    }
  }

  private static func word(_ bytes: some Collection<UInt8>, _ offset: Int) -> UInt64 {
    bytes.dropFirst(offset).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
