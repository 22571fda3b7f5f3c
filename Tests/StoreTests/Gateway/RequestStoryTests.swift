import Store
import Support
import Testing

@Suite("Request stories")
struct RequestStoryTests {
  /// A span of ContextForge, or of a service that is named.
  private func span(
    _ id: UInt64, under parent: UInt64 = 0, _ name: String, role: Role = .span,
    service: String = "mcp-gateway", at start: UInt64 = 1, for length: UInt64 = 10,
    _ attributes: [Attribute] = [], events: [SpanEvent] = [], status: StatusCode = .unset,
    message: String = "", evidence: Evidence = []
  ) -> StorySpan {
    StorySpan(
      record: SpanRecord(
        traceID: TraceID(high: 1, low: 1), spanID: SpanID(id), parentSpanID: SpanID(parent),
        name: name, start: UnixNanos(start), end: UnixNanos(start + length),
        attributes: attributes, events: events, statusCode: status, statusMessage: message),
      role: role, service: service, evidence: evidence)
  }

  private func text(_ pairs: [String: String]) -> [Attribute] {
    pairs.sorted { $0.key < $1.key }.map { Attribute($0.key, .string($0.value)) }
  }

  private func steps(_ spans: [StorySpan]) -> [String] {
    RequestStory(spans: spans).filters.map { step in
      [
        step.name, step.direction.rawValue, step.verdict.rawValue,
        step.isOverruled ? "overruled" : nil, step.duration.map { "\($0.rawValue)" }, step.code,
        step.reason,
      ].compactMap(\.self).joined(separator: " ")
    }
  }

