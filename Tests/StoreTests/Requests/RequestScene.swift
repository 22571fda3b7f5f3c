import Support

@testable import Store

extension StoreScene {
  /// A span of a trace by number; its id is one that tracers draw.
  static func span(
    _ trace: UInt64, _ id: UInt64, parent: UInt64 = 0, request: String? = nil,
    key: String = "request_id", at offset: Nanoseconds = .zero, service: String = "plano(llm)",
    kind: SpanKind = .unspecified, padding: Int = 0
  ) -> SpanRecord {
    let start = UnixNanos(1_763_733_731_000_000_000) + offset
    var span = SpanRecord(
      traceID: TraceID(high: 0x5C1F, low: trace), spanID: SpanID(drawn(id)),
      parentSpanID: SpanID(parent == 0 ? 0 : drawn(parent)), name: "span \(id)", kind: kind,
      start: start, end: start + 5.ms)
    if let request { span.attributes = [Attribute(key, .string(request))] }
    span.resource.attributes = [Attribute("service.name", .string(service))]
    span.traceState = String(repeating: "x", count: padding)
    return span
  }

  /// An id as a tracer draws it.
  static func drawn(_ id: UInt64) -> UInt64 { 0x9E37_79B9_0000_0000 | id }

  /// The traces of the request of a trace, by their numbers in `TraceID.low`, leading one first.
  func request(_ trace: UInt64) -> [UInt64] {
    let snapshot = snapshot()
    guard let number = snapshot.find(TraceID(high: 0x5C1F, low: trace)) else { return [] }
    return snapshot.requestTraces(of: number).compactMap {
      snapshot.traceRecord($0.rawValue)?.id.low
    }
  }

  func requestSummary(_ trace: UInt64) -> TraceSummary? {
    let snapshot = snapshot()
    return snapshot.find(TraceID(high: 0x5C1F, low: trace)).flatMap {
      snapshot.requestSummary(of: $0, now: now)
    }
  }
}
