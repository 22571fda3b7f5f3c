import Store

/// Traces, as the explorer asks for them: a new query, all of history, every trace that it selects.
func askTraces(_ table: Table, _ held: Held) {
  let snapshot = held.snapshot
  let tenant = Held.tenant
  let now = moment()

  func traces(_ text: String, most: (Double, Double)? = nil) {
    let filter = parsed(text)
    table.row("traces: `\(text)`", most: most) {
      let result = LiveQuery(filter: filter).update(to: snapshot, now: now)
      return Table.Answer(
        text: "\(result.traces.count) traces", rows: result.work.rowsScanned,
        isRight: !result.traces.isEmpty)
    }
  }

  let filter = parsed(tenant)
  table.row("traces: `\(tenant)`, first page (100)", most: (0.5, 5)) {
    let query = LiveQuery(filter: filter)
    var result = query.update(to: snapshot, now: now, historyRows: 1)
    while !result.isComplete, result.traces.count < 100 {
      result = query.update(to: snapshot, now: now, historyRows: 1)
    }
    return Table.Answer(text: "\(result.traces.count) traces", rows: result.work.rowsScanned)
  }
  traces(tenant)
  traces("\(tenant) { role=llm dur>200ms }", most: (3, 30))
  traces("\(tenant) { kind=client dur>200ms }", most: (3, 30))
  traces("\(tenant) { role=agent } >> { role=llm status=error }")
  traces("\(tenant) \"rollback plan\"")
  traces("status=error and dur>1s")
  traces("{ status=error dur>1s }")
  traces("not \(tenant) trace.dur>1s")
  traces("{ kind=server } >> { status=error }")
  traces("{ status=error } | count() > 1")
  traces("event.exception.type=*Error")
  traces("tokens>8k")
}
