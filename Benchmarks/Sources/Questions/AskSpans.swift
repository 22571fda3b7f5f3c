import Store

/// Spans by themselves, as SQL engines are asked them; `Benchmarks/Scripts/baselines.py` asks them the same.
func askSpans(_ table: Table, _ held: Held) {
  let snapshot = held.snapshot
  let tenant = Held.tenant

  func count(
    _ title: String, _ text: String, _ expected: Int? = nil, most: (Double, Double)? = nil
  ) {
    let filter = parsed(text)
    table.row("\(title): `\(text)`, count", most: most) {
      guard let tally = snapshot.tally(spansOf: filter) else { fatalError("\(text) is of traces") }
      return Table.Answer(
        text: "\(tally.spans) spans", rows: tally.work.rowsScanned,
        isRight: !held.isGolden || expected == nil || tally.spans == expected)
    }
  }

  let filter = parsed(tenant)
  table.row("a tenant: `\(tenant)`, first page (newest 100 spans)", most: (0.5, 5)) {
    let found = snapshot.newestSpans(of: filter, limit: 100) ?? []
    return Table.Answer(text: "\(found.count) spans", isRight: found.count == 100)
  }
  count("a tenant", tenant, 20_312, most: (1, 5))
  table.row("a tenant: `\(tenant)`, summed duration") {
    guard let tally = snapshot.tally(spansOf: filter, addsDurations: true) else {
      fatalError("\(tenant) is of traces")
    }
    return Table.Answer(
      text: "\(tally.duration.rawValue) ns", rows: tally.work.rowsScanned,
      isRight: !held.isGolden || tally.duration.rawValue == 9_758_429_535_032)
  }
  count("a user", "user.id=user-01234", 151, most: (2, 20))
  count("an attribute that nobody declared", "vector.collection=users", most: (2, 20))
  count("failed, over 1 s", "status=error dur>1s", 4_181)
  count(
    "substring in one key", #"gen_ai.prompt.preview=~"rollback plan""#, 3_406, most: (25, 250))
  count("substring in all values", #""rollback plan""#, most: (40, 400))
}
