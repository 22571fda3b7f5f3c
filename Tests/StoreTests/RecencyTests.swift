import Store
import Support
import Testing

@Suite("Traces by recency")
struct RecencyTests {
  private static func span(_ trace: UInt64, _ id: UInt64, start: UInt64 = 1_000) -> SpanRecord {
    SpanRecord(
      traceID: TraceID(high: 0, low: trace), spanID: SpanID(id), name: "s",
      start: UnixNanos(start), end: UnixNanos(start + 1))
  }

  private static func ids(_ snapshot: Snapshot) -> [UInt64] {
    snapshot.tracesByRecency.compactMap {
      snapshot.summary(of: $0, now: UnixNanos(0))?.id.low
    }
  }

  @Test("The order is that of each trace's last span, over several segments and after eviction")
  func order() {
    var chance = SplitMix64(seed: 7)
    let store = Store(budgetBytes: 24 << 20)
    var touched: [UInt64: Int] = [:]
    let batch = SpanBatch()
    for round in 0..<300 {
      batch.removeAll()
      for index in 0..<1_000 {
        // Mostly new traces, some old ones again.
        let trace =
          chance.next() % 4 == 0
          ? UInt64(max(1, round * 700 - Int(chance.next() % 2_000))) : UInt64(round * 700 + index)
        batch.add(Self.span(trace, chance.next() | 1))
        touched[trace] = round * 1_000 + index
      }
      _ = store.append(batch)
    }
    let snapshot = store.settledSnapshot()
    #expect(snapshot.statistics.tracesEvicted > 0)
    let held = Self.ids(snapshot)
    #expect(held.count == Int(snapshot.statistics.tracesHeld))
    #expect(Set(held).count == held.count)
    // A trace that was evicted and came again has only its newer spans, and so the same place.
    #expect(held == held.sorted { touched[$0, default: 0] > touched[$1, default: 0] })
  }

  @Test("An empty store has no traces")
  func empty() {
    #expect(Self.ids(Store(budgetBytes: 16 << 20).settledSnapshot()) == [])
  }

  @Test("A trace is young if any of its spans is, whichever began first")
  func young() throws {
    let store = Store(budgetBytes: 16 << 20)
    let batch = SpanBatch()
    for (id, start) in [(1, 500), (2, 900), (3, 100)] as [(UInt64, UInt64)] {
      batch.add(Self.span(1, id, start: start))
    }
    _ = store.append(batch)
    let snapshot = store.settledSnapshot()
    let trace = try #require(snapshot.tracesByRecency.first { _ in true })
    for (earliest, isYoung) in [(0, true), (100, true), (899, true), (900, true), (901, false)] {
      #expect(
        snapshot.hasSpan(of: trace, startedSince: UnixNanos(UInt64(earliest))) == isYoung)
    }
    #expect(!snapshot.hasSpan(of: TraceNumber(99), startedSince: UnixNanos(0)))
  }
}
