import Foundation
import Ingest
import Store

/// Requests that real gateways sent, in a store as history: arrived when they ended.
enum CapturedStore {
  /// Takes in the bodies of folders of `Tests/Fixtures/captures`, in order of arrival.
  ///
  /// - Returns: the store, and a moment at which everything has settled.
  static func load(_ folders: [String]) throws -> (store: Store, now: UnixNanos) {
    let captures = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/captures")
    let store = Store(budgetBytes: 256 << 20)
    var decoder = TraceRequestDecoder()
    let batch = SpanBatch()
    for folder in folders {
      let place = captures.appending(path: folder)
      let names = try FileManager.default.contentsOfDirectory(atPath: place.path())
      for name in names.sorted() where name.hasSuffix(".bin") {
        let body = try Data(contentsOf: place.appending(path: name))
        // Safe: the batch is appended while the body is alive.
        try unsafe body.withUnsafeBytes { bytes in
          try unsafe decoder.decode(bytes, into: batch)
          _ = store.append(batch, isHistory: true)
        }
      }
    }
    let snapshot = store.settledSnapshot()
    let newest = snapshot.traceNumbers.lazy.compactMap { snapshot.touched(TraceNumber($0)) }.max()
    return (store, (newest ?? UnixNanos(0)) + .seconds(11))
  }
}
