import Ingest
import Support

@testable import Store

/// A store whose clock a test sets.
final class SnapshotFixture {
  /// So large that the memory used is "<0.1%" whatever the store needs.
  private var writer = StoreWriter(budgetBytes: 1 << 40)

  /// Takes in spans of one trace as one request, at the moment the last of them ends, but not after
  /// `now`.
  func receive(_ trace: [SpanRecord], now: UnixNanos) {
    let batch = SpanBatch()
    for span in trace { batch.add(span) }
    let end = trace.map { max($0.start, $0.end) }.max() ?? now
    _ = writer.append(batch, now: min(end, now).rawValue)
  }

  /// Takes in log records as one request.
  func receive(logs records: [LogRecord], now: UnixNanos) {
    let logs = LogBatch()
    var decoder = LogRequestDecoder()
    let body = LogRequestEncoder.encode(records)
    unsafe body.withUnsafeBytes { bytes in
      guard (try? unsafe decoder.decode(bytes, into: logs)) != nil else { return }
      _ = writer.append(logs, now: now.rawValue)
    }
  }

  func snapshot() -> Snapshot { writer.snapshot() }
}
