import Store
import Testing

@testable import Ingest

@Suite("DemoTraffic")
struct DemoTrafficTests {
  private static let noon = UnixNanos(1_764_000_000_000_000_000)

  @Test("The same seed tells the same requests, another seed others")
  func seeds() {
    func tell(_ seed: UInt64) -> [SpanRecord] {
      var traffic = DemoTraffic(seed: seed)
      return (0..<50).flatMap { traffic.request(at: Self.noon + .seconds(UInt64($0))).spans }
    }
    #expect(tell(1) == tell(1))
    #expect(tell(1) != tell(2))
  }

  @Test("Every kind tells spans that end in order, after they began", arguments: DemoKind.allCases)
  func sane(kind: DemoKind) {
    var traffic = DemoTraffic(seed: 3)
    for _ in 0..<20 {
      let request = traffic.request(at: Self.noon, kind: kind)
      #expect(!request.spans.isEmpty)
      for span in request.spans {
        #expect(span.start >= Self.noon && span.end > span.start)
        #expect(span.resource.serviceName != nil)
      }
      #expect(zip(request.spans, request.spans.dropFirst()).allSatisfy { $0.end <= $1.end })
      #expect(Set(request.spans.map(\.spanID)).count == request.spans.count)
    }
  }

  @Test("Parents are there, but for the client that traces elsewhere", arguments: DemoKind.allCases)
  func parents(kind: DemoKind) {
    var traffic = DemoTraffic(seed: 4)
    let spans = traffic.request(at: Self.noon, kind: kind).spans
    let known = Set(spans.map(\.spanID))
    let orphans = spans.filter { !$0.parentSpanID.isNone && !known.contains($0.parentSpanID) }
    #expect(orphans.count == (kind == .modelUpstreamTraced ? 1 : 0))
  }

  @Test(
    "A model call says its model twice: the one asked of the upstream, then the one it reported")
  func duplicateModel() throws {
    var traffic = DemoTraffic(seed: 5)
    let models = (0..<20).compactMap { _ in
      traffic.request(at: Self.noon, kind: .modelAliased).spans
        .first { $0.resource.serviceName == "plano(llm)" }
    }.map { span in span.attributes.filter { $0.key == "llm.model" }.map(\.value) }
    #expect(models.contains([.string("gpt-4o-mini"), .string("gpt-4o-mini-2024-07-18")]))
  }

  @Test(
    "A denied tool call leaves a root that is OK and a tool.invoke that names plugin, code and reason"
  )
  func denied() throws {
    var traffic = DemoTraffic(seed: 6)
    let spans = traffic.request(at: Self.noon, kind: .toolDeniedByChain).spans
    let root = try #require(spans.last)
    let invoke = try #require(spans.first { $0.name == "tool.invoke" })
    #expect(root.name == "POST /rpc")
    #expect(root.statusCode == .ok)
    #expect(
      invoke.statusMessage
        == "PluginViolationError: tool_pre_invoke blocked by plugin SchemaGuardPlugin: "
        + "SCHEMA_GUARD_ARGS - Schema validation failed (Arguments do not conform to schema)")
  }

  @Test("A flagged conversation has the flag at the end of its name")
  func flagged() throws {
    var traffic = DemoTraffic(seed: 7)
    let root = try #require(traffic.request(at: Self.noon, kind: .modelFlagged).spans.last)
    #expect(root.name.hasSuffix(" \u{1F6A9}"))
  }
}
