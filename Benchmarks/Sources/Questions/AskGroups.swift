import Store

/// Groups and facets of traces: new readers, as when the screen is opened, and ones that stand already.
func askGroups(_ table: Table, _ held: Held) {
  let snapshot = held.snapshot
  let now = moment()
  let error = (GroupTable.quantileError * 1_000).rounded() / 10

  func key(_ text: String) -> GroupKey {
    do {
      return try GroupKey(text)
    } catch {
      fatalError("\(text): \(error)")
    }
  }

  func groups(_ text: String, most: (Double, Double)? = nil) {
    let key = key(text)
    func answer(_ groups: GroupTable, joins: Bool) -> Table.Answer {
      let sum = groups.rows.reduce(groups.notSet?.traces ?? 0) { $0 + $1.traces }
      let held = joins ? snapshot.requestsHeld : Int(snapshot.statistics.tracesHeld)
      return Table.Answer(
        text: "\(groups.values) groups, p95 within \(error) %", rows: Int(groups.rowsScanned),
        isRight: groups.traces == held && sum >= held)
    }
    for joins in [false, true] {
      table.row("groups by `\(text)`: traces, errors, p95\(joins ? ", joined" : "")", most: most) {
        let reader = GroupReader(key, joinsTraces: joins)
        return answer(reader.update(to: snapshot, now: now), joins: joins)
      }
    }
    let standing = GroupReader(key, joinsTraces: true)
    _ = standing.update(to: snapshot, now: now)
    table.row("groups by `\(text)`, again", most: most) {
      answer(standing.update(to: snapshot, now: now), joins: true)
    }
  }
  groups("tenant", most: (3, 30))
  groups("tenant.id")
  groups("vector.collection")
  groups("root.name")

  let standing = FacetReader(joinsTraces: true)
  func facets(_ title: String, _ selection: GroupSelection) {
    func answer(_ reader: FacetReader) -> Table.Answer {
      reader.begin(snapshot, selection, now: now)
      let table = reader.proceed() ?? FacetTable()
      return Table.Answer(
        text: "\(table.facets.count) facets of \(table.traces) traces",
        rows: Int(table.rowsScanned), isRight: !table.facets.isEmpty)
    }
    table.row("facets of \(title)", most: (50, 500)) {
      answer(FacetReader(joinsTraces: true))
    }
    _ = answer(standing)
    table.row("facets of \(title), again", most: (50, 500)) { answer(standing) }
  }
  facets("all traces", .all)
  let tenant = Held.tenant
  for text in [tenant, "status=error"] {
    let query = LiveQuery(filter: parsed(text), joinsTraces: true)
    _ = query.update(to: snapshot, now: now)
    facets("`\(text)`", query.selection)
  }
}
