import Store

/// Log records as JSON, in the names and types of OTLP/JSON.
extension JSONWriter {
  /// The member `logs` of a trace: records that name no span, or one that is not in the trace. Left out
  /// where there are none.
  mutating func strayLogs(of trace: TraceDocument, _ bySpan: [SpanID: [LogRecord]]) {
    guard !bySpan.isEmpty else { return }
    let spans = Set(trace.spans.map(\.record.spanID))
    let stray = trace.logs.filter { !spans.contains($0.spanID) }
    if !stray.isEmpty { array("logs", stray) { $0.log($1) } }
  }

  mutating func log(_ record: LogRecord) {
    object { json in
      json.member("timeUnixNano", "\(record.time.rawValue)")
      json.member("observedTimeUnixNano", "\(record.observed.rawValue)")
      json.member("severityNumber", record.severity.rawValue)
      json.member("severityText", record.severityText)
      json.key("body")
      json.value(record.body)
      json.attributes(record.attributes)
      json.member("droppedAttributesCount", record.droppedAttributes)
      json.member("flags", record.flags)
      json.member("traceId", record.traceID.hex)
      json.member("spanId", record.spanID.isNone ? "" : record.spanID.hex)
      json.member("eventName", record.eventName)
      json.member("service", record.resource.serviceName ?? "unknown")
      json.member("scope", record.scope.name)
    }
  }
}
