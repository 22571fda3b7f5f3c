import Store

/// What ContextForge 1.0.7 and later record of one plugin's run.
struct ControlRecord {
  var plugin: DemoCast.Plugin
  var hook: String
  var nanoseconds: Int
  var isModified: Bool
}

/// ContextForge's plugin chains.
extension RequestBuilder {
  /// A chain as 1.0.0 tells it: a span for the hook and one for each plugin. Ends early where one denies.
  func runChain(
    _ hook: String, under parent: SpanDraft, at start: UnixNanos,
    denial: (plugin: String, message: String)?
  ) -> UnixNanos {
    let chain = DemoCast.plugins.filter { hook.contains("pre") || $0.isPostHook }
    let span = beginGateway(
      "plugin.hook.invoke", at: start, under: parent, .chains,
      [
        Attribute("plugin.hook.type", hook), Attribute("plugin.chain.length", chain.count),
      ])
    var time = start + .microseconds(300)
    for plugin in chain {
      let isDenied = plugin.name == denial?.plugin
      let isModified = plugin.name == "PIIFilterPlugin" && random.chance(0.3)
      let run = beginGateway(
        "plugin.execute", at: time, under: span, .chains,
        [
          Attribute("plugin.name", plugin.name), Attribute("plugin.uuid", random.hexName()),
          Attribute("plugin.mode", plugin.mode), Attribute("plugin.priority", plugin.priority),
          Attribute("plugin.timeout", 3), Attribute("plugin.hook.type", hook),
          Attribute("plugin.kind", plugin.kind), Attribute("contextforge.runtime", "python"),
        ])
      run.set("plugin.had_violation", isDenied)
      run.set("plugin.modified_payload", isModified)
      run.set("plugin.continue_processing", !isDenied)
      run.set("plugin.stopped_chain", isDenied)
      run.finish(at: time + latency(0.9, spread: 0.3))
      time = run.end + .microseconds(80)
      if isDenied, let denial {
        failGateway(
          span, type: "PluginViolationError", module: "mcpgateway.plugins.framework.errors",
          message: denial.message, at: time)
        span.finish(at: time)
        return time
      }
    }
    span.set("plugin.executed_count", chain.count)
    span.set("plugin.skipped_count", 0)
    span.set("plugin.chain.stopped", false)
    span.finish(at: time)
    return time
  }

  // MARK: - 1.0.7 and later

  /// How each plugin's run went, to be posted when the call is over.
  func makeRecords(isPostHook: Bool) -> [ControlRecord] {
    DemoCast.plugins.filter { !isPostHook || $0.isPostHook }.map { plugin in
      ControlRecord(
        plugin: plugin, hook: isPostHook ? "tool_post_invoke" : "tool_pre_invoke",
        nanoseconds: Int(latency(0.12).rawValue),
        isModified: !isPostHook && plugin.name == "PIIFilterPlugin" && random.chance(0.3))
    }
  }

  /// The summary and its results, made after the fact: their own widths mean nothing.
  func postSummary(
    of call: ToolCall, _ records: [ControlRecord], isAllowed: Bool, under parent: SpanDraft,
    at start: UnixNanos
  ) -> UnixNanos {
    let modified = records.count(where: \.isModified)
    let summary = beginGateway(
      "cpex.control.summary", at: start, under: parent, .controls,
      [
        Attribute("cpex.control.invocation_count", records.count),
        Attribute("cpex.control.matched_count", modified),
        Attribute("cpex.control.applied_count", modified),
        Attribute("cpex.control.records_received", records.count),
        Attribute("cpex.control.results_count", records.count),
        Attribute("cpex.control.duration_ns", records.reduce(0) { $0 + $1.nanoseconds }),
        Attribute("cpex.control.error_count", 0), Attribute("cpex.control.timeout_count", 0),
        Attribute("cpex.control.result.allowed", isAllowed),
        Attribute("cpex.control.type", "tool"),
        Attribute("cpex.control.tool.name", call.tool.name),
        Attribute("cpex.control.binding.name", call.tool.target == nil ? "" : "mcp-http"),
        Attribute("cpex.control.enforcement_point", isAllowed ? "pre+post" : "pre"),
      ])
    var time = start + .microseconds(600)
    for record in records {
      let result = beginGateway(
        "cpex.control.result", at: time, under: summary, .controls, attributes(of: record))
      result.finish(at: time + .microseconds(780))
      time = result.end
    }
    summary.finish(at: time)
    return time
  }

  private func attributes(of record: ControlRecord) -> [Attribute] {
    let kind = record.plugin.kind
    let mode = record.plugin.mode == "permissive" ? "transform" : "sequential"
    return [
      Attribute("cpex.control.name", record.plugin.name),
      Attribute("cpex.control.plugin_id", random.hexName()),
      // The gateway cuts the kind to 32 bytes.
      Attribute("cpex.control.plugin_kind", kind.count > 32 ? kind.prefix(29) + "..." : kind),
      Attribute("cpex.control.hook_name", record.hook), Attribute("cpex.control.mode", mode),
      Attribute("cpex.control.status", "completed"),
      Attribute(
        "cpex.control.enforcement_point", record.hook.contains("pre") ? "pre" : "post"),
      Attribute("cpex.control.result.allowed", true),
      Attribute("cpex.control.duration_ns", record.nanoseconds),
      Attribute("cpex.control.matched", record.isModified),
      Attribute("cpex.control.applied", record.isModified),
      Attribute("cpex.control.payload_modified", record.isModified),
      Attribute("cpex.control.result.requested_allowed", true),
      Attribute("cpex.control.config.keys", "block_on_violation"),
    ]
  }
}
