/// Which role a span plays, from its service, name and kind. The table of Docs/Vocabulary.md.
public enum RoleRules {
  /// The role that a service's name alone decides: Plano names its parts so.
  static func role(ofService service: WireBytes) -> Role? {
    guard service.count > 7, service[0] == UInt8(ascii: "p"), service[5] == UInt8(ascii: "(") else {
      return nil
    }
    if service.elementsEqual("plano(inbound)") { return .inbound }
    if service.elementsEqual("plano(orchestrator)") { return .orchestrate }
    if service.elementsEqual("plano(filter)") { return .filter }
    if service.elementsEqual("plano(routing)") { return .route }
    if service.elementsEqual("plano(agent)") { return .agent }
    if service.elementsEqual("plano(llm)") { return .llm }
    if service.elementsEqual("plano(outbound)") { return .upstream }
    return nil
  }

  /// The role that a span's name decides: ContextForge's operations, and Plano's renamed filters.
  static func role(ofName name: WireBytes) -> Role? {
    guard name.count >= 8 else { return nil }
    for (prefix, role) in prefixes where name.hasPrefix(prefix) { return role }
    if name.count < 40, name.hasSuffix(".list") { return .list }
    return nil
  }

  private static let prefixes: [(StaticString, Role)] = [
    ("execute_raw_filter", .filter), ("execute_mcp_filter_raw", .filter),
    ("plugin.hook.invoke", .filter), ("plugin.execute", .filter), ("plugin.metrics.", .filter),
    ("cpex.control.", .filter), ("tool.lookup", .route), ("tool.gateway_call", .upstream),
    ("tool.list", .list), ("tool.", .tool), ("mcp.client.", .upstream), ("a2a.", .agent),
    ("llm.proxy", .llm), ("llm.chat", .llm), ("prompt.render", .prompt), ("prompt.list", .list),
    ("resource.list", .list), ("resource_template.list", .list), ("root.list", .list),
    ("resource.", .resource), ("invoke.resource", .resource), ("gateway.health_check", .health),
  ]

  /// The role that OpenTelemetry's `gen_ai.operation.name` decides.
  static func role(ofOperation operation: WireBytes) -> Role? {
    if operation.elementsEqual("chat") || operation.elementsEqual("text_completion")
      || operation.elementsEqual("generate_content") || operation.elementsEqual("embeddings")
    {
      return .llm
    }
    if operation.elementsEqual("execute_tool") { return .tool }
    if operation.elementsEqual("invoke_agent") || operation.elementsEqual("create_agent") {
      return .agent
    }
    return nil
  }

  /// The role of a span that no name gives away.
  static func role(ofKind kind: Int32, isLocalRoot: Bool) -> Role {
    switch kind {
    case SpanKind.server.rawValue where isLocalRoot: .inbound
    case SpanKind.client.rawValue: .upstream
    default: .span
    }
  }
}
