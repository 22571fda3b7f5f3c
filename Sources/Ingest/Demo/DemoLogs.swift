public import Store

/// What the programs around a gateway write to their logs during the demo, told from spans that ended.
///
/// The gateways themselves export no logs over OTLP; agents and tool servers that run the SDK's logging
/// handler do, with the trace and span of the moment on each record.
public enum DemoLogs {
  /// The records that go with some spans, in the order of the spans.
  public static func records(of spans: [SpanRecord]) -> [LogRecord] {
    spans.flatMap { records(of: $0) }
  }

  private static func records(of span: SpanRecord) -> [LogRecord] {
    if span.statusCode == .error {
      let message = span.statusMessage.isEmpty ? "\(span.name) failed" : span.statusMessage
      return [
        record(
          of: span, at: span.end, .error, "ERROR", message,
          [Attribute("exception.type", .string("UpstreamError")), line(88)])
      ]
    }
    let tool = span.attributes.first { $0.key == "tool.name" || $0.key == "mcp.tool.name" }
    guard let tool, case .string(let name) = tool.value else { return [] }
    let first = record(
      of: span, at: span.start, LogSeverity(rawValue: 9), "INFO", "calling \(name)", [line(41)])
    guard span.duration > .seconds(1) else { return [first] }
    let slow = record(
      of: span, at: span.end, .warning, "WARN",
      "\(name) took \(span.duration.rawValue / 1_000_000) ms", [line(57)])
    return [first, slow]
  }

  private static func line(_ number: Int64) -> Attribute {
    Attribute("code.line.number", .int(number))
  }

  private static func record(
    of span: SpanRecord, at time: UnixNanos, _ severity: LogSeverity, _ name: String,
    _ text: String, _ attributes: [Attribute]
  ) -> LogRecord {
    LogRecord(
      traceID: span.traceID, spanID: span.spanID, time: time,
      observed: time + .microseconds(20), severity: severity, severityText: name,
      body: .string(text),
      attributes: [Attribute("logger.name", .string("app.tools"))] + attributes,
      flags: 1, resource: span.resource, scope: Scope(name: "opentelemetry.sdk._logs"))
  }
}
