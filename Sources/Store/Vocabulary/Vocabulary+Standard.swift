/// The table: everything that is known of what gateways write, in one place to read. Docs/Vocabulary.md
/// is made from it, and a configuration adds to it (``Vocabulary/extended(by:)``).
extension Vocabulary {
  /// What OpenTelemetry's conventions, Plano and ContextForge write.
  public static let standard = Vocabulary(
    // Which part a span plays: the first rule that fits, operations before services before names.
    roles: [
      // OpenTelemetry's gen_ai.operation.name.
      .operation("chat", .llm), .operation("text_completion", .llm),
      .operation("generate_content", .llm), .operation("embeddings", .llm),
      .operation("execute_tool", .tool), .operation("invoke_agent", .agent),
      .operation("create_agent", .agent),
      // Plano names its parts by service.
      .service("plano(inbound)", .inbound), .service("plano(orchestrator)", .orchestrate),
      .service("plano(filter)", .filter), .service("plano(routing)", .route),
      .service("plano(agent)", .agent), .service("plano(llm)", .llm),
      .service("plano(outbound)", .upstream),
      .name("execute_raw_filter*", .filter), .name("execute_mcp_filter_raw*", .filter),
      // ContextForge names its operations.
      .name("plugin.hook.invoke", .filter), .name("plugin.execute", .filter),
      .name("plugin.metrics.*", .filter), .name("cpex.control.*", .filter),
      .name("tool.lookup", .route), .name("tool.gateway_call", .upstream),
      .name("mcp.client.*", .upstream), .name("tool.list", .list), .name("tool.*", .tool),
      .name("a2a.*", .agent), .name("llm.proxy", .llm), .name("llm.chat", .llm),
      .name("prompt.list", .list), .name("prompt.*", .prompt),
      .name("resource.list", .list), .name("resource.*", .resource),
      .name("invoke.resource", .resource), .name("gateway.health_check*", .health),
      .name("*.list", .list),
    ],
    // What a request has one of: the first of the keys that any of its spans has.
    dimensions: [
      .tenant: [
        "tenant.id", "tenant_id", "tenant", "workspace.id", "organization.id", "team.name",
        "team.scope", "baggage.tenant.id",
      ],
      .user: [
        "user.id", "enduser.id", "user.email", "user", "langfuse.user.id", "plano.distinct_id",
      ],
      .session: [
        "session.id", "plano.session_id", "langfuse.session.id", "gen_ai.conversation.id",
      ],
      .request: ["request.id", "request_id", "correlation_id", "guid:x-request-id"],
      .route: ["plano.route.name", "route.selected_model", "selection.agents"],
      .modelAsked: ["model.requested", "gen_ai.request.model"],
      .model: [
        "llm.model", "gen_ai.response.model", "route.selected_model", "gen_ai.request.model",
      ],
      .provider: ["llm.provider", "gen_ai.system", "gen_ai.provider.name", "llm.provider.type"],
      .environment: [
        "environment", "deployment.environment", "deployment.environment.name",
        "langfuse.environment",
      ],
    ],
    // What a span spends or waits: the first of the keys that the span has; requests sum them up.
    measures: [
      (
        .tokensIn,
        ["llm.usage.prompt_tokens", "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"]
      ),
      (
        .tokensOut,
        [
          "llm.usage.completion_tokens", "gen_ai.usage.output_tokens",
          "gen_ai.usage.completion_tokens",
        ]
      ),
      (.tokens, ["llm.usage.total_tokens", "gen_ai.usage.total_tokens"]),
      (.cost, ["llm.usage.total_cost_usd", "gen_ai.usage.cost"]),
      (.timeToFirstToken, ["llm.time_to_first_token"]),
    ],
    // What is evidence of how a request ended: values of attributes, by what the keys have in common.
    clues: [
      (.httpStatus, ["http.status_code", "http.response.status_code"]),
      (.error, ["error"]),
      (.errorType, ["error.type"]),
      (.message, ["error.message"]),
      (.success, ["success"]),
      (.responseFlags, ["response_flags"]),
      (.violation, ["plugin.had_violation"]),
      (.controlAllowed, ["cpex.control.result.allowed"]),
      (.quality, ["signals.quality"]),
      (.operation, ["gen_ai.operation.name"]),
      (.modelCall, ["gen_ai.request.model", "gen_ai.system", "gen_ai.provider.name"]),
    ],
    // And names of events.
    events: [
      EventRule("exception", .exceptionEvent),
      EventRule("client error from agent", .filterRejected),
      EventRule("client error from filter chain", .filterRejected),
      EventRule("agent chat error chain", .errorEvent),
      EventRule("root error", .errorEvent),
      EventRule("failed to parse request JSON", .errorEvent),
      EventRule("model not found in configured providers", .errorEvent),
      EventRule("receiver dropped", .clientGone),
    ])

