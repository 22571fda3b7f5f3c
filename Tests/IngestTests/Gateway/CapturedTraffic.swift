import Foundation
import Ingest
import Store

/// Requests that gateways sent, taken into a store as they arrived.
struct CapturedTraffic {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

  let snapshot: Snapshot
  /// A moment at which everything has settled.
  let now: UnixNanos

  /// Takes in every body of a folder of `captures` whose name passes, in order of arrival.
  /// As history they arrived when they ended, else all now.
  init(
    _ folder: String, isHistory: Bool = false, where isWanted: (String) -> Bool = { _ in true }
  ) throws {
    let place = Self.fixtures.appending(path: "captures/\(folder)")
    let store = Store(budgetBytes: 256 << 20)
    var decoder = TraceRequestDecoder()
    let batch = SpanBatch()
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path())
    for name in names.sorted() where name.hasSuffix(".bin") && isWanted(name) {
      let body = try Data(contentsOf: place.appending(path: name))
      // Safe: the batch is appended while the body is alive.
      try unsafe body.withUnsafeBytes { bytes in
        try unsafe decoder.decode(bytes, into: batch)
        _ = store.append(batch, isHistory: isHistory)
      }
    }
    snapshot = store.settledSnapshot()
    let newest = snapshot.traceNumbers.lazy.compactMap { [snapshot] in
      snapshot.touched(TraceNumber($0))
    }.max()
    now = (newest ?? UnixNanos(0)) + .seconds(11)
  }

  func number(_ id: String) throws -> TraceNumber {
    guard let id = TraceID(hex: id), let number = snapshot.find(id) else {
      throw Missing(id: id)
    }
    return number
  }

  func summary(_ number: TraceNumber) throws -> TraceSummary {
    guard let summary = snapshot.summary(of: number, now: now) else { throw Missing(id: "") }
    return summary
  }

  func story(_ number: TraceNumber) throws -> RequestStory {
    guard let story = snapshot.story(of: number, now: now) else { throw Missing(id: "") }
    return story
  }

  struct Missing: Error {
    var id: String
  }
}
