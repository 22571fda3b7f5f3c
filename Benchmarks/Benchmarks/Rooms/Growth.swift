import Benchmark
import Glibc
import Store

/// What one more request costs a store that holds 100,000 spans, and one that holds ten million; and
/// filters over those. The large one takes 3 GB and some minutes: TRACETOP_BENCH_10M asks for it.
func registerGrowth() {
  append(after: 196, "100,352")
  guard getenv("TRACETOP_BENCH_10M") != nil else { return }
  append(after: 19_532, "10,000,384")
  large("tenant.id=tenant-003", "by tenant")
  large("tenant.id=tenant-003 { status=error dur>200ms }", "by tenant, and one slow failed span")
  Benchmark("Count the spans with a tenant, of 10,000,384", configuration: Unit.query.configuration)
  {
    benchmark in
    let snapshot = Growth.store(19_532).store.snapshot()
    guard let filter = parsed("tenant.id=tenant-003", benchmark) else { return }
    var tally: SpanTally?
    benchmark.measure(1, .query) { tally = snapshot.tally(spansOf: filter) }
    guard tally.map({ $0.spans > 0 }) == true else { return benchmark.error("no span is counted") }
  }
}

/// One store a process, as large as the benchmark that runs in it wants.
private enum Growth {
  nonisolated(unsafe) private static var made: LargeStore?

  /// Benchmarks run one after the other, on one thread.
  static func store(_ requests: Int) -> LargeStore {
    if let made { return made }
    let store = LargeStore(requests: requests)
    made = store
    return store
  }
}

private func append(after requests: Int, _ name: String) {
  Benchmark(
    "Decode and append 65,536 spans to a store of \(name)", configuration: Unit.span.configuration
  ) {
    benchmark in
    let store = Growth.store(requests)
    let more = store.makeRequests(128)
    benchmark.measure(128 * 512, .span) { for request in more { store.append(request) } }
  }
}

private func large(_ text: String, _ name: String) {
  Benchmark("Select traces \(name), of 10,000,384 spans", configuration: Unit.query.configuration) {
    benchmark in
    let snapshot = Growth.store(19_532).store.snapshot()
    let filter = parsed(text, benchmark)
    let now = moment()
    var result = QueryResult()
    benchmark.measure(1, .query) {
      result = LiveQuery(filter: filter).update(to: snapshot, now: now)
    }
    guard !result.traces.isEmpty else { return benchmark.error("\(text) selects nothing") }
  }
}
