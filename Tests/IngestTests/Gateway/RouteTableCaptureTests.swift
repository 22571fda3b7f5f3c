import Foundation
import Ingest
import Store
import Testing

/// The whole table of routes and filters over everything captured, figure by figure, as a file that
/// the end-to-end tests compare with their own count of the same bytes.
@Suite("Routes and filters of captured requests")
struct RouteTableCaptureTests {
  /// One row of any of the tables; what a table does not have is not there.
  private struct Row: Encodable {
    var table: String
    var names: [String?] = []
    var requests: Int?
    var runs: Int?
    var allowed: Int?
    var modified: Int?
    var denied: Int?
    var errors: Int?
    var fallbacks: Int?
    var failed: Int?
    var cost: Double?
    var costed: Int?
    var sessions: Int?
    var sessionCost: Double?
    var overhead: Double?
    var p50: UInt64?
    var p99: UInt64?
    var share: Double?
    var first: UInt64?
    var last: UInt64?
    var examples: [String]?
    var withoutModel: Int?
  }

  @Test("Every cell of every table", arguments: ["plano", "contextforge", "envoy"])
  func cells(folder: String) throws {
    let traffic = try CapturedTraffic(folder, isHistory: true)
    let held = LiveQuery(filter: nil, joinsTraces: true)
    let selected = Set(held.update(to: traffic.snapshot, now: traffic.now).traces)
    let table = RouteTableReader().update(
      to: traffic.snapshot, window: .all, now: traffic.now, joinsTraces: true,
      isSelected: { selected.contains($0) }, isTimeUp: { false })
    #expect(table.isComplete && table.read == selected.count)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let lines = try rows(of: table, traffic.snapshot).map {
      String(decoding: try encoder.encode($0), as: UTF8.self) + "\n"
    }
    try StoryTable.expect(lines.joined(), toBe: "routes-\(folder)")
  }

  private func rows(of table: RouteTable, _ snapshot: Snapshot) -> [Row] {
    var all = Row(table: "all")
    all.requests = table.read
    all.failed = table.failed
    all.withoutModel = table.withoutModel
    all.p50 = table.chainP50?.rawValue
    all.share = table.chainShare
    var decisions = Row(table: "decisions")
    decisions.share = table.decisionShare
    return [all, decisions] + table.routes.map(row) + table.steps.map(row)
      + table.denials.map { row($0, snapshot) } + table.switches.map(row)
  }

  private func row(_ route: RouteTable.Route) -> Row {
    var row = Row(table: "route")
    row.names = [
      route.key.route, route.key.asked, route.key.model, route.key.provider,
      route.key.isDefault ? "default" : nil,
    ]
    row.requests = route.requests
    row.p50 = route.decisionP50?.rawValue
    row.fallbacks = route.fallbacks
    row.failed = route.failed
    row.cost = route.costUSD
    row.costed = route.costed
    return row
  }

  private func row(_ step: RouteTable.Step) -> Row {
    var row = Row(table: "step")
    row.names = [step.key.name, step.key.hook]
    row.requests = step.requests
    row.runs = step.runs
    row.allowed = step.allowed
    row.modified = step.modified
    row.denied = step.denied
    row.errors = step.errors
    row.p50 = step.p50?.rawValue
    row.p99 = step.p99?.rawValue
    row.share = step.share
    return row
  }

  private func row(_ denial: RouteTable.Denial, _ snapshot: Snapshot) -> Row {
    var row = Row(table: "denial")
    row.names = [denial.key.filter, denial.key.code, denial.key.reason]
    row.requests = denial.count
    row.first = denial.firstSeen.rawValue
    row.last = denial.lastSeen.rawValue
    row.examples = denial.examples.map { example in
      [
        "\(example.time.rawValue)", snapshot.id(of: example.trace)?.hex ?? "?",
        example.tenant ?? "-", example.user ?? "-", example.name,
      ].joined(separator: "  ")
    }
    return row
  }

  private func row(_ change: RouteTable.Switch) -> Row {
    var row = Row(table: "switch")
    row.names = [
      change.key.isAllowed ? "allowed" : "retained", change.key.model, change.key.alternative,
    ]
    row.requests = change.count
    row.cost = change.costUSD
    row.costed = change.costed
    row.sessions = change.sessions
    row.sessionCost = change.sessionCostUSD
    row.overhead = change.overheadPercent
    return row
  }
}
