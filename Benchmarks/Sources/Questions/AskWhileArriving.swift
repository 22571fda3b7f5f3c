import Corpus
import Store

/// One trace of a thousand spans, among a hundred thousand others, as the waterfall is made of it.
func askOneTrace(_ table: Table) {
  let others = Held(made: 98)
  for request in LongTrace.requests(spans: 1_000) {
    others.append(request)
    for _ in 0..<9 { others.appendOne() }
  }
  let snapshot = others.store.settledSnapshot()
  guard let trace = snapshot.find(LongTrace.id) else { fatalError("the trace is not held") }
  table.row("open a trace of 1,000 spans", most: (1, 1)) {
    let tree = TraceTree(snapshot.spans(of: trace))
    return Table.Answer(
      text: "\(tree.rows.count) rows in \(tree.serviceCount) services",
      isRight: tree.rows.count == 1_000)
  }
}

/// What standing questions cost while requests arrive, and while each pushes older traces out.
func askWhileArriving(_ table: Table, _ held: Held) {
  let spans = held.snapshot.statistics.spansHeld
  let now = moment()
  func standing(_ title: String, _ store: Held) {
    let first = store.store.settledSnapshot()
    let everything = LiveQuery(filter: nil)
    let filter = LiveQuery(filter: parsed("tenant.id=tenant-003"))
    var groups: GroupReader?
    do {
      groups = GroupReader(try GroupKey("tenant"), joinsTraces: true)
    } catch {
      fatalError("\(error)")
    }
    let facets = FacetReader(joinsTraces: true)
    func count(_ snapshot: Snapshot) -> FacetTable {
      facets.begin(snapshot, .all, now: now)
      return facets.proceed() ?? FacetTable()
    }
    _ = count(first)
    for query in [everything, filter] { _ = query.update(to: first, now: now) }
    _ = groups?.update(to: first, now: now)
    func next() -> Snapshot {
      store.appendOne()
      return store.store.settledSnapshot()
    }
    table.row("all traces, \(title)", prepare: next) {
      let result = everything.update(to: $0, now: now)
      return Table.Answer(
        text: "\(result.traces.count) traces", isRight: result.traces.count == result.tracesHeld)
    }
    table.row("a tenant's traces, \(title)", prepare: next) {
      Table.Answer(text: "\(filter.update(to: $0, now: now).traces.count) traces")
    }
    table.row("groups by `tenant`, \(title)", prepare: next) {
      Table.Answer(text: "\(groups?.update(to: $0, now: now).traces ?? 0) traces")
    }
    table.row("facets, \(title)", prepare: next) {
      let table = count($0)
      return Table.Answer(text: "\(table.facets.count) facets", rows: Int(table.rowsScanned))
    }
  }
  guard !held.isGolden else {
    let made = Held(made: 1_960)
    standing("512 spans more", made)
    let bytes = made.store.settledSnapshot().statistics.memoryBytes
    let full = Held(made: 1_960, budgetBytes: bytes * 7 / 10)
    return standing("512 spans more, some out", full)
  }
  standing("512 spans more to \(spans)", held)
}
