/// The keys that gateways write dimensions, amounts and evidence under, as one table.
///
/// Docs/Vocabulary.md says what each word means. The first alias that a trace has wins.
public struct Vocabulary: Sendable {
  /// The aliases of each dimension, the first one first.
  public var dimensions: [Dimension: [String]]
  public var measures: [(measure: KeyMeaning.Measure, keys: [String])]
  public var clues: [(clue: KeyMeaning.Clue, keys: [String])]

  /// What OpenTelemetry's conventions, Plano and ContextForge write.
  public static let standard = Vocabulary(
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
      (.cost, ["llm.usage.total_cost_usd", "gen_ai.usage.cost"]),
      (.timeToFirstToken, ["llm.time_to_first_token"]),
    ],
    clues: [
      (.httpStatus, ["http.status_code", "http.response.status_code"]),
      (.error, ["error"]),
      (.errorType, ["error.type"]),
      (.success, ["success"]),
      (.responseFlags, ["response_flags"]),
      (.violation, ["plugin.had_violation"]),
      (.controlAllowed, ["cpex.control.result.allowed"]),
      (.quality, ["signals.quality"]),
      (.operation, ["gen_ai.operation.name"]),
    ])

  /// Whether a text only says that nothing was chosen: Plano's `route.selected_model` is "none" where
  /// its router chose no route, and "unknown" where it failed.
  static func isPlaceholder(_ text: WireBytes?, for dimension: Dimension) -> Bool {
    guard dimension == .route || dimension == .model, let text else { return false }
    return text.elementsEqual("none") || text.elementsEqual("unknown")
  }

  /// The table turned round: what each key means.
  func meanings() -> [String: KeyMeaning] {
    var meanings: [String: KeyMeaning] = [:]
    for dimension in Dimension.allCases {
      for (rank, key) in (dimensions[dimension] ?? []).enumerated() {
        meanings[key, default: KeyMeaning()].add(
          KeyMeaning.Alias(dimension: dimension, rank: UInt8(truncatingIfNeeded: rank)))
      }
    }
    for (measure, keys) in measures {
      for (rank, key) in keys.enumerated() {
        meanings[key, default: KeyMeaning()].measure = measure
        meanings[key, default: KeyMeaning()].measureRank = UInt8(truncatingIfNeeded: rank)
      }
    }
    for (clue, keys) in clues {
      for key in keys { meanings[key, default: KeyMeaning()].clue = clue }
    }
    return meanings
  }
}
