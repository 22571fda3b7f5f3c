import Store
import Support

/// A request of Plano whose agent dropped `traceparent` and kept `x-request-id`, as captured: names,
/// services, times and ids are those of the capture, figures a little rounder.
enum SplitRequest {
  static let start = UnixNanos(1_763_733_720_000_000_000)
  static let requestID = "ff88a8e7-1564-4055-b0d9-f68539dcebaa"
  /// The same with Envoy's sampling digit.
  static let edgeID = "ff88a8e7-1564-9055-b0d9-f68539dcebaa"

  /// What the edge and the orchestrator saw.
  static var edge: [SpanRecord] {
    trace(
      "5727277b947c646b5b0f50c1a2d3611b",
      TraceBuilder(start: start) {
        root("POST /v1/chat/completions", 4_000.ms, service: "plano(inbound)") {
          child("travel_booking_service", 3_995.ms, at: 2.ms, service: "plano(orchestrator)") {
            child(
              "POST archfc.katanemo.dev/v1/chat/completions", 222.ms, at: 1.ms,
              service: "plano(outbound)")
            child(
              "weather_agent /v1/chat/completions", 3_770.ms, at: 224.ms, service: "plano(agent)"
            ).attributes(["tenant.id": "ten_006", "user.id": "usr_00601"])
          }.attributes(["request_id": .string(requestID), "selection.agents": "weather_agent"])
        }.attributes(["guid:x-request-id": .string(edgeID), "http.status_code": "200"])
      })
  }

  /// The agent's first call of a model.
  static var first: [SpanRecord] {
    trace("ce2dd75d0c2f4f0f9a3b8e7d6c5a5d0f", model("gpt-4o-mini", 794.ms, at: 240.ms))
  }

  /// Its second.
  static var second: [SpanRecord] {
    trace("3103d9b96d9f4f5a8b7c6d5e4f3a1927", model("gpt-5.2", 2_910.ms, at: 1_070.ms))
  }

  static var all: [[SpanRecord]] { [edge, first, second] }

  private static func model(
    _ name: String, _ length: Nanoseconds, at offset: Nanoseconds
  ) -> TraceBuilder {
    TraceBuilder(start: start + offset) {
      root("POST /v1/chat/completions openai/\(name)", length, service: "plano(llm)") {
        child("routing", 100.us, service: "plano(routing)")
        child(
          "POST api.openai.com/v1/chat/completions", length - 2.ms, at: 1.ms,
          service: "plano(outbound)"
        ).attributes(["guid:x-request-id": .string(edgeID)])
      }.attributes([
        "request_id": .string(requestID), "llm.model": .string(name),
        "llm.usage.prompt_tokens": 213, "llm.usage.completion_tokens": 100,
      ])
    }
  }

  /// The spans under an id of 32 digits, with span ids as a tracer draws them.
  private static func trace(_ id: String, _ builder: TraceBuilder) -> [SpanRecord] {
    guard let id = TraceID(hex: id) else { return [] }
    return builder.spans.map { span in
      var span = span
      span.traceID = id
      span.spanID = SpanID(id.low ^ span.spanID.rawValue)
      if !span.parentSpanID.isNone {
        span.parentSpanID = SpanID(id.low ^ span.parentSpanID.rawValue)
      }
      return span
    }
  }
}
