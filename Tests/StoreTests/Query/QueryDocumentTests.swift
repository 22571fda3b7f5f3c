import Foundation
import Support
import Testing

@testable import Store

@Suite("Docs/Query.md")
struct QueryDocumentTests {
  /// The lines of all fenced blocks of a kind, with their line numbers.
  private func lines(of kind: String) throws -> [(number: Int, text: String)] {
    // The sources may be reached through a symbolic link, the page lies beside what it points to.
    let here = URL(filePath: #filePath).resolvingSymlinksInPath()
    let root = (0..<4).reduce(here) { url, _ in url.deletingLastPathComponent() }
    let page = try String(contentsOf: root.appending(path: "Docs/Query.md"), encoding: .utf8)
    var found: [(number: Int, text: String)] = []
    var open: String?
    for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.hasPrefix("```") {
        open = open == nil ? String(line.dropFirst(3)) : nil
      } else if open == kind {
        found.append((index + 1, String(line)))
      }
    }
    return found
  }

  /// A line without its explanation.
  private func example(_ line: String) -> String {
    line.range(of: "  ").map { String(line[..<$0.lowerBound]) } ?? line
  }

  @Test("Every example is read, and its printed form as the same filter")
  func examples() throws {
    let lines = try lines(of: "filter")
    #expect(lines.count > 100)
    for line in lines {
      let text = example(line.text)
      do throws(FilterError) {
        let filter = try FilterParser.parse(text)
        #expect(filter != nil, "line \(line.number): \(text)")
        #expect(try FilterParser.parse(filter?.description ?? "") == filter)
      } catch {
        Issue.record("line \(line.number): \(text): \(error)")
      }
    }
  }

  @Test("Every example is answered as its meaning says, and most of them select something")
  func answers() throws {
    var traffic = RandomTraffic(.announced("documented filters"))
    let scene = StoreScene()
    let filters = try lines(of: "filter").map { try FilterParser.parse(example($0.text)) }
    scene.receive(traffic.spans(ofTraces: 60))
    scene.receive(DocumentedTraffic.spans)
    let snapshot = scene.snapshot()
    let facts = snapshot.traceNumbers.compactMap {
      snapshot.facts(of: TraceNumber($0), now: scene.now)
    }
    var answered = 0
    for filter in filters {
      let found = LiveQuery(filter: filter).update(to: snapshot, now: scene.now).traces
      let expected = facts.filter { NaiveEvaluator($0).matches(filter) }.map(\.summary.number)
      #expect(Set(found) == Set(expected), "\(filter.map { "\($0)" } ?? "")")
      if !found.isEmpty { answered += 1 }
    }
    #expect(answered * 10 > filters.count * 7, "\(answered) of \(filters.count)")
  }

  @Test("Every error is the one the page says")
  func errors() throws {
    let lines = try lines(of: "error")
    #expect(lines.count > 10)
    for (text, message) in zip(lines, lines.dropFirst()) where !text.text.hasPrefix("  ") {
      let error = #expect(throws: FilterError.self, "line \(text.number)") {
        try FilterParser.parse(text.text)
      }
      #expect(error?.description == String(message.text.dropFirst(2)), "line \(message.number)")
    }
  }
}

/// A request that has much of what the page asks for.
private enum DocumentedTraffic {
  static var spans: [SpanRecord] {
    TraceBuilder(number: 7_001) {
      root("POST /v1/chat", service: "plano(inbound)") {
        child("SELECT", 300.ms, service: "plano(filter)")
          .attributes(["tenant.id": "globex", "msg": "upstream timeout", "level": "info"])
        child("chat.completions", 2_500.ms, service: "plano(llm)") {
          child("SELECT", 300.ms, service: "x").kind(.client).status(.error)
            .attributes(["http.status_code": 504, "user.id": "usr_2"])
            .event("exception", ["exception.type": "Timeout"])
          child("SELECT", 200.ms, service: "x").kind(.client).status(.error)
          child("SELECT", 200.ms, service: "x").kind(.client).status(.error)
          child("SELECT", 200.ms, service: "x").kind(.client).status(.error)
            .attributes(["http.status_code": 503])
        }
        .scope("brightstaff", version: "1.0", ["telemetry.sdk": "otel"])
        .attributes([
          "tenant.id": "acme", "user.id": "usr_1", "llm.model": "gpt-4o",
          "llm.usage.prompt_tokens": 5_000, "llm.usage.total_cost_usd": 0.02,
          "llm.time_to_first_token": 1_200, "http.url": "https://x/y?z=1", "name": "x",
        ])
      }
      .kind(.server).attributes(["http.route": "/v1/chat"])
      .resource(["k8s.pod.name": "p-1"])
    }.spans
  }
}
