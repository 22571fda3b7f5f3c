import Benchmark
import Glibc
import Ingest
import Store

/// Questions to spans by themselves, as SQL engines are asked them, over the corpus that
/// `Benchmarks/Scripts/corpus.py` makes: 1,000,448 spans of 125,115 traces from a fixed seed, whose answers
/// are known. `Benchmarks/Scripts/baselines.py` puts the same questions to such engines.
///
/// The folder of the corpus is told by TRACETOP_CORPUS; without it these benchmarks are left out.
func registerSpanLevel() {
  guard getenv("TRACETOP_CORPUS") != nil else { return }
  count("tenant.id=tenant-010", 20_312, "with a tenant")
  count("user.id=user-01234", 151, "of a user")
  count("status=error dur>1s", 4_181, "that failed after more than a second")
  count(#"gen_ai.prompt.preview=~"rollback plan""#, 3_406, "by a substring of the prompt")
  // An attribute that no table would have a column for.
  count("vector.collection=users", nil, "by an attribute that nobody declared")

  Benchmark(
    "Add up the durations of a tenant's spans, of 1,000,448",
    configuration: Unit.query.configuration
  ) {
    benchmark in
    let snapshot = Inputs.golden.snapshot()
    guard let filter = parsed("tenant.id=tenant-010", benchmark) else { return }
    var tally: SpanTally?
    benchmark.measure(1, .query) { tally = snapshot.tally(spansOf: filter, addsDurations: true) }
    guard tally?.duration.rawValue == 9_758_429_535_032 else {
      return benchmark.error("the durations add up to \(tally?.duration.rawValue ?? 0) ns")
    }
  }

  Benchmark(
    "Find a tenant's newest 100 spans, of 1,000,448", configuration: Unit.query.configuration
  ) {
    benchmark in
    let snapshot = Inputs.golden.snapshot()
    guard let filter = parsed("tenant.id=tenant-010", benchmark) else { return }
    var found: [SpanReference] = []
    benchmark.measure(1, .query) { found = snapshot.newestSpans(of: filter, limit: 100) ?? [] }
    guard found.count == 100 else { return benchmark.error("found \(found.count) spans") }
  }

  // Traces, as the explorer asks for them: a new query, all of history.
  traces("tenant.id=tenant-010", "by tenant")
  traces("tenant.id=tenant-010 { kind=client dur>200ms }", "by tenant, and one slow call")
  traces(#""rollback plan""#, "by a substring of any value")
  Benchmark(
    "Show a tenant's first page of traces, of 1,000,448 spans",
    configuration: Unit.query.configuration
  ) {
    benchmark in
    let snapshot = Inputs.golden.snapshot()
    guard let filter = parsed("tenant.id=tenant-010", benchmark) else { return }
    let now = moment()
    benchmark.measure(1, .query) {
      let query = LiveQuery(filter: filter)
      var result = query.update(to: snapshot, now: now, historyRows: 1)
      while !result.isComplete, result.traces.count < 100 {
        result = query.update(to: snapshot, now: now, historyRows: 1)
      }
      blackHole(result)
    }
  }
}

private func count(_ text: String, _ expected: Int?, _ name: String) {
  Benchmark("Count the spans \(name), of 1,000,448", configuration: Unit.query.configuration) {
    benchmark in
    let snapshot = Inputs.golden.snapshot()
    guard let filter = parsed(text, benchmark) else { return }
    var tally: SpanTally?
    benchmark.measure(1, .query) { tally = snapshot.tally(spansOf: filter) }
    if benchmark.currentIteration == 0 {
      print("\(text): \(tally?.spans ?? 0) spans, \(tally?.work.rowsScanned ?? 0) rows looked at")
    }
    if let expected, tally?.spans != expected {
      return benchmark.error("\(text): \(tally?.spans ?? 0) spans instead of \(expected)")
    }
  }
}

private func traces(_ text: String, _ name: String) {
  Benchmark("Select traces \(name), of 1,000,448 spans", configuration: Unit.query.configuration) {
    benchmark in
    let snapshot = Inputs.golden.snapshot()
    let filter = parsed(text, benchmark)
    let now = moment()
    var result = QueryResult()
    benchmark.measure(1, .query) {
      result = LiveQuery(filter: filter).update(to: snapshot, now: now)
    }
    if benchmark.currentIteration == 0 {
      print("\(text): \(result.traces.count) traces, \(result.work.rowsScanned) rows looked at")
    }
    guard !result.traces.isEmpty else { return benchmark.error("\(text) selects nothing") }
  }
}
