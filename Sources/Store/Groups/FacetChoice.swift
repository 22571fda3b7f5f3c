/// Chooses the facets that are worth showing among those that were counted.
struct FacetChoice {
  let traces: Int
  let errors: Int
  private var found: [FacetTable.Facet] = []

  init(traces: Int, errors: Int) {
    self.traces = traces
    self.errors = errors
  }

  /// Takes the counts of a field's values in.
  mutating func take(
    _ field: Filter.Field, _ counter: FacetCounter, _ values: GroupValues, isKnown: Bool
  ) {
    guard let key = GroupKey(field), !values.isFull, !counter.isGivenUp else { return }
    var all: [FacetTable.Value] = counter.traces.indices.compactMap { code in
      values.text(UInt32(code)).map {
        FacetTable.Value(
          text: $0, traces: Int(counter.traces[code].rounded()),
          errors: Int(counter.errors[code].rounded()))
      }
    }.filter { $0.traces > 0 }
    guard !all.isEmpty else { return }
    var facet = FacetTable.Facet(key: key)
    facet.distinct = all.count
    let without = FacetTable.Value(
      text: nil, traces: traces - Int(counter.having.traces.rounded()),
      errors: errors - Int(counter.having.errors.rounded()))
    if without.traces > 0 { all.append(without) }
    let power = SplitPower(
      all.map { ($0.traces, $0.errors) }, traces: traces, errors: errors,
      isKnown: isKnown)
    facet.score = power.score
    facet.tellsErrors = power.tellsErrors
    // What only failing traces have says which failure it was, not whom it befell.
    if power.tellsErrors, counter.having.errors == counter.having.traces { facet.score /= 4 }
    let byErrors = power.tellsErrors && field != .intrinsic(.verdict)
    all.sort { left, right in
      if byErrors, left.errors != right.errors { return left.errors > right.errors }
      if left.traces != right.traces { return left.traces > right.traces }
      return (left.text ?? "") < (right.text ?? "")
    }
    // What is not set is no value: it stands last.
    facet.values = Array(all.filter { $0.text != nil }.prefix(FacetReader.valuesShown))
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