  @Test("A control's result says its verdict, and its attribute its time")
  func controls() {
    let result = "cpex.control.result"
    let spans = [
      span(
        1, result, at: 1,
        text(["cpex.control.name": "a", "cpex.control.status": "timeout"])
          + [Attribute("cpex.control.duration_ns", .int(700))]),
      span(
        2, result, at: 2,
        text([
          "cpex.control.name": "b", "cpex.control.result.allowed": "false",
          "cpex.control.result.error_code": "C", "cpex.control.result.reason": "no",
          "cpex.control.enforcement_point": "post",
        ])),
      span(
        3, result, at: 3,
        text([
          "cpex.control.name": "c", "cpex.control.result.allowed": "true",
          "cpex.control.result.requested_allowed": "false",
        ])),
      span(4, result, at: 4, text(["cpex.control.name": "d", "cpex.control.status": "error"])),
    ]
    #expect(
      steps(spans) == [
        "a input error 700 timeout", "b output denied C no", "c input allow overruled",
        "d input error",
      ])
    let denial = RequestStory(spans: spans).denial
    #expect(denial?.filter == "b" && denial?.code == "C" && denial?.reason == "no")
    #expect(denial?.source == .control && denial?.evidence == .controlDenied)
  }

  @Test("Results that stand only in the summary are steps too, each once")
  func flattened() {
    let base = "cpex.control.results."
    let summary = span(
      1, "cpex.control.summary",
      text([
        base + "A.name": "A", base + "A.status": "completed", base + "B.name": "B",
        base + "B.status": "completed", base + "B.result.allowed": "false",
        base + "B.enforcement_point": "post",
      ]) + [
        Attribute(base + "B.duration_ns", .int(90)), Attribute("cpex.control.truncated", .int(2)),
      ])
    let result = span(2, under: 1, "cpex.control.result", at: 2, text(["cpex.control.name": "A"]))
    #expect(steps([summary, result]) == ["B output denied 90", "A input allow"])
    #expect(RequestStory(spans: [summary, result]).filtersOmitted == 2)
  }

  @Test("A mapped plugin keeps its name and mode; a violation denies only where the mode enforces")
  func modes() {
    func plugin(_ id: UInt64, _ keys: (name: String, mode: String), _ mode: String) -> StorySpan {
      span(
        id, "plugin.execute", at: id,
        text([keys.name: "p\(id)", keys.mode: mode])
          + [Attribute("plugin.had_violation", .bool(true))], evidence: .pluginViolation)
    }
    let mapped = (name: "controls.artifact.name", mode: "controls.enforcement.mode")
    let plain = (name: "plugin.name", mode: "plugin.mode")
    let spans = [
      plugin(1, mapped, "permissive"), plugin(2, plain, "enforce_ignore_error"),
      plugin(3, plain, "enforce"),
    ]
    #expect(
      steps(spans) == [
        "p1 input allow overruled 10", "p2 input allow overruled 10", "p3 input denied 10",
      ])
    #expect(RequestStory(spans: spans).denial?.filter == "p3")
    #expect(RequestStory(spans: Array(spans.prefix(2))).denial == nil)
  }

  @Test("A refusal is told where only warnings are logged, and its filter has a span or none")
  func warningsOnly() {
    let refused = SpanEvent(
      time: UnixNanos(9), name: "client error from agent",
      attributes: text(["agent": "guard", "status": "403", "body": "no"]))
    let owner = span(
      1, "orchestrate", role: .orchestrate, service: "plano(orchestrator)", events: [refused])
    let own = span(
      2, under: 1, "execute_raw_filter (guard)", role: .filter, service: "plano(filter)", at: 4,
      for: 3, text(["filter_name": "guard"]))
    #expect(steps([owner]) == ["guard input denied 403 no"])
    #expect(steps([owner, own]) == ["guard input denied 3 403 no"])
  }

  @Test("A switch of the model that was not made says what it would have cost")
  func switches() {
    let call = span(
      1, "POST /v1/chat/completions a/x -> b/y \u{1F6A9}", role: .llm, service: "plano(llm)",
      text([
        "plano.switch.decision": "retained", "plano.switch.counterfactual_route": "c/z (code)",
        "plano.session_id": "s", "llm.model": "b/y",
      ]) + [
        Attribute("plano.switch.cost_in_usd", .double(-0.5)),
        Attribute("plano.switch.overhead_ceiling_in_usd", .double(0.25)),
        Attribute("plano.switch.candidate_warm_tokens", .int(12)),
        Attribute("plano.session.switches", .int(3)), Attribute("plano.cache.warm", .bool(true)),
        Attribute("llm.model", .string("y-2026")),
      ])
    let story = RequestStory(spans: [call])
    var expected = SwitchDecision(span: SpanID(1), isAllowed: false)
    expected.costUSD = -0.5
    expected.ceilingUSD = 0.25
    expected.candidateWarmTokens = 12
    expected.counterfactual = "c/z (code)"
    #expect(story.switchDecision == expected)
    #expect(story.session?.switches == 3 && story.session?.isCacheWarm == true)
    #expect(story.modelAsked == "a/x" && story.mainCall?.sent == "b/y" && story.model == "y-2026")
  }

  @Test("Spans that are their own ancestors, wild numbers and empty texts tell no lies")
  func hostile() {
    let wild: [AttributeValue] = [
      .double(.nan), .double(.infinity), .double(-1), .double(1e300), .int(.min), .int(.max),
      .string(""), .string("9e999"), .empty, .bytes([255]), .array([.empty]),
    ]
    for value in wild {
      let spans = [
        span(
          1, under: 2, "llm", role: .llm, service: "plano(llm)",
          [
            Attribute("llm.usage.prompt_tokens", value),
            Attribute("llm.time_to_first_token", value),
            Attribute("plano.cache.idle_ms", value), Attribute("plano.session_id", value),
            Attribute("cpex.control.truncated", value), Attribute("selection.agents", value),
            Attribute("selection.determination_ms", value),
          ]),
        span(
          2, under: 1, "routing", role: .route, service: "plano(routing)",
          [
            Attribute("routing.determination_ms", value), Attribute("route.selected_model", value),
          ]),
        span(
          3, under: 3, "cpex.control.result", role: .filter,
          [
            Attribute("cpex.control.duration_ns", value), Attribute("cpex.control.name", value),
          ]),
      ]
      let story = RequestStory(spans: spans)
      #expect(story.calls.count == 1 && story.decisions.count == 1 && story.filters.count == 1)
      #expect((story.tokensIn ?? 0) <= 1_000_000_000_000_000)
    }
    #expect(RequestStory(spans: []).isEmpty)
  }

  @Test(
    "What a message says of a denial is read whatever is missing",
    arguments: [
      ("tool_pre_invoke blocked by plugin P: C - r (d)", "tool_pre_invoke P C r (d)"),
      ("E: x blocked by plugin My P: A-B - r - s", "x My P A-B r - s"),
      ("x blocked by plugin P: only a reason", "x P - only a reason"),
      ("blocked by plugin P: C - r", "-"), ("x blocked by plugin P", "-"), ("", "-"),
    ])
  func messages(_ message: String, _ expected: String) {
    let story = RequestStory(spans: [span(1, "tool.invoke", status: .error, message: message)])
    let words = story.denial.map { denial in
      [denial.hook, denial.filter, denial.code, denial.reason].map { $0 ?? "-" }
        .joined(separator: " ")
    }
    #expect(words ?? "-" == expected)
  }
}
