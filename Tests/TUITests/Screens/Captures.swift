import Foundation
import Ingest

@testable import Store

/// Requests as the real gateways sent them, out of the captures in Tests/Fixtures.
enum Captures {
  /// The spans of one trace in the order in which they arrived; the id as 32 digits.
  static func trace(_ id: String) -> [SpanRecord] {
    guard let id = TraceID(hex: id), let number = held.find(id) else { return [] }
    return held.storySpans(of: number).map(\.record)
  }

  /// Every trace of the captures.
  static var all: [[SpanRecord]] {
    held.traceNumbers.map { number in
      held.storySpans(of: TraceNumber(number)).map(\.record)
    }
  }

  /// When a trace is looked at that has settled: a minute after its last span.
  static func moment(after traces: [[SpanRecord]]) -> UnixNanos {
    (traces.joined().map(\.end).max() ?? UnixNanos(0)) + .seconds(60)
  }

  private static let held: Snapshot = {
    var writer = StoreWriter(budgetBytes: 1 << 30)
    let batch = SpanBatch()
    var decoder = TraceRequestDecoder()
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/captures")
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    for name in names.sorted() where name.hasSuffix(".bin") {
      guard let body = try? Data(contentsOf: folder.appendingPathComponent(name)) else { continue }
      unsafe body.withUnsafeBytes { bytes in
        guard (try? unsafe decoder.decode(bytes, into: batch)) != nil else { return }
        _ = writer.append(batch, now: 1)
      }
    }
    return writer.snapshot()
  }()
}
