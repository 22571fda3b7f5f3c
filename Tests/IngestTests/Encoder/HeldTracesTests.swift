import Ingest
import Store
import Testing

@Suite("HeldTraces")
struct HeldTracesTests {
  private static let now = UnixNanos(1_764_000_000_000_000_000)

  /// Sends requests to a store, as an event loop would.
  private func receive(_ requests: [[SpanRecord]], into store: Store) {
    let receiver = StoreReceiver(store: store)
    var encoder = TraceRequestEncoder()
    for spans in requests {
      let outcome = receiver.receive(MessageBytes(encoder.encode(spans)))
      #expect(outcome == .accepted(count: spans.count))
    }
  }

  /// Everything a viewer would be sent.
  private func held(
    _ request: WatchRequest = WatchRequest(follow: false), in store: Store
  ) throws -> [SpanRecord] {
    let held = try HeldTraces.answering(request, from: store.settledSnapshot(), now: Self.now)
    var spans: [SpanRecord] = []
    while let chunk = held.nextChunk() { spans += try OracleReading.spans(chunk) }
    return spans
  }

  /// The demo's requests in the order in which their spans would arrive.
  private func demo(_ count: Int) -> [[SpanRecord]] {
    var traffic = DemoTraffic(seed: 21)
    return (0..<count).map { traffic.request(at: Self.now + .seconds(UInt64($0))).spans }
  }

  @Test("A viewer is sent every span as it came, whole traces, those touched last at the end")
  func everything() throws {
    let store = Store(budgetBytes: 256 << 20)
    let requests = demo(60)
    receive(requests, into: store)
    let sent = try held(in: store)
    // A request of the demo may be several traces; each is sent whole, its spans in order.
    var expected: [SpanRecord] = []
    for spans in requests {
      var ids: [TraceID] = []
      // By the last span of each.
      for span in spans.reversed() where !ids.contains(span.traceID) {
        ids.insert(span.traceID, at: 0)
      }
      for id in ids { expected += spans.filter { $0.traceID == id } }
    }
    #expect(sent == expected)
  }

  @Test("What a store was sent it can be sent again, and nothing is new to it")
  func duplicates() throws {
    let store = Store(budgetBytes: 256 << 20)
    let copy = Store(budgetBytes: 256 << 20)
    receive(demo(30), into: store)
    let sent = try held(in: store)
    receive([sent, sent], into: copy)
    let statistics = copy.settledSnapshot().statistics
    #expect(statistics.spansHeld == UInt64(sent.count))
    #expect(statistics.spansDuplicate == UInt64(sent.count))
  }

  @Test("A limit takes the traces that were touched last")
  func limit() throws {
    let store = Store(budgetBytes: 256 << 20)
    let requests = demo(20)
    receive(requests, into: store)
    receive([[requests[0][0]]], into: store)
    let sent = try held(WatchRequest(limit: 1, follow: false), in: store)
    #expect(Set(sent.map(\.traceID)).count == 1)
  }

  @Test("Traces that are too old do not count for the limit, with a filter and without")
  func since() throws {
    let store = Store(budgetBytes: 256 << 20)
    let requests = demo(20)
    // The oldest arrive last.
    receive(requests.reversed(), into: store)
    let starts = Dictionary(grouping: requests.joined(), by: \.traceID)
      .mapValues { $0.map(\.start).max() ?? UnixNanos(0) }
    let earliest = Self.now + .seconds(10)
    let young = Set(starts.filter { $0.value >= earliest }.keys)
    for filter in ["", "spans>0"] {
      let all = try held(WatchRequest(filter: filter, since: earliest, follow: false), in: store)
      #expect(Set(all.map(\.traceID)) == young)
      let three = try held(
        WatchRequest(filter: filter, since: earliest, limit: 3, follow: false), in: store)
      // The last three of what came without a limit.
      let ids = all.map(\.traceID).reduce(into: [TraceID]()) { if $0.last != $1 { $0.append($1) } }
      #expect(Set(three.map(\.traceID)) == Set(ids.suffix(3)))
    }
  }

  @Test("A filter chooses traces, and one that cannot be read is refused with its column")
  func filter() throws {
    let store = Store(budgetBytes: 256 << 20)
    receive(demo(60), into: store)
    let sent = try held(WatchRequest(filter: "tenant.id=acme", follow: false), in: store)
    let ids = Set(sent.map(\.traceID))
    #expect(!ids.isEmpty)
    for id in ids {
      let keys = sent.filter { $0.traceID == id }.flatMap(\.attributes)
      #expect(keys.contains(Attribute("tenant.id", .string("acme"))))
    }
    #expect(throws: GRPCStatus(.invalidArgument, "column 6: expected a value after ==")) {
      try held(WatchRequest(filter: "a == ", follow: false), in: store)
    }
  }
}
