import Support
import Synchronization
import Testing

@testable import Store

/// History that nobody looked at for a long time is gone through in slices, so that senders get their turn.
@Suite("Joining history in slices")
struct RequestSliceTests {
  private static let requests = 3_000

  /// Requests of two traces with two spans each: the halves of one stand far apart.
  private static func filled() -> Store {
    let store = Store(budgetBytes: 1 << 30)
    for half in 0..<2 as Range<UInt64> {
      let batch = SpanBatch()
      for number in 1...UInt64(requests) {
        let id = "0000\(1_000 + number)-7c1e-4d2a-9b3f-00000000\(1_000 + number)"
        let spans = TraceBuilder(number: number << 1 | half) {
          root("edge \(half)", 2.ms) { child("inside", 1.ms) }.attributes([
            "request.id": .string(id)
          ])
        }.spans
        for span in spans { batch.add(span) }
      }
      _ = store.append(batch)
    }
    return store
  }

  @Test("A first look is published before all is joined; each further one joins more, until all is")
  func slices() {
    let store = Self.filled()
    let told = Atomic<Int>(0)
    store.observe { told.add(1, ordering: .relaxed) }
    let query = LiveQuery(filter: nil, joinsTraces: true)
    var counts: [Int] = []
    var answers: [Int] = []
    for _ in 0..<20 {
      let before = told.load(ordering: .relaxed)
      store.refresh()
      let snapshot = store.snapshot()
      counts.append(snapshot.requestsHeld)
      answers.append(query.update(to: snapshot, now: UnixNanos(WallClock.now())).traces.count)
      // Told that there is more, and only then.
      if told.load(ordering: .relaxed) == before { break }
    }
    let rows = Self.requests * 4
    #expect(counts.count == (rows + StoreWriter.joinSlice - 1) / StoreWriter.joinSlice)
    #expect(counts.first == Self.requests * 2)
    #expect(counts.last == Self.requests)
    #expect(counts == counts.sorted(by: >))
    // A list that followed shows each request once, too.
    #expect(answers == counts)
    let fresh = LiveQuery(filter: nil, joinsTraces: true)
      .update(to: store.snapshot(), now: UnixNanos(WallClock.now()))
    #expect(fresh.traces.count == Self.requests)
  }

  @Test("Who asks for counts alone has nothing joined, nor published")
  func countsAlone() {
    let store = Self.filled()
    let counted = store.settledStatistics()
    #expect(counted.spansHeld == UInt64(Self.requests * 4))
    #expect(counted.tracesHeld == UInt64(Self.requests * 2))
    #expect(store.snapshot().statistics.spansHeld == 0)
    store.refresh()
    // The first slice is still to be gone through.
    #expect(store.snapshot().requestsHeld == Self.requests * 2)
    let joined = store.settledSnapshot()
    #expect(joined.requestsHeld == Self.requests)
    #expect(store.settledStatistics() == joined.statistics)
  }

  @Test("Who waits for everything gets everything joined")
  func settled() {
    #expect(Self.filled().settledSnapshot().requestsHeld == Self.requests)
  }

  @Test("Spans that come while history is gone through are joined with it")
  func meanwhile() {
    let store = Self.filled()
    store.refresh()
    let batch = SpanBatch()
    let late = TraceBuilder(number: 1 << 40) {
      root("late").attributes(["request.id": "00001001-7c1e-4d2a-9b3f-000000001001"])
    }
    for span in late.spans { batch.add(span) }
    _ = store.append(batch)
    for _ in 0..<20 { store.refresh() }
    #expect(store.snapshot().requestsHeld == Self.requests)
    #expect(store.snapshot().statistics.tracesHeld == UInt64(Self.requests * 2 + 1))
  }
}
