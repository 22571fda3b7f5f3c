extension RequestStory {
  /// What was asked of ContextForge, in order; what is tried again under itself is one with more attempts.
  static func subjects(of spans: [StorySpan], _ family: StoryFamily) -> [Subject] {
    var found: [Subject] = []
    for span in spans {
      guard let name = subjectName(of: span.record) else { continue }
      let above = Set(family.ancestors(of: span).map(\.record.spanID))
      if let index = found.firstIndex(where: { $0.name == name && above.contains($0.span) }) {
        found[index].attempts += 1
        continue
      }
      let record = span.record
      found.append(
        Subject(
          role: span.role, name: name,
          form: record.text("tool.integration_type") ?? record.text("a2a.agent.type")
            ?? record.text("resource.type"), span: record.spanID))
    }
    return found
  }

  private static func subjectName(of record: SpanRecord) -> String? {
    switch record.name {
    case "tool.invoke": record.text("tool.name")
    case "prompt.render":
      record.text("langfuse.observation.prompt.name") ?? record.text("prompt.id")
    case "resource.read", "invoke.resource":
      record.text("resource.uri") ?? record.text("resource.name")
    case "a2a.invoke": record.text("a2a.agent.name")
    default: nil
    }
  }

  /// The server that a tool's call went to.
  static func toolServer(of record: SpanRecord) -> String? {
    guard record.name == "mcp.client.call" else { return nil }
    if let url = record.text("url.full") { return url }
    let port = record.text("server.port").map { ":" + $0 } ?? ""
    return record.text("server.address").map { $0 + port }
  }
}

extension RequestStory.Selection {
  /// What Plano's orchestrator tells of its choice.
  init?(of record: SpanRecord) {
    guard let agents = record.text("selection.agents") else { return nil }
    self.init(
      listener: record.text("selection.listener"),
      agents: agents.split(separator: ",").map(String.init),
      duration: record.number("selection.determination_ms").map {
        Nanoseconds(UInt64(max(0, min($0, 1e12)) * 1e6))
      },
      span: record.spanID)
  }
}
