import Foundation
import Store
import Support
import Testing

@testable import Ingest

@Suite("Stories of captured requests")
struct StoryTableTests {
  private struct Row: Decodable {
    var kind: String
    var trace_ids: [String]
  }

  /// The manifest of captures/plano: each request, its kind and its traces.
  private func requests() throws -> [Row] {
    let file = CapturedTraffic.fixtures.appending(path: "captures/plano/manifest.json")
    return try JSONDecoder().decode([Row].self, from: Data(contentsOf: file))
  }

  @Test("Plano: every kind of request has its verdict, request line and filter chain")
  func plano() throws {
    let traffic = try CapturedTraffic("plano")
    let requests = try requests()
    var table = ""
    for kind in Set(requests.map(\.kind)).sorted() {
      let ofKind = requests.filter { $0.kind == kind }
      var verdicts: [String: Int] = [:]
      for row in ofKind {
        let words = try row.trace_ids.map { id in
          try traffic.summary(traffic.number(id)).verdict.name
        }
        verdicts[words.joined(separator: "+"), default: 0] += 1
      }
      let all = verdicts.sorted { $0.key < $1.key }.map { "\($0.key) ×\($0.value)" }
      table += "\(kind): \(all.joined(separator: ", "))\n"
      for id in ofKind[0].trace_ids { table += try block(id, traffic) }
      table += "\n"
    }
    try StoryTable.expect(table, toBe: "plano")
  }

  @Test("ContextForge: every scenario has its verdict, subject, chain and denial")
  func contextForge() throws {
    let traffic = try CapturedTraffic("contextforge")
    let file = CapturedTraffic.fixtures.appending(path: "captures/contextforge/INDEX.txt")
    var table = ""
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let fields = line.split(separator: "\t")
      guard fields.count > 2, fields[2].hasPrefix("trace=") else { continue }
      table += "\(fields[0]) \(fields[1])\n"
      table += try block(String(fields[2].dropFirst(6)), traffic) + "\n"
    }
    try StoryTable.expect(table, toBe: "contextforge")
  }

  @Test("The demo: every kind of request has its verdict, request line and filter chain")
  func demo() throws {
    var table = ""
    for kind in DemoKind.allCases {
      var traffic = DemoTraffic(seed: 7)
      let store = Store(budgetBytes: 64 << 20)
      let spans = traffic.request(at: UnixNanos(1_764_000_000_000_000_000), kind: kind).spans
      let batch = SpanBatch()
      for span in spans { batch.add(span) }
      _ = store.append(batch)
      let snapshot = store.settledSnapshot()
      table += "\(kind.rawValue)\n"
      for number in snapshot.traceNumbers.map({ TraceNumber($0) }) {
        let later = (snapshot.touched(number) ?? UnixNanos(0)) + .seconds(11)
        guard let summary = snapshot.summary(of: number, now: later),
          let story = snapshot.story(of: number, now: later)
        else { continue }
        table +=
          StoryText(verdict: summary.verdict, evidence: summary.evidence, story: story).lines
          .joined(separator: "\n") + "\n"
      }
      table += "\n"
    }
    try StoryTable.expect(table, toBe: "demo")
  }

  private func block(_ id: String, _ traffic: CapturedTraffic) throws -> String {
    let number = try traffic.number(id)
    let summary = try traffic.summary(number)
    let text = StoryText(
      verdict: summary.verdict, evidence: summary.evidence, story: try traffic.story(number))
    return "\(id.prefix(8)) " + text.lines.joined(separator: "\n") + "\n"
  }
}
