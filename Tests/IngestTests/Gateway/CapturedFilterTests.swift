import Foundation
import Ingest
import Store
import Support
import Testing

@Suite("Filters over captured requests")
struct CapturedFilterTests {
  private struct Row: Decodable {
    var kind: String
    var trace_ids: [String]
  }

  private func traces(_ filter: String, _ traffic: CapturedTraffic) throws -> Set<UInt64> {
    let query = LiveQuery(filter: try FilterParser.parse(filter))
    return Set(query.update(to: traffic.snapshot, now: traffic.now).traces.map(\.rawValue))
  }

  /// The traces of which a span satisfies a test, found by looking at every span whole.
  private func traces(
    _ traffic: CapturedTraffic, where holds: (StorySpan) -> Bool
  ) -> Set<UInt64> {
    Set(
      traffic.snapshot.traceNumbers.filter { number in
        traffic.snapshot.storySpans(of: TraceNumber(number)).contains(where: holds)
      })
  }

  private static let plano: [(String, @Sendable (StorySpan) -> Bool)] = [
    ("role=filter", { $0.service == "plano(filter)" }),
    ("role=route", { $0.service == "plano(routing)" }),
    ("role=upstream", { $0.service == "plano(outbound)" }),
    ("tenant=ten_003", { $0.record.text("tenant.id") == "ten_003" }),
    (
      "model=gpt-4o*",
      { span in
        span.record.attributes.contains {
          ["llm.model", "route.selected_model"].contains($0.key)
            && JSONText.of($0.value).hasPrefix("gpt-4o")
        }
      }
    ),
    ("cost>0.001", { $0.record.number("llm.usage.total_cost_usd").map { $0 > 0.001 } ?? false }),
    ("ttft>500ms", { _ in false }),
    ("session=sess_005_3", { $0.record.text("plano.session_id") == "sess_005_3" }),
  ]

  @Test("Roles and dimensions select what the spans say", arguments: plano.indices)
  func roles(_ index: Int) throws {
    let (filter, holds) = Self.plano[index]
    let traffic = try CapturedTraffic("plano")
    let selected = try traces(filter, traffic)
    var expected = traces(traffic, where: holds)
    if filter.hasPrefix("ttft") {
      // The shortest of all calls of a request.
      expected = Set(
        traffic.snapshot.traceNumbers.filter { number in
          let times = traffic.snapshot.storySpans(of: TraceNumber(number)).compactMap {
            $0.record.number("llm.time_to_first_token")
          }
          return times.min().map { $0 > 500 } ?? false
        })
    }
    #expect(!expected.isEmpty, "\(filter) is not asked of anything")
    #expect(selected == expected, "\(filter)")
  }

  @Test("A story does not hang on the order in which the spans came")
  func shuffled() throws {
    var random = SplitMix64.announced("stories of shuffled spans")
    for folder in ["plano", "contextforge"] {
      let traffic = try CapturedTraffic(folder)
      for number in traffic.snapshot.traceNumbers.prefix(120) {
        let spans = traffic.snapshot.storySpans(of: TraceNumber(number))
        let shuffled = spans.shuffled(using: &random)
        #expect(RequestStory(spans: shuffled) == RequestStory(spans: spans), "\(folder) \(number)")
      }
    }
  }

  @Test("Tokens are those of the whole request")
  func tokens() throws {
    let traffic = try CapturedTraffic("plano")
    let selected = try traces("tokens>1200", traffic)
    let expected = Set(
      traffic.snapshot.traceNumbers.filter { number in
        traffic.snapshot.storySpans(of: TraceNumber(number)).reduce(0) {
          $0 + ($1.record.number("llm.usage.total_tokens") ?? 0)
        } > 1200
      })
    #expect(!expected.isEmpty)
    #expect(selected == expected)
  }

  /// What became of the requests of each kind, told by who made the traffic.
  private static let verdicts: [String: Set<String>] = [
    "agent_disconnect": ["client_gone"], "model_disconnect": ["client_gone"],
    "agent_mcp_reject": ["denied"], "agent_reject": ["denied"], "agent_reject_late": ["denied"],
    "model_filter_reject": ["denied"], "model_mcp_reject": ["denied"],
    "agent_filter_5xx": ["error"], "agent_llm_fail": ["error"], "agent_orch_down": ["error"],
    "agent_timeout": ["error"], "bs_down": ["error"], "model_429": ["error"],
    "model_500": ["error"], "model_503uf": ["error"], "model_badjson": ["error"],
    "model_router_down": ["error"], "model_unknown": ["error"], "prompt_error": ["error"],
    // Their parents are the client's own and never come.
    "agent_client_tp": ["partial"], "model_client_tp": ["partial"],
    "agent_chain2": ["ok"], "agent_filters": ["ok"], "agent_mcp": ["ok"], "agent_multi": ["ok"],
    "agent_nopropagate": ["ok"], "agent_one": ["ok"], "healthz": ["ok"], "model_alias": ["ok"],
    "model_budget": ["ok"], "model_do_route": ["ok"], "model_inline": ["ok"],
    "model_messages": ["ok"], "model_outfilter": ["ok"], "model_responses": ["ok"],
    "model_routed": ["ok"], "model_session": ["ok"], "model_skip": ["ok"], "models": ["ok"],
    "prompt": ["ok"], "routing_service": ["ok"],
    // What a conversation's signals come to is not the kind's to say.
    "model": ["ok", "flagged"], "model_flagged": ["ok", "flagged"],
  ]

  @Test("Every request has the verdict of its kind, and a filter on the verdict finds it")
  func verdicts() throws {
    let traffic = try CapturedTraffic("plano")
    let file = CapturedTraffic.fixtures.appending(path: "captures/plano/manifest.json")
    let rows = try JSONDecoder().decode([Row].self, from: Data(contentsOf: file))
    #expect(Set(rows.map(\.kind)) == Set(Self.verdicts.keys))
    var found: [String: Set<UInt64>] = [:]
    for row in rows {
      for id in row.trace_ids {
        let number = try traffic.number(id)
        let verdict = try traffic.summary(number).verdict.name
        #expect(Self.verdicts[row.kind]?.contains(verdict) == true, "\(row.kind) \(id): \(verdict)")
        found[verdict, default: []].insert(number.rawValue)
      }
    }
    for verdict in Verdict.allCases.map(\.name) {
      #expect(try traces("verdict=\(verdict)", traffic) == found[verdict] ?? [], "\(verdict)")
    }
    // A request is flagged where Plano flagged it, and it is nothing worse.
    let flagged = traces(traffic) { span in
      span.record.name.hasSuffix("\u{1F6A9}")
        || ["poor", "severe"].contains(span.record.text("signals.quality"))
    }
    #expect(flagged.isSuperset(of: found["flagged"] ?? []) && found["flagged"]?.isEmpty == false)
  }
}
