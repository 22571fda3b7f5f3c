/// Who and what appears in the demo: names in the style of Plano's and ContextForge's own examples.
enum DemoCast {
  struct Tenant: Sendable {
    var name: String
    /// ContextForge's team of the same people.
    var team: String
    var users: [String]
  }

  static let tenants = [
    Tenant(name: "acme", team: "Acme Engineering", users: ["ana", "ben", "chidi", "dora"]),
    Tenant(name: "globex", team: "Globex Support", users: ["emil", "farah", "goro"]),
    Tenant(name: "initech", team: "Initech Reports", users: ["hana", "ines", "jonas", "kofi"]),
    Tenant(name: "umbrella", team: "Umbrella Research", users: ["lena", "milo"]),
    Tenant(name: "hooli", team: "Hooli Search", users: ["nadia", "omar", "priya"]),
    Tenant(name: "wonka", team: "Wonka Logistics", users: ["quinn", "rosa", "sven"]),
  ]

  static let prompts = [
    "What's the weather in Seattle?",
    "Write a python function that parses an OTLP payload and groups spans by trace id",
    "Explain what this function does and why it leaks memory",
    "Résumé: traduis ce texte en français s'il te plaît",
    "東京の明日の天気を教えてください",
    "How do flights from SFO to JFK look tomorrow morning?",
    "What uptime SLA do you offer on the enterprise plan?",
    "Summarize the incident report\nand list action items",
    "no, that's wrong, I asked for Rust not Python",
    "thanks, that worked!",
  ]

  static let userAgents = [
    "AsyncOpenAI/Python 2.17.0", "OpenAI/Python 2.17.0", "curl/8.7.1", "Anthropic/Python 0.79.0",
    "Python/3.11 aiohttp/3.13.2", "node",
  ]

  // MARK: - Models

  /// A model: what it is called, what the upstream says it is, and dollars per million tokens.
  struct Model: Sendable {
    var id: String
    var reported: String
    var inputPrice: Double
    var outputPrice: Double
    var cachedPrice: Double

    /// What stands before the slash; nil where there is none, as with an alias.
    var provider: String? {
      id.firstIndex(of: "/").map { String(id[..<$0]) }
    }

    /// Where Plano sends its requests (config/envoy.template.yaml).
    var host: String { provider == "anthropic" ? "api.anthropic.com" : "api.openai.com" }
  }

  static let small = Model(
    id: "openai/gpt-4o-mini", reported: "gpt-4o-mini-2024-07-18", inputPrice: 0.15,
    outputPrice: 0.6, cachedPrice: 0.075)
  static let large = Model(
    id: "openai/gpt-4o", reported: "gpt-4o-2024-08-06", inputPrice: 2.5, outputPrice: 10,
    cachedPrice: 1.25)
  static let reasoning = Model(
    id: "openai/gpt-5.2", reported: "gpt-5.2-2025-12-11", inputPrice: 1.75, outputPrice: 14,
    cachedPrice: 0.175)
  static let claude = Model(
    id: "anthropic/claude-sonnet-4-6", reported: "claude-sonnet-4-6", inputPrice: 3,
    outputPrice: 15, cachedPrice: 0.3)
  /// What `fast-llm` stands for: an id without a provider.
  static let aliased = Model(
    id: "gpt-4o-mini", reported: "gpt-4o-mini-2024-07-18", inputPrice: 0.15, outputPrice: 0.6,
    cachedPrice: 0.075)

  // MARK: - Plano

  struct Route: Sendable {
    var name: String
    var model: Model
  }

  static let understanding = Route(name: "code understanding", model: large)
  static let generation = Route(name: "code generation", model: claude)

  /// A filter of a Plano filter chain.
  struct Filter: Sendable {
    var id: String
    var port: Int
    var isMCP = false
    /// Whether the filter asks a model itself, through Plano.
    var callsModel = false
  }

  /// A chain as in Plano's filter demo, over HTTP or MCP.
  static func chain(overMCP isMCP: Bool) -> [Filter] {
    [
      Filter(id: "input_guards", port: 10_500, isMCP: isMCP, callsModel: true),
      Filter(id: "query_rewriter", port: 10_501, isMCP: isMCP, callsModel: true),
      Filter(id: "context_builder", port: 10_502, isMCP: isMCP),
    ]
  }

  // MARK: - ContextForge

  struct Tool: Sendable {
    var name: String
    /// The name at the MCP server behind the gateway; nil for a REST tool.
    var target: String?
    var arguments: String
    var result: String
    var medianMilliseconds: Double
  }

  static let tools = [
    Tool(
      name: "weather", target: nil, arguments: #"{"city":"Oslo","units":"metric"}"#,
      result: #"{"temperature":-4,"sky":"clear"}"#, medianMilliseconds: 120),
    Tool(
      name: "crm-lookup", target: nil, arguments: #"{"customer":"C-20481"}"#,
      result: #"{"name":"Vandelay Industries","tier":"gold"}"#, medianMilliseconds: 210),
    Tool(
      name: "github-search-issues", target: "search_issues",
      arguments: #"{"query":"is:open label:bug","limit":5}"#,
      result: #"[{"number":812,"title":"Spans arrive twice"}]"#, medianMilliseconds: 380),
    Tool(
      name: "clock-get-time", target: "get_time", arguments: #"{"tz":"CET"}"#,
      result: "12:00 CET", medianMilliseconds: 25),
    Tool(
      name: "warehouse-run-query", target: "run_query",
      arguments: #"{"sql":"select count(*) from orders"}"#, result: #"[{"count":48211}]"#,
      medianMilliseconds: 900),
  ]

  /// A plugin of a ContextForge chain, in the order of priority.
  struct Plugin: Sendable {
    var name: String
    var kind: String
    var mode: String
    var priority: Int
    var isPostHook = false
  }

  static let plugins = [
    Plugin(
      name: "SpanAttributeCustomizer",
      kind: "plugins.span_attribute_customizer.span_attribute_customizer"
        + ".SpanAttributeCustomizerPlugin", mode: "enforce", priority: 10),
    Plugin(
      name: "ArgumentNormalizer",
      kind: "plugins.argument_normalizer.argument_normalizer.ArgumentNormalizerPlugin",
      mode: "enforce", priority: 40),
    Plugin(
      name: "PIIFilterPlugin", kind: "cpex_pii_filter.PIIFilterPlugin", mode: "enforce",
      priority: 50),
    Plugin(
      name: "Watchdog", kind: "plugins.watchdog.watchdog.WatchdogPlugin", mode: "permissive",
      priority: 85, isPostHook: true),
    Plugin(
      name: "SchemaGuardPlugin", kind: "plugins.schema_guard.schema_guard.SchemaGuardPlugin",
      mode: "enforce", priority: 110, isPostHook: true),
    Plugin(
      name: "OutputLengthGuardPlugin",
      kind: "plugins.output_length_guard.output_length_guard.OutputLengthGuardPlugin",
      mode: "permissive", priority: 160, isPostHook: true),
  ]
}
