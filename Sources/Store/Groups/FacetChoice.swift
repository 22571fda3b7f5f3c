/// Chooses the facets that are worth showing among those that were counted.
struct FacetChoice {
  /// All traces that were counted.
  private let all: FacetCounts.Sum
  private var found: [FacetTable.Facet] = []

  init(_ all: FacetCounts.Sum) { self.all = all }

  /// Takes the counts of a field's values in.
  mutating func take(
    _ field: Filter.Field, _ counts: FacetCounts, _ values: GroupValues, isKnown: Bool
  ) {
    guard let key = GroupKey(field), !values.isFull else { return }
    func value(_ text: String?, _ sum: FacetCounts.Sum) -> FacetTable.Value {
      FacetTable.Value(text: text, traces: sum.roundedTraces, errors: sum.roundedErrors)
    }
    var shown = counts.sums.indices.compactMap { code in
      values.text(UInt32(code)).map { value($0, counts.sums[code]) }
    }.filter { $0.traces > 0 }
    guard !shown.isEmpty else { return }
    var facet = FacetTable.Facet(key: key)
    facet.distinct = shown.count
    let without = value(
      nil,
      FacetCounts.Sum(
        traces: all.traces - counts.having.traces, errors: all.errors - counts.having.errors))
    if without.traces > 0 { shown.append(without) }
    // Sums of fractions come to the same in the same order alone, and a tie is to stay one.
    func splitPower(_ values: some Sequence<FacetTable.Value>) -> SplitPower {
      SplitPower(
        values.map { ($0.traces, $0.errors) }.sorted(by: >), traces: all.roundedTraces,
        errors: all.roundedErrors, isKnown: isKnown)
    }
    let power = splitPower(shown)
    facet.score = power.score
    facet.tellsErrors = power.tellsErrors
    // What only failing traces have says which failure it was, not whom it befell.
    if facet.tellsErrors, counts.having.errors == counts.having.traces { facet.score /= 4 }
    // With a value for nearly each trace it divides them into themselves, and that failing traces are those
    // that have one tells of none of them.
    let having = counts.having.roundedTraces
    if having > 2, facet.distinct * 10 >= having * 9,
      !splitPower(shown.lazy.filter { $0.text != nil }).tellsErrors
    {
      facet.score /= 10
      facet.tellsErrors = false
    }
    let byErrors = facet.tellsErrors && field != .intrinsic(.verdict)
    func comes(_ left: FacetTable.Value, before right: FacetTable.Value) -> Bool {
      if byErrors, left.errors != right.errors { return left.errors > right.errors }
      if left.traces != right.traces { return left.traces > right.traces }
      return (left.text ?? "") < (right.text ?? "")
    }
    // Few of many are shown, so the others need not be in order. What is not set is no value: it stands last.
    for value in shown where value.text != nil {
      if facet.values.count == FacetReader.valuesShown {
        guard let last = facet.values.last, comes(value, before: last) else { continue }
        facet.values.removeLast()
      }
      let place = facet.values.firstIndex { comes(value, before: $0) } ?? facet.values.count
      facet.values.insert(value, at: place)
    }
    if without.traces > 0 { facet.values.append(without) }
    found.append(facet)
  }

  /// The best of those found, none twice under another name.
  var facets: [FacetTable.Facet] {
    let verdict = GroupKey(.intrinsic(.verdict))
    let sorted = found.filter { $0.score > 0 || $0.key == verdict }.sorted { left, right in
      if (left.key == verdict) != (right.key == verdict) { return left.key == verdict }
      if left.tellsErrors != right.tellsErrors { return left.tellsErrors }
      if left.score != right.score { return left.score > right.score }
      return left.key.description < right.key.description
    }
    var chosen: [FacetTable.Facet] = []
    for facet in sorted {
      let isTold = chosen.contains { other in
        other.distinct == facet.distinct && other.distinct > 1
          && other.values.map(\.text) == facet.values.map(\.text)
          && other.values == facet.values
      }
      if !isTold { chosen.append(facet) }
      if chosen.count == FacetReader.facetsShown { break }
    }
    return chosen
  }
}
