import Support

@testable import Store

/// Comparing tables with what spans say.
extension NaiveGroups {
  /// The traces held that stand for a request each, with all of its traces.
  static func units(
    _ snapshot: Snapshot, joined: Bool
  ) -> [(lead: TraceNumber, members: [TraceNumber])] {
    snapshot.traceNumbers.compactMap { number in
      let trace = TraceNumber(number)
      guard snapshot.traceRecord(number) != nil else { return nil }
      guard joined else { return (trace, [trace]) }
      let members = snapshot.requestTraces(of: trace)
      return members.first == trace ? (trace, members) : nil
    }
  }

  // MARK: - Groups

  /// What is wrong about the table of a reader.
  static func problems(
    with reader: GroupReader, _ scene: StoreScene, filter: Filter? = nil, since: UnixNanos? = nil
  ) -> [String] {
    let snapshot = scene.snapshot()
    var selection = GroupSelection.all
    if let filter {
      let live = LiveQuery(filter: filter, joinsTraces: reader.joinsTraces)
      _ = live.update(to: snapshot, now: scene.now)
      selection = live.selection
    }
    let table = reader.update(to: snapshot, selection: selection, since: since, now: scene.now)
    let naive = NaiveGroups(
      reader.key, units(snapshot, joined: reader.joinsTraces), snapshot, now: scene.now,
      since: since, isSelected: { NaiveEvaluator($0).matches(filter) })
    var wrong: [String] = []
    if table.traces != naive.all.traces {
      wrong.append("\(table.traces) traces, not \(naive.all.traces)")
    }
    if table.values != naive.sums.count { wrong.append("\(table.values) values") }
    if table.isScaled != naive.isScaled { wrong.append("scaled: \(table.isScaled)") }
    for row in table.rows {
      let sum = naive.sums[row.value ?? ""] ?? Sum()
      wrong += naive.differences(row, sum).map { "\(row.value ?? "nil"): \($0)" }
    }
    wrong += naive.differences(table.notSet ?? GroupTable.Row(), naive.notSet)
      .map { "not set: \($0)" }
    let about = "\(reader.key), joined \(reader.joinsTraces), \(filter.map { "\($0)" } ?? "-")"
    return wrong.map { "\(about): \($0)" }
  }

  private func differences(_ row: GroupTable.Row, _ sum: Sum) -> [String] {
    var wrong: [String] = []
    if row.traces != sum.traces { wrong.append("\(row.traces) traces, not \(sum.traces)") }
    if row.errors != sum.errors { wrong.append("\(row.errors) errors, not \(sum.errors)") }
    if row.tokens != sum.tokens {
      wrong.append("tokens \(row.tokens as Any), \(sum.tokens as Any)")
    }
    if let cost = row.costUSD, let expected = sum.cost {
      if abs(cost - expected) > 1e-9 * max(1, expected) { wrong.append("cost \(cost)") }
    } else if (row.costUSD == nil) != (sum.cost == nil) {
      wrong.append("cost \(row.costUSD as Any), not \(sum.cost as Any)")
    }
    if row.firstError != sum.firstError { wrong.append("first error \(row.firstError as Any)") }
    for (share, found) in [(0.50, row.p50), (0.95, row.p95), (0.99, row.p99)] {
      guard let exact = quantile(share, of: sum).map({ Double($0) }) else { continue }
      let difference = abs(Double(found?.rawValue ?? 0) - exact)
      if found == nil || difference > exact * GroupTable.quantileError + 1 {
        wrong.append("quantile \(share) is \(found as Any), not \(exact)")
      }
    }
    return wrong
  }

  // MARK: - Facets

  /// The facets of what a scene holds, each key counted trace by trace.
  static func facets(_ scene: StoreScene, filter: Filter? = nil, joined: Bool) -> FacetTable {
    let snapshot = scene.snapshot()
    let units = units(snapshot, joined: joined)
    func count(_ key: GroupKey) -> NaiveGroups {
      NaiveGroups(
        key, units, snapshot, now: scene.now,
        isSelected: { NaiveEvaluator($0).matches(filter) })
    }
    var table = FacetTable()
    guard let verdict = GroupKey(.intrinsic(.verdict)) else { return table }
    let all = count(verdict).all
    (table.traces, table.errors) = (all.traces, all.errors)
    guard all.traces > 0 else { return table }
    var choice = FacetChoice(
      FacetCounts.Sum(traces: all.weight, errors: all.failedWeight))
    let chosen = FacetKeys(snapshot.vocabulary).chosen(of: snapshot).facets
    let known = FacetKeys.ofRecords + [.intrinsic(.service)]
    for field in known + chosen.map({ Filter.Field.attribute($0) }) {
      guard let key = GroupKey(field) else { continue }
      let naive = count(key)
      var values = GroupValues()
      var counts = FacetCounts(codes: naive.sums.count + 2)
      for (text, sum) in naive.sums {
        let code = Int(values.code(of: text))
        counts.sums[code] = FacetCounts.Sum(traces: sum.weight, errors: sum.failedWeight)
      }
      counts.having = FacetCounts.Sum(
        traces: all.weight - naive.notSet.weight,
        errors: all.failedWeight - naive.notSet.failedWeight)
      choice.take(field, counts, values, isKnown: known.contains(field))
    }
    table.facets = choice.facets
    return table
  }

  /// What is wrong about the values that a table shows, whichever keys it chose.
  static func problems(
    with table: FacetTable, _ scene: StoreScene, filter: Filter? = nil, joined: Bool
  ) -> [String] {
    problems(with: table, scene.snapshot(), now: scene.now, filter: filter, joined: joined)
  }

  /// The same of a moment that may be past.
  static func problems(
    with table: FacetTable, _ snapshot: Snapshot, now: UnixNanos, filter: Filter? = nil,
    joined: Bool
  ) -> [String] {
    let units = units(snapshot, joined: joined)
    var wrong: [String] = []
    for facet in table.facets {
      let naive = NaiveGroups(
        facet.key, units, snapshot, now: now,
        isSelected: { NaiveEvaluator($0).matches(filter) })
      if (table.traces, table.errors) != (naive.all.traces, naive.all.errors) {
        wrong.append("\(table.traces) traces, not \(naive.all.traces)")
      }
      if facet.distinct != naive.sums.count {
        wrong.append("\(facet.key): \(facet.distinct) values, not \(naive.sums.count)")
      }
      for value in facet.values {
        let sum = value.text.map { naive.sums[$0] ?? Sum() } ?? naive.notSet
        if (value.traces, value.errors) != (sum.traces, sum.errors) {
          wrong.append("\(facet.key): \(value), not \(sum.traces) and \(sum.errors)")
        }
      }
    }
    return wrong.map { "\(filter.map { "\($0)" } ?? "-"): \($0)" }
  }
}
