import Store

/// Where gateways write what a call was about, by the words under which it is shown. The first key of
/// a line that a span has is the one shown.
extension CallLines {
  typealias Entry = (label: String, keys: [String])

  static func facts(of role: Role) -> [Entry] {
    switch role {
    case .llm: model
    case .agent: agent
    case .tool: tool
    case .prompt: prompt
    case .resource: resource
    case .filter: filter
    case .upstream: upstream
    case .health: health
    case .list: list
    default: []
    }
  }

  private static let model: [Entry] = [
    (
      "provider",
      ["llm.provider", "gen_ai.provider.name", "gen_ai.system", "llm.provider.type"]
    ),
    ("operation", ["gen_ai.operation.name", "langfuse.observation.type"]),
    ("status", ["http.status_code", "http.response.status_code"]),
    ("temperature", ["llm.temperature", "gen_ai.request.temperature"]),
    ("max tokens", ["llm.max_tokens", "gen_ai.request.max_tokens"]),
    ("top p", ["llm.top_p", "gen_ai.request.top_p"]),
    ("top k", ["gen_ai.request.top_k"]),
    ("seed", ["gen_ai.request.seed"]),
    ("stop", ["gen_ai.request.stop_sequences"]),
    ("frequency penalty", ["gen_ai.request.frequency_penalty"]),
    ("presence penalty", ["gen_ai.request.presence_penalty"]),
    ("choices", ["gen_ai.request.choice.count"]),
    ("output type", ["gen_ai.output.type"]),
    ("stream", ["llm.is_streaming", "llm.stream", "gen_ai.request.stream"]),
    ("finished", ["gen_ai.response.finish_reasons"]),
    ("response id", ["gen_ai.response.id"]),
    ("tools", ["llm.tools", "gen_ai.tool.definitions"]),
  ]

  private static let agent: [Entry] = [
    ("agent", ["agent_id", "a2a.agent.name", "gen_ai.agent.name"]),
    ("id", ["a2a.agent.id", "gen_ai.agent.id"]),
    ("kind", ["a2a.agent.type"]),
    ("url", ["a2a.agent.url", "agent_url"]),
    ("interaction", ["a2a.interaction_type"]),
    ("messages", ["message_count"]),
    ("about", ["gen_ai.agent.description"]),
    ("conversation", ["gen_ai.conversation.id"]),
    ("success", ["success"]),
  ]

  private static let tool: [Entry] = [
    ("tool", ["tool.name", "mcp.tool.name", "gen_ai.tool.name"]),
    ("kind", ["tool.integration_type", "gen_ai.tool.type"]),
    ("about", ["tool.description", "gen_ai.tool.description"]),
    ("server", ["target_mcp_server.name", "server_id"]),
    ("server url", ["target_mcp_server.url"]),
    ("called there", ["tool.target_tool_name"]),
    ("gateway", ["tool.gateway_id", "contextforge.gateway_id"]),
    ("arguments", ["arguments_count"]),
    ("call id", ["gen_ai.tool.call.id"]),
    ("success", ["success"]),
    ("had error", ["tool.invocation.has_error"]),
  ]

  private static let prompt: [Entry] = [
    ("prompt", ["langfuse.observation.prompt.name", "prompt.id"]),
    ("version", ["langfuse.observation.prompt.version"]),
    ("arguments", ["arguments_count"]),
    ("messages", ["messages.count"]),
    ("success", ["success"]),
  ]

  private static let resource: [Entry] = [
    ("resource", ["resource.uri", "resource.name"]),
    ("kind", ["resource.type"]),
    ("size", ["content.size"]),
    ("gateway", ["gateway.url"]),
    ("success", ["success"]),
  ]

