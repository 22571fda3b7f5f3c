/// The kinds of requests the demo makes; each stands for a path through Plano or ContextForge.
public enum DemoKind: String, CaseIterable, Sendable {
  // Plano's model listener: plano(llm) is the root.
  case model, modelRouted, modelAliased, modelMessages, modelResponses, modelSession, modelBudget
  case modelFlagged, modelRateLimited, modelFailed, modelUnreachable, modelUnknown
  case modelDenied, modelOutputFiltered, modelClientGone, modelUpstreamTraced
  // Plano's agent listener: plano(inbound) is the root.
  case agent, agentChain, agentFiltered, agentMCPFiltered, agentDenied, agentFilterFailed
  case agentModelFailed, agentTimeout, agentClientGone, agentSeparateTraces
  // Plano at large.
  case routingService, promptGateway, healthCheck
  // ContextForge, with plugin chains as 1.0.0 and as 1.0.7 and later report them.
  case tool, toolMCP, toolRetried, toolDenied, toolFailed, toolDeniedByChain, prompt, promptDenied
  case resource, modelProxy, modelProxyFailed, agentToAgent, gatewayHealthCheck

  /// How often this kind comes, relative to the others.
  var weight: Int {
    switch self {
    case .model, .modelRouted: 14
    case .agent: 8
    case .tool, .toolMCP: 9
    case .agentFiltered, .modelSession, .modelBudget: 6
    case .agentChain, .modelMessages, .agentMCPFiltered, .modelProxy, .modelFlagged: 4
    case .modelAliased, .modelResponses, .promptGateway, .routingService, .prompt, .resource: 3
    case .agentDenied, .modelDenied, .toolDenied, .toolDeniedByChain, .modelRateLimited: 3
    case .modelFailed, .agentModelFailed, .toolFailed, .toolRetried, .modelOutputFiltered: 2
    default: 1
    }
  }
}
