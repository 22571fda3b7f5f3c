import Store
import Support

@testable import TUI

/// Traffic as gateways send it, the same every time: what the screens in this folder show.
enum Gateway {
  /// 2025-11-21 14:02:21 UTC: ten seconds after the last trace began.
  static let now = UnixNanos(1_763_733_741_000_000_000)

  static var source: SourceStatus {
    var source = SourceStatus()
    source.endpoints = [
      "grpc 127.0.0.1:4317", "http 127.0.0.1:4318",
      "unix /run/user/1000/tracetop/collector.sock",
    ]
    return source
  }

  static func traffic(of count: Int) -> Traffic {
    var traffic = Traffic()
    guard count > 0 else { return traffic }
    traffic.tracesPerSecond = 38
    traffic.spansPerSecond = 412
    traffic.errorTraces = 41
    traffic.windowTraces = 1_214
    traffic.p50 = 212.ms
    traffic.p95 = 1_240.ms
    traffic.p99 = 8_100.ms
    traffic.rateHistory = (0..<60).map { (bucket: Int) -> Double in
      Double(20 + (bucket * 7) % 60 % 23)
    }
    traffic.latencyHistogram = [
      3, 9, 22, 31, 28, 14, 7, 4, 9, 18, 6, 2, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]
    return traffic
  }

  // MARK: - Traces

  /// Two dozen requests through both gateways: fast, slow, failed, denied, unfinished.
  static var traces: [[SpanRecord]] {
    (0..<24).map { index in
      let number = UInt64(index + 1)
      let start = UnixNanos(now.rawValue - UInt64(34_000_000_000 - index * 1_037_000_000))
      switch index {
      case 2, 9, 15: return direct(number, start, status: 504, duration: 8_040 + index * 60)
      case 5, 13: return denied(number, start)
      case 7, 18, 21: return tool(number, start)
      case 11, 20: return agent(number, start, duration: 2_400 + index * 31)
      case 23: return Array(agent(number, start, duration: 6_100).dropFirst(2))
      default: return direct(number, start, status: 200, duration: 180 + (index * 97) % 900)
      }
    }
  }

  private static let tenants = ["acme", "globex", "initech"]
  private static func tenant(_ number: UInt64) -> String { tenants[Int(number) % 3] }
  private static func user(_ number: UInt64) -> String { "usr_\(789 - (number % 7) * 96)" }

  /// A model call without an agent: Plano's plano(llm) is the root.
  static func direct(
    _ number: UInt64, _ start: UnixNanos, status: Int64, duration: Int
  ) -> [SpanRecord] {
    let model = number % 2 == 0 ? "openai/gpt-4o" : "anthropic/claude-haiku"
    return TraceBuilder(number: number, start: start) {
      root("POST /v1/chat/completions \(model)", duration.ms, service: "plano(llm)") {
        child("routing", 38.ms, service: "plano(routing)")
          .attributes(["model.requested": "auto", "route.selected_model": .string(model)])
        child(
          "POST api.openai.com/v1/chat/completions", (duration - 44).ms, service: "plano(outbound)"
        )
        .attributes(["http.status_code": .string("\(status)"), "response_flags": "-"])
        .status(status >= 500 ? .error : .unset)
      }
      .attributes([
        "component": "llm", "tenant.id": .string(tenant(number)), "user.id": .string(user(number)),
        "plano.route.name": .string(number % 4 == 0 ? "support" : "code"),
        "llm.model": .string(model), "http.status_code": .int(status),
        "llm.usage.prompt_tokens": .int(Int64(400 + duration % 700)),
        "llm.usage.completion_tokens": .int(Int64(100 + duration % 190)),
        "llm.usage.total_cost_usd": 0.031,
      ])
    }.spans
  }

  /// A request through filters, an agent and a model.
  static func agent(_ number: UInt64, _ start: UnixNanos, duration: Int) -> [SpanRecord] {
    TraceBuilder(number: number, start: start) {
      root("POST /v1/chat/completions", duration.ms, service: "plano(inbound)") {
        child(
          "travel_booking_service", (duration - 10).ms, at: 4.ms, service: "plano(orchestrator)"
        ) {
          child("execute_raw_filter (guard-jailbreak)", 12.ms, service: "plano(filter)")
          child("execute_raw_filter (pii-redact)", 31.ms, service: "plano(filter)")
          child("execute_raw_filter (rag-context)", 210.ms, service: "plano(filter)") {
            child("GET /v1/embeddings", 180.ms, service: "embeddings")
              .attributes(["db.system": "qdrant"]).kind(.client)
          }
          child("flight_agent /v1/chat/completions", (duration - 320).ms, service: "plano(agent)") {
            child(
              "POST /v1/chat/completions openai/gpt-4o", (duration - 360).ms, service: "plano(llm)"
            ) {
              child("routing", 38.ms, service: "plano(routing)")
                .attributes(["model.requested": "auto"])
              child(
                "POST api.openai.com/v1/chat/completions", (duration - 410).ms,
                service: "plano(outbound)"
              )
              .attributes(["http.status_code": "200"])
            }
            .attributes([
              "component": "llm", "tenant.id": .string(tenant(number)),
              "user.id": .string(user(number)), "plano.session_id": "sess_7f2c",
              "plano.route.name": "code", "llm.model": "openai/gpt-4o", "http.status_code": 200,
              "llm.time_to_first_token": 412, "llm.usage.prompt_tokens": 3_390,
              "llm.usage.completion_tokens": 706, "llm.usage.total_cost_usd": 0.031,
              "llm.user_message_preview":
                "Find me a flight from Zürich to Oslo that leaves after noon and has a window seat, please, an...",
              "llm.tools":
                "[{\"name\":\"search_flights\",\"args\":{\"from\":\"ZRH\",\"to\":\"OSL\"}},{\"name\":\"book\"}]",
            ])
            .event(
              "llm.time_to_first_token", ["llm.time_to_first_token": 412], time: start + 720.ms)
          }
          .attributes(["agent_id": "flight_agent", "message_count": "3"])
        }
        .attributes(["selection.agents": "flight_agent", "selection.agent_count": 2])
      }
      .attributes(["http.status_code": "200", "user_agent": "OpenAI/Python 1.99.1"])
      .resource(["telemetry.sdk.name": "envoy"])
    }.spans
  }

