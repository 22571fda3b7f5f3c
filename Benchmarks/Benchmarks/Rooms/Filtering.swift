import Benchmark
import Store

/// Filters over 1,003,520 spans of some 125,000 traces, made once a process. A query here is a new
/// one: it looks at all history and answers with every trace that it selects, in order.
func registerFiltering() {
  // One of 50 tenants, at rank 4: 5.6 % of the traces.
  filter("tenant.id=tenant-003", "by tenant")
  // One of 5,000 users.
  filter("user.id=user-01234", "by user")
  // Two intrinsic fields of spans, no attribute.
  filter("status=error and duration>1s", "by error and duration")
  // A regular expression over one attribute's distinct values: 8 to 39 words each, nearly all
  // different.
  filter(#"gen_ai.prompt.preview=~"rollback plan""#, "by a substring of the prompt")
  // Spans by themselves: a bit for each row, combined.
  filter("{ gen_ai.operation.name=invoke_agent status=error }", "by two conditions on one span")
  filter("tenant.id=tenant-003 { status=error }", "by tenant, and one span that failed")
  // How spans stand to each other, in the traces that have both.
  filter("{ kind=server } >> { status=error }", "by a failed descendant of a server span")
  filter("{ status=error } | count() > 1", "by the number of failed spans")
  filter("not tenant.id=tenant-003 trace.dur>1s", "by what no span has, and the trace's duration")
  filter("event.exception.type=*Error", "by an attribute of an event")
  // Text looked for in names, services and the values of all attributes.
  filter(#""rollback plan""#, "by a substring of any value")

  // What a standing filter costs from then on: one more request of 512 spans each time.
  Benchmark(
    "Bring a filter by tenant over 1,003,520 spans up to date with 512 more",
    configuration: Unit.query.configuration
  ) { benchmark in
    let large = Inputs.large
    let query = LiveQuery(filter: parsed("tenant.id=tenant-003", benchmark))
    _ = query.update(to: large.store.settledSnapshot(), now: moment())
    large.appendOne()
    let snapshot = large.store.settledSnapshot()
    let now = moment()
    benchmark.measure(1, .query) { blackHole(query.update(to: snapshot, now: now)) }
  }
}

private func filter(_ text: String, _ name: String) {
  Benchmark("Filter 1,003,520 spans \(name)", configuration: Unit.query.configuration) {
    benchmark in
    let snapshot = Inputs.large.store.snapshot()
    let filter = parsed(text, benchmark)
    let now = moment()
    var result = QueryResult()
    benchmark.measure(1, .query) {
      result = LiveQuery(filter: filter).update(to: snapshot, now: now)
    }
    if benchmark.currentIteration == 0 {
      print("\(text): \(result.traces.count) of \(result.tracesHeld) traces")
    }
    guard !result.traces.isEmpty else { return benchmark.error("\(text) selects nothing") }
  }
}

func parsed(_ text: String, _ benchmark: Benchmark) -> Filter? {
  do {
    return try FilterParser.parse(text)
  } catch {
    benchmark.error("\(text): \(error)")
    return nil
  }
}