  private static let filter: [Entry] = [
    ("filter", ["plugin.name", "cpex.control.name", "filter_name", "controls.artifact.name"]),
    ("hook", ["plugin.hook.type", "cpex.control.hook_name", "stage"]),
    ("point", ["cpex.control.enforcement_point"]),
    ("mode", ["plugin.mode", "cpex.control.mode", "controls.enforcement.mode"]),
    ("priority", ["plugin.priority"]),
    ("kind", ["plugin.kind", "cpex.control.plugin_kind", "cpex.control.type"]),
    ("url", ["agent_url"]),
    ("status", ["cpex.control.status"]),
    ("allowed", ["cpex.control.result.allowed", "plugin.continue_processing"]),
    ("wanted to", ["cpex.control.result.requested_allowed"]),
    ("violation", ["plugin.had_violation"]),
    ("code", ["cpex.control.result.error_code"]),
    ("reason", ["cpex.control.result.reason"]),
    ("modified", ["plugin.modified_payload", "cpex.control.payload_modified"]),
    ("found", ["total_detections"]),
    ("masked", ["total_masked"]),
    ("types", ["detection_types"]),
    ("in the chain", ["plugin.chain.length", "cpex.control.invocation_count"]),
    ("ran", ["plugin.executed_count", "cpex.control.results_count"]),
    ("skipped", ["plugin.skipped_count"]),
    ("stopped by", ["plugin.chain.stopped_by"]),
    ("matched", ["cpex.control.matched_count", "cpex.control.matched"]),
    ("applied", ["cpex.control.applied_count", "cpex.control.applied"]),
    ("failed", ["cpex.control.error_count", "cpex.control.plugin_error"]),
    ("timed out", ["cpex.control.timeout_count"]),
    ("not reported", ["cpex.control.truncated"]),
    ("tool", ["cpex.control.tool.name"]),
  ]

  private static let upstream: [Entry] = [
    ("tool", ["tool.name", "mcp.tool.name"]),
    ("kind", ["tool.integration_type"]),
    ("host", ["server.address"]),
    ("url", ["url.full", "http.url"]),
    ("cluster", ["upstream_cluster"]),
    ("protocol", ["network.protocol.name", "http.protocol"]),
    ("transport", ["contextforge.transport", "gateway.transport"]),
    ("gateway", ["contextforge.gateway_id"]),
    ("status", ["http.status_code", "http.response.status_code"]),
    ("flags", ["response_flags"]),
    ("success", ["upstream.response.success"]),
  ]

  private static let health: [Entry] = [
    ("gateway", ["gateway.name", "gateway.id"]),
    ("health", ["health.status"]),
    ("url", ["gateway.url"]),
    ("transport", ["gateway.transport"]),
    ("enabled", ["gateway.enabled"]),
    ("status", ["http.status_code"]),
    ("gateways", ["gateway.count"]),
    ("check", ["check.type"]),
    ("completed", ["check.completed"]),
  ]

  private static let list: [Entry] = [
    ("server", ["server_id", "server.id"]),
    ("limit", ["limit"]),
    ("tags", ["tags.count"]),
    ("inactive too", ["include_inactive"]),
    ("count", ["root.count"]),
  ]

  /// What went in and what came out; all of the keys are shown.
  static let payloads: [Entry] = [
    ("system", ["gen_ai.system_instructions"]),
    ("user said", ["llm.user_message_preview"]),
    (
      "input",
      [
        "langfuse.observation.input", "gen_ai.input.messages", "gen_ai.prompt",
        "tool.invocation.args", "gen_ai.tool.call.arguments", "input.value",
      ]
    ),
    (
      "output",
      [
        "langfuse.observation.output", "gen_ai.output.messages", "gen_ai.completion",
        "tool.invocation.result", "gen_ai.tool.call.result", "output.value",
      ]
    ),
    ("headers", ["headers"]),
  ]

  /// The attributes of `gen_ai.*` events that hold a message.
  static let messageKeys: Set<String> = [
    "content", "message", "gen_ai.event.content", "gen_ai.prompt", "gen_ai.completion",
    "gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.system_instructions", "tool_calls",
  ]
}
