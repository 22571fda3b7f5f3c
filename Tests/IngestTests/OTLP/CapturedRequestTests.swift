import Foundation
import Ingest
import Store
import Support
import Testing

@Suite("Requests in what gateways really sent")
struct CapturedRequestTests {
  private static var captures: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Fixtures/captures")
  }

  /// A run of a gateway: a folder, and how its files begin.
  struct Run: Sendable, CustomTestStringConvertible {
    var folder: String
    var prefix = ""
    var traces: Int
    var requests: Int
    /// The traces of each request that has several, by the first digits of their ids, the leading first.
    var joined: [[String]] = []

    var testDescription: String { "\(folder)/\(prefix)" }
  }

  private static func bodies(_ run: Run) throws -> [[UInt8]] {
    let folder = captures.appending(path: run.folder)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
    return try names.filter { $0.hasSuffix(".bin") && $0.hasPrefix(run.prefix) }.sorted().map {
      Array(try Data(contentsOf: folder.appending(path: $0)))
    }
  }

  /// What is in the captures: Plano's agents that dropped `traceparent` and kept `x-request-id`, whose
  /// sampling digit differs between the trace of the edge and those of the models. ContextForge
  /// writes the request id "none" on every prompt.render, which joins nothing.
  static let runs = [
    Run(
      folder: "plano", traces: 217, requests: 209,
      joined: [
        ["01d66821", "84c0a1a8", "637e5e89"], ["4b188e39", "05f906b7", "8c572c55"],
        ["5727277b", "ce2dd75d", "3103d9b9"], ["b1026598", "ed857832", "d2ae40bc"],
      ]),
    Run(folder: "envoy", traces: 28, requests: 28),
    Run(folder: "contextforge", prefix: "v100-", traces: 341, requests: 341),
    Run(folder: "contextforge", prefix: "v108full-", traces: 150, requests: 150),
  ]

  @Test("Which captured traces are one request, in their order and in any other", arguments: runs)
  func joined(run: Run) throws {
    var random = SplitMix64.announced("captured requests, \(run.testDescription)")
    let bodies = try Self.bodies(run)
    for order in [bodies, bodies.shuffled(using: &random), bodies.reversed()] {
      let store = Store(budgetBytes: 256 << 20)
      let receiver = StoreReceiver(store: store)
      for body in order {
        _ = receiver.receive(MessageBytes(body), isHistory: true)
        if random.chance(20) { _ = store.settledSnapshot() }
      }
      let snapshot = store.settledSnapshot()
      #expect(snapshot.statistics.tracesHeld == run.traces)
      #expect(snapshot.requestsHeld == run.requests)
      let groups = Set(
        snapshot.traceNumbers.map { snapshot.requestTraces(of: TraceNumber($0)) }
          .filter { $0.count > 1 })
      let found = groups.map { group in
        group.compactMap { snapshot.id(of: $0) }.map { String($0.hex.prefix(8)) }
      }
      #expect(found.sorted { $0[0] < $1[0] } == run.joined)
    }
  }
}
