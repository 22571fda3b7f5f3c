import Store

/// A call of a tool through ContextForge.
struct ToolCall {
  var tool: DemoCast.Tool
  var version: RequestBuilder.GatewayVersion
  var outcome = Outcome.success
  /// Whether the tool's own server answers badly first, and is asked again.
  var isRetried = false

  enum Outcome {
    case success
    /// A plugin says no before the tool is asked.
    case denied
    /// The tool answers with an error.
    case failed
    /// The tool does not answer in time.
    case timedOut
  }
}

extension RequestBuilder {
  static let denial =
    "tool_pre_invoke blocked by plugin SchemaGuardPlugin: SCHEMA_GUARD_ARGS"
    + " - Schema validation failed (Arguments do not conform to schema)"

  /// Tells a tool call that came as JSON-RPC.
  func callTool(_ call: ToolCall) {
    let root = beginGatewayRequest("/rpc", call.version)
    let invoke = invokeTool(call, at: start + .milliseconds(3), under: root)
    endGatewayRequest(root, at: invoke.end + .milliseconds(2))
  }

  private func invokeTool(
    _ call: ToolCall, at start: UnixNanos, under parent: SpanDraft
  ) -> SpanDraft {
    let tool = call.tool
    let identity = [
      Attribute("tool.name", tool.name), Attribute("tool.id", toolID(tool)),
      Attribute("tool.integration_type", tool.target == nil ? "REST" : "MCP"),
    ]
    let arguments = call.outcome == .denied ? #"{"town":"x"}"# : tool.arguments
    let span = beginGateway(
      "tool.invoke", at: start, under: parent, call.version, title: "Tool: \(tool.name)",
      identity + [
        Attribute("arguments_count", 1), Attribute("has_headers", true),
        Attribute("langfuse.observation.input", arguments),
      ])
    var time = start + .microseconds(400)
    let lookup = beginGateway("tool.lookup", at: time, under: span, call.version, identity)
    lookup.finish(at: time + .microseconds(650))
    time = lookup.end
    var records: [ControlRecord] = []
    if call.version == .chains {
      time = runChain(
        "tool_pre_invoke", under: span, at: time,
        denial: call.outcome == .denied ? ("SchemaGuardPlugin", Self.denial) : nil)
    } else {
      records = makeRecords(isPostHook: false)
      time = time + .milliseconds(3)
    }
    if call.outcome == .denied { return deny(call, span, at: time) }

    let answered = askTool(call, identity, under: span, at: time)
    time = answered
    let process = beginGateway(
      "tool.post_process", at: time, under: span, call.version, Array(identity.prefix(2)))
    time = time + .microseconds(600)
    if call.isRetried {
      var again = call
      again.isRetried = false
      time = invokeTool(again, at: time + .milliseconds(80), under: process).end
    } else if call.version == .chains, call.outcome == .success {
      time = runChain("tool_post_invoke", under: process, at: time, denial: nil)
    } else {
      records += makeRecords(isPostHook: true)
    }
    process.finish(at: time + .microseconds(400))
    time = process.end
    if call.version == .controls {
      time = postSummary(of: call, records, isAllowed: true, under: span, at: time)
    }
    settle(call, span, at: time)
    return span
  }

  /// The upstream's part of a call; gives when it was over.
  private func askTool(
    _ call: ToolCall, _ identity: [Attribute], under span: SpanDraft, at start: UnixNanos
  ) -> UnixNanos {
    let gatewayCall = beginGateway(
      "tool.gateway_call", at: start, under: span, call.version, identity)
    let isTimedOut = call.outcome == .timedOut
    let took =
      isTimedOut ? Nanoseconds.seconds(5) : latency(call.tool.medianMilliseconds, spread: 0.6)
    var end = start + .milliseconds(1) + took
    if let target = call.tool.target {
      let upstream = MCPUpstream(target: target, tool: toolID(call.tool), gateway: gatewayID)
      let client = beginGateway(
        "mcp.client.call", at: start + .microseconds(500), under: gatewayCall, call.version,
        upstream.call)
      let initialize = beginGateway(
        "mcp.client.initialize", at: client.start + .microseconds(500), under: client,
        call.version, upstream.initialize)
      initialize.finish(at: initialize.start + latency(8))
      let request = beginGateway(
        "mcp.client.request", at: initialize.end, under: client, call.version, upstream.request)
      request.finish(at: initialize.end + took)
      end = request.end + .milliseconds(1)
      if !isTimedOut {
        let response = beginGateway(
          "mcp.client.response", at: request.end, under: client, call.version,
          upstream.request + [
            Attribute("upstream.response.success", call.outcome == .success && !call.isRetried)
          ])
        response.finish(at: request.end + .microseconds(600))
      }
      client.finish(at: end)
    }
    gatewayCall.finish(at: end)
    return gatewayCall.end
  }

  private func deny(_ call: ToolCall, _ span: SpanDraft, at time: UnixNanos) -> SpanDraft {
    var time = time
    if call.version == .controls {
      time = postSummary(of: call, [], isAllowed: false, under: span, at: time)
    }
    setDuration(span, until: time, success: false)
    let module =
      call.version == .chains
      ? "mcpgateway.plugins.framework.errors" : "cpex.framework.errors"
    failGateway(
      span, type: "PluginViolationError", module: module, message: Self.denial, at: time)
    span.finish(at: time + .microseconds(300))
    return span
  }

  private func settle(_ call: ToolCall, _ span: SpanDraft, at time: UnixNanos) {
    let isSuccess = call.outcome == .success
    setDuration(span, until: time, success: isSuccess)
    switch call.outcome {
    case .success, .denied: span.set("langfuse.observation.output", call.tool.result)
    case .failed:
      // The upstream's error is an answer to the gateway: the status stays OK.
      span.set(
        "langfuse.observation.output",
        #"{"content":[{"type":"text","text":"upstream answered 502"}],"isError":true}"#)
    case .timedOut:
      failGateway(
        span, type: "ToolTimeoutError", module: "mcpgateway.services.tool_service",
        message: "Tool invocation timed out after 5s", at: time)
    }
    span.finish(at: time + .microseconds(300))
  }

  // MARK: - Names that stay the same

  func toolID(_ tool: DemoCast.Tool) -> String {
    let hash = tool.name.utf8.reduce(UInt64(1)) { ($0 &* 31) &+ UInt64($1) }
    return Hex.text(hash &* 0x9E37_79B9_7F4A_7C15) + Hex.text(hash &* 0xBF58_476D_1CE4_E5B9)
  }

  private var gatewayID: String { "886e83e9a73344bcbb5c4ca4876e4566" }
}

/// The attributes of the spans that a call of an MCP server leaves.
private struct MCPUpstream {
  var target: String
  var tool: String
  var gateway: String

  var request: [Attribute] {
    [
      Attribute("mcp.tool.name", target), Attribute("contextforge.tool.id", tool),
      Attribute("contextforge.gateway_id", gateway), Attribute("contextforge.runtime", "python"),
    ]
  }

  var initialize: [Attribute] {
    [
      Attribute("contextforge.transport", "streamablehttp"),
      Attribute("contextforge.runtime", "python"),
    ]
  }

  var call: [Attribute] {
    request + [
      Attribute("contextforge.transport", "streamablehttp"),
      Attribute("network.protocol.name", "mcp"), Attribute("server.address", "mcp.internal"),
      Attribute("server.port", 9_000), Attribute("url.path", "/mcp"),
      Attribute("url.full", "http://mcp.internal:9000/mcp"),
    ]
  }
}
