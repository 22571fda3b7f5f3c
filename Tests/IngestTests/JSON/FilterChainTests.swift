import Store
import Testing

@testable import Ingest

@Suite("FilterStep")
struct FilterStepTests {
  /// The chain that is told of a request of the demo, without its times.
  private func chain(
    _ kind: DemoKind, seed: UInt64, where isWanted: ([FilterStep]) -> Bool = { _ in true }
  ) -> [String] {
    var traffic = DemoTraffic(seed: seed)
    for _ in 0..<50 {
      let spans = traffic.request(at: UnixNanos(1_764_000_000_000_000_000), kind: kind).spans
      let steps = RequestStory(
        spans: spans.map { .init(record: $0, role: .span, service: "") }
      ).filters
      guard isWanted(steps) else { continue }
      return steps.map { step in
        [step.name, step.verdict.rawValue, step.code, step.reason].compactMap(\.self)
          .joined(separator: " ")
      }
    }
    return []
  }

  @Test("Plano's HTTP filters come in the order in which they ran")
  func http() {
    #expect(
      chain(.agentFiltered, seed: 1) == [
        "input_guards allow", "query_rewriter allow", "context_builder allow",
      ])
  }

  @Test("Plano's MCP filters are found although none of them has a span")
  func mcp() {
    #expect(
      chain(.agentMCPFiltered, seed: 1) == [
        "input_guards allow", "query_rewriter allow", "context_builder allow",
      ])
  }

  @Test("A filter that refuses names its status and its body")
  func denied() {
    #expect(
      chain(.modelDenied, seed: 1) == [
        #"content_guard denied 400 {"error":"blocked by content policy"}"#
      ])
    #expect(
      chain(.agentDenied, seed: 1) { $0.count == 1 } == [
        #"input_guards denied 400 {"detail":{"error":"out_of_scope","#
          + #""message":"I can only help with our services."}}"#
      ])
  }

  @Test("A filter that fails is an error and not a denial")
  func failed() {
    let steps = chain(.agentFilterFailed, seed: 1)
    #expect(steps.count == 2)
    #expect(steps[0] == "input_guards allow")
    let reason = "Server error from agent 'query_rewriter' (HTTP 500): Internal Server Error"
    #expect(steps[1] == "query_rewriter error 500 \(reason)")
  }

  @Test("An output filter that runs once for each chunk is one step")
  func folded() {
    let steps = chain(.modelOutputFiltered, seed: 1)
    #expect(steps == ["content_guard allow", "output_redactor allow"])
  }

  @Test(
    "ContextForge's denier is named with code and reason in both forms",
    arguments: [DemoKind.toolDenied, .toolDeniedByChain])
  func contextForge(kind: DemoKind) {
    let reason = "Schema validation failed (Arguments do not conform to schema)"
    #expect(chain(kind, seed: 1).last == "SchemaGuardPlugin denied SCHEMA_GUARD_ARGS \(reason)")
  }
}