  /// Words of Envoy's `response_flags` (envoyproxy.io: access log, RESPONSE_FLAGS).
  static let responseFlags: [(flag: String, evidence: Evidence)] = [
    ("DC", .clientGone), ("UT", .upstreamFailure), ("UF", .upstreamFailure),
    ("UC", .upstreamFailure), ("URX", .upstreamFailure), ("UH", .upstreamFailure),
    ("NR", .upstreamFailure), ("UO", .upstreamFailure), ("LR", .upstreamFailure),
    ("UR", .upstreamFailure),
  ]

  /// The error that ContextForge raises where a plugin refuses, and what its message has in it.
  static let violationType: StaticString = "PluginViolationError"
  static let violationMark: StaticString = " blocked by plugin "

  /// What Plano appends to the name of a span whose conversation went badly (U+1F6A9), and the words of
  /// `signals.quality` that say so.
  static let nameFlag: StaticString = "\u{1F6A9}"
  static let poorQualities: [StaticString] = ["poor", "severe"]

  /// The roles for which a status of 4xx is an error of the request. An upstream's is told again by the
  /// call that it belongs to, and what other spans ask may be asked in vain.
  static let clientErrorRoles: Set<Role> = [.llm, .inbound, .tool]

  /// The name that Plano's model calls begin with, and keep where they end before a model is called.
  static let unsentCall: (service: StaticString, name: StaticString) = ("plano(llm)", "llm")

  /// Whether a text only says that there is nothing: Plano's `route.selected_model` is "none" where its
  /// router chose no route, and "unknown" where it failed; ContextForge's `request_id` of a prompt is
  /// always "none".
  static func isPlaceholder(_ text: WireBytes?, for dimension: Dimension) -> Bool {
    guard let text, text.count <= 7 else { return false }
    return switch dimension {
    case .route, .model: text.elementsEqual("none") || text.elementsEqual("unknown")
    case .request: text.elementsEqual("none")
    default: false
    }
  }

  static func isPlaceholder(_ text: String, for dimension: Dimension) -> Bool {
    switch dimension {
    case .route, .model: text == "none" || text == "unknown"
    case .request: text == "none"
    default: false
    }
  }
}

/// How the evidence of all spans makes a verdict: the first that applies, from the top.
extension Evidence {
  /// 1. What makes a request denied.
  public static let denial: Evidence = [.filterRejected, .controlDenied, .violationError]
  /// 2. What makes it one whose client went away.
  public static let departure: Evidence = [.clientGone]
  /// 3. What makes it an error.
  public static let failure: Evidence = [
    .statusError, .httpServerError, .httpClientError, .errorAttribute, .errorType, .exceptionEvent,
    .successFalse, .upstreamFailure, .errorEvent, .neverSent,
  ]
  // 4. Unfinished while no root or not every parent has come, partial when none came for a while.
  /// 5. What makes it flagged; with none of all this it is ok.
  public static let flag: Evidence = [.poorQuality, .flagInName]
}
