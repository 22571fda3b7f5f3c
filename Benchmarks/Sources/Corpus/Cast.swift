/// Who appears in the made-up traffic: services, models, routes, and what they say.
enum Cast {
  static let services = [
    "edge-gateway", "agent-orchestrator", "llm-router", "tool-runner", "vector-search",
    "billing-api", "session-store", "postgres-proxy",
  ]
  static let languages = ["go", "python", "rust", "python", "cpp", "java", "nodejs", "go"]
  static let instances = 3
  static let regions = ["us-east-1", "us-west-2", "eu-central-1", "ap-southeast-2"]
  static let models: [(name: String, provider: String)] = [
    ("gpt-4o", "openai"), ("gpt-4o-mini", "openai"),
    ("claude-sonnet-4", "anthropic"), ("claude-haiku-4", "anthropic"), ("llama-3.3-70b", "vllm"),
    ("mistral-large", "mistral"), ("gemini-2.5-pro", "google"),
  ]
  static let routes = [
    "/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/api/tenants/{id}",
    "/api/sessions/{id}/messages", "/api/tools", "/api/tools/{name}/invoke", "/healthz",
    "/api/billing/usage", "/api/users/{id}", "/api/files", "/api/search", "/api/agents",
    "/api/agents/{id}/runs", "/api/keys", "/api/limits",
  ]
  static let methods = ["GET", "POST", "POST", "POST", "PUT", "DELETE", "GET"]
  static let userAgents = [
    "python-httpx/0.27.2",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Safari/537.36",
    "curl/8.5.0", "openai-python/1.51.0", "okhttp/4.12.0", "Go-http-client/2.0",
  ]
  static let tools = [
    "web_search", "code_interpreter", "get_weather", "sql_query", "calendar.create", "send_email",
    "fetch_url", "calculator",
  ]
  static let tables = [
    "users", "sessions", "messages", "runs", "invoices", "api_keys", "documents", "chunks",
  ]
  static let words = """
    please summarise the quarterly report for our customer and explain why latency increased after \
    the deploy of release candidate seven including the rate limit errors observed in region and \
    propose a rollback plan with owners
    """.split(separator: " ").map(String.init)
  static let exceptions: [(type: String, message: String)] = [
    ("TimeoutError", "upstream did not answer within 30000 ms"),
    ("RateLimitError", "429 Too Many Requests: tokens per minute exceeded"),
    ("ConnectionResetError", "[Errno 104] Connection reset by peer"),
    ("ValidationError", "1 validation error for ToolCall: field required"),
  ]
  static let stack = [
    ("server", 211, "handle"), ("runner", 88, "run_step"), ("router", 402, "dispatch"),
    ("client", 57, "send"),
  ].map { module, line, function in
    """
      File "/app/src/agent/\(module).py", line \(line), in \(function)
        return await self._\(function)(request, context)

    """
  }.joined()

  /// What a service's instance says of itself: twelve attributes.
  static func resource(service: Int, instance: Int) -> [MadeAttribute] {
    let name = services[service]
    let number = "0\(instance)"
    let suffix = String(
      (service * 2_654_435_761 + instance * 40_503) & 0xFFFFFF | 0x100000, radix: 16)
    return [
      ("service.name", .string(name)),
      ("service.version", .string("\(2 + service % 3).\(service * 7 % 20).\(service % 5)")),
      ("service.instance.id", .string("\(name)-\(number)-7f9c4d5b6-\(suffix)")),
      ("service.namespace", .string("prod")),
      ("deployment.environment.name", .string("production")),
      ("host.name", .string("ip-10-\(service)-\(instance)-17.ec2.internal")),
      ("os.type", .string("linux")),
      ("process.pid", .int(1000 + service * 17 + instance)),
      ("telemetry.sdk.language", .string(languages[service])),
      ("telemetry.sdk.name", .string("opentelemetry")),
      ("telemetry.sdk.version", .string("1.29.0")),
      ("k8s.pod.name", .string("\(name)-7f9c4d5b6-\(number)")),
    ]
  }
}
