import Ingest
import Store
import Testing

@Suite("The demo's requests as the store sees them")
struct DemoVerdictTests {
  private static let noon = UnixNanos(1_764_000_000_000_000_000)

  /// The summaries of a request's traces, long after its last span.
  private func summaries(_ kind: DemoKind, seed: UInt64) -> [TraceSummary] {
    var traffic = DemoTraffic(seed: seed)
    let request = traffic.request(at: Self.noon, kind: kind)
    let store = Store(budgetBytes: 64 << 20)
    var encoder = TraceRequestEncoder()
    _ = StoreReceiver(store: store).receive(MessageBytes(encoder.encode(request.spans)))
    let snapshot = store.settledSnapshot()
    return snapshot.traceNumbers.compactMap {
      snapshot.summary(of: TraceNumber($0), now: UnixNanos(.max))
    }
  }

  @Test(
    "Each kind gets the verdict that it is told for",
    arguments: [
      (DemoKind.modelRouted, Verdict.ok), (.modelMessages, .ok), (.modelSession, .ok),
      (.modelFlagged, .flagged), (.modelRateLimited, .error), (.modelFailed, .error),
      (.modelUnreachable, .error), (.modelDenied, .denied), (.modelOutputFiltered, .ok),
      (.modelUpstreamTraced, .partial), (.agent, .ok), (.agentFiltered, .ok),
      (.agentMCPFiltered, .ok), (.agentDenied, .denied), (.agentFilterFailed, .error),
      (.agentModelFailed, .error), (.agentTimeout, .error), (.agentClientGone, .clientGone),
      (.routingService, .ok), (.promptGateway, .ok), (.healthCheck, .ok), (.tool, .ok),
      (.toolMCP, .ok), (.toolDenied, .denied), (.toolDeniedByChain, .denied),
      (.toolFailed, .error), (.prompt, .ok), (.promptDenied, .denied), (.resource, .ok),
      (.modelProxy, .ok), (.modelProxyFailed, .error), (.agentToAgent, .ok),
    ])
  func verdicts(kind: DemoKind, expected: Verdict) {
    for seed in UInt64(1)...5 {
      for summary in summaries(kind, seed: seed) {
        #expect(summary.verdict == expected, "seed \(seed), \(summary.rootName)")
      }
    }
  }

  @Test("Whoever sent a request is found whichever gateway it went through")
  func who() {
    for kind in [DemoKind.modelRouted, .agent, .tool, .modelProxy] {
      let summary = summaries(kind, seed: 3).first
      #expect(summary?.tenant != nil, "\(kind)")
      #expect(summary?.user != nil, "\(kind)")
    }
  }

  @Test("A routed call says the model that was asked for, the route and the model that answered")
  func routed() {
    let routed = (1...30).flatMap { summaries(.modelRouted, seed: UInt64($0)) }
      .filter { $0.route != nil }
    #expect(!routed.isEmpty)
    for summary in routed {
      #expect(summary.modelAsked == "openai/gpt-4o-mini")
      #expect(summary.model != nil && summary.provider != nil)
    }
  }
}