  /// A call that a filter refused.
  static func denied(_ number: UInt64, _ start: UnixNanos) -> [SpanRecord] {
    TraceBuilder(number: number, start: start) {
      root("llm", 41.ms, service: "plano(llm)") {
        child("execute_raw_filter (content_guard)", 33.ms, service: "plano(filter)")
          .attributes(["filter_name": "content_guard"])
      }
      .attributes([
        "tenant.id": .string(tenant(number)), "user.id": .string(user(number)),
      ])
      .event(
        "client error from filter chain",
        ["agent": "content_guard", "status": "400", "body": "blocked by content policy"],
        time: start + 34.ms)
    }.spans
  }

  /// A tool call through ContextForge.
  static func tool(_ number: UInt64, _ start: UnixNanos) -> [SpanRecord] {
    TraceBuilder(number: number, start: start) {
      root("POST /mcp", 118.ms, service: "mcp-gateway") {
        child("tool.invoke", 112.ms, at: 3.ms) {
          child("tool.lookup", 1.ms)
          child("tool.gateway_call", 96.ms) { child("mcp.client.call", 92.ms, at: 2.ms) }
          child("cpex.control.result", 0.ms)
            .attributes([
              "cpex.control.name": "secrets-scan", "cpex.control.result.allowed": true,
              "cpex.control.duration_ns": 1_900_000,
            ])
        }
        .attributes([
          "user.email": .string("\(user(number))@\(tenant(number)).example"),
          "team.name": .string(tenant(number)), "tool.name": "git_push",
        ])
      }
      .kind(.server).attributes(["http.route": "/mcp"])
    }.spans
  }

  /// The trace that the waterfall screens open: a slow request whose model timed out twice.
  static var incident: [SpanRecord] {
    let start = UnixNanos(now.rawValue - 11_000_000_000)
    return TraceBuilder(number: 0xE21A, start: start) {
      root("POST /v1/chat/completions", 8_040.ms, service: "plano(inbound)") {
        child("travel_booking_service", 8_030.ms, at: 4.ms, service: "plano(orchestrator)") {
          child("execute_raw_filter (guard-jailbreak)", 12.ms, service: "plano(filter)")
          child("execute_raw_filter (pii-redact)", 31.ms, service: "plano(filter)")
          child("execute_raw_filter (rag-context)", 210.ms, service: "plano(filter)") {
            child("GET /v1/embeddings", 180.ms, service: "embeddings").kind(.client)
          }
          child("flight_agent /v1/chat/completions", 7_740.ms, service: "plano(agent)") {
            child(
              "POST /v1/chat/completions openai/gpt-4o", 7_700.ms, at: 38.ms, service: "plano(llm)"
            ) {
              child("routing", 38.ms, service: "plano(routing)")
                .attributes(["model.requested": "auto", "route.selected_model": "openai/gpt-4o"])
              child("POST api.openai.com/v1/chat/completions", 4_000.ms, service: "plano(outbound)")
                .attributes(["http.status_code": "504", "response_flags": "UT"]).status(
                  .error, "upstream timeout")
              child("POST api.openai.com/v1/chat/completions", 3_655.ms, service: "plano(outbound)")
                .attributes(["http.status_code": "504", "response_flags": "UT"]).status(
                  .error, "upstream timeout")
            }
            .attributes([
              "component": "llm", "tenant.id": "acme", "user.id": "usr_789",
              "plano.session_id": "sess_7f2c", "plano.route.name": "code",
              "llm.model": "openai/gpt-4o", "http.status_code": 504,
              "llm.usage.prompt_tokens": 4_096, "llm.usage.total_cost_usd": 0.031,
              "llm.user_message_preview":
                "Find me a flight from Zürich to Oslo that leaves after noon and has a window seat, please, an...",
              "llm.tools":
                "[{\"name\":\"search_flights\",\"args\":{\"from\":\"ZRH\",\"to\":\"OSL\"}},{\"name\":\"book\"}]",
            ])
            .event("retry", ["reason": "upstream_reset"], time: start + 4_420.ms)
            .event(
              "exception",
              ["exception.type": "Timeout", "exception.message": "upstream timeout after 2 tries"],
              time: start + 7_990.ms)
          }
          .attributes(["agent_id": "flight_agent", "message_count": "3"])
        }
        .attributes(["selection.agents": "flight_agent", "selection.agent_count": 2])
      }
      .attributes(["http.status_code": "200", "user_agent": "OpenAI/Python 1.99.1"])
      .resource(["telemetry.sdk.name": "envoy"])
      // Its parent was sampled out.
      child("audit.write", 3.ms, at: 290.ms, service: "audit").id(0xA0).parent(0x77AB)
    }.spans
  }
}
