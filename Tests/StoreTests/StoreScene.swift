import Support

@testable import Store

/// A store's writer with a clock that a test sets.
final class StoreScene {
  var writer: StoreWriter
  /// Ten seconds after most spans' start.
  var now = UnixNanos(1_763_733_741_000_000_000)
  private let batch = SpanBatch()

  /// Segments are sealed when they have so many rows.
  init(
    budgetBytes: Int = 1 << 30, rowsPerSegment: Int = SegmentRows.maximum,
    policy: RetentionPolicy = .standard
  ) {
    writer = StoreWriter(budgetBytes: budgetBytes, policy: policy)
    writer.rowsPerSegment = rowsPerSegment
  }

  /// Takes spans in as one request.
  @discardableResult
  func receive(_ spans: some Sequence<SpanRecord>) -> AppendResult {
    batch.removeAll()
    for span in spans { batch.add(span) }
    return writer.append(batch, now: now.rawValue)
  }

  func snapshot() -> Snapshot { writer.snapshot() }

  /// What is held of a trace of `TraceBuilder`, by its number.
  func summary(_ number: UInt64 = 1) -> TraceSummary? {
    let snapshot = snapshot()
    return snapshot.find(TraceID(high: 0x5C1F, low: number)).flatMap {
      snapshot.summary(of: $0, now: now)
    }
  }
}
