/// Finds the keys that split the traces of a filter best, and counts their values.
///
/// Every key that could be a facet is counted over the columns that have it; keys with a value for
/// each trace are left out after a look at a few thousand entries. A table is made in steps, a key each,
/// so that other questions come between. Confined to the thread that asks.
public final class FacetReader {
  /// How many facets a table has, and how many values of each.
  public static let facetsShown = 16
  public static let valuesShown = 8

  public let joinsTraces: Bool
  private let figures: TraceFigures
  private var count: FacetCount?

  public init(joinsTraces: Bool) {
    self.joinsTraces = joinsTraces
    figures = TraceFigures(joinsTraces: joinsTraces)
  }

  /// Bytes of memory taken between two tables.
  public var bytes: Int { figures.bytes }

  /// Whether a table is being made.
  public var isCounting: Bool { count != nil }

  /// Begins a table; what was begun before is forgotten.
  public func begin(_ snapshot: Snapshot, _ selection: GroupSelection, now: UnixNanos) {
    _ = figures.update(to: snapshot)
    count = FacetCount(figures, snapshot, selection, now)
  }

  /// Goes on with the table, at least a step; the table once it is done, nil before.
  public func proceed(isTimeUp: () -> Bool = { false }) -> FacetTable? {
    while count?.step() ?? false {
      if isTimeUp() { return nil }
    }
    defer { count = nil }
    return count?.table
  }
}

/// One table being made.
private struct FacetCount {
  private let snapshot: Snapshot
  private let now: UnixNanos
  private let figures: TraceFigures
  /// By trace: the place of the unit it belongs to plus one; zero where that is not selected.
  private var units: [UInt32]
  private let base: UInt64
  private var left: [Filter.Field]
  private var found: [FacetTable.Facet] = []
  private var isOfRecordsLeft = true
  private(set) var table = FacetTable()

  init(
    _ figures: TraceFigures, _ snapshot: Snapshot, _ selection: GroupSelection, _ now: UnixNanos
  ) {
    self.snapshot = snapshot
    self.now = now
    self.figures = figures
    base = figures.base
    var units = [UInt32](repeating: 0, count: figures.figures.count)
    var (traces, errors) = (0.0, 0.0)
    func take(_ number: UInt64) {
      let figure = figures[number]
      guard figure.has(TraceFigure.isUnit) else { return }
      units[Int(number - figures.base)] = UInt32(number - figures.base) + 1
      traces += Double(figure.weight)
      if figure.has(TraceFigure.hasFailed) { errors += Double(figure.weight) }
    }
    switch selection {
    case .all: for number in figures.base..<figures.end { take(number) }
    case .traces(let bits):
      bits.forEachReversed { number in
        take(number)
        return true
      }
    }
    for (follower, lead) in figures.leads where lead >= figures.base && lead < figures.end {
      units[Int(follower - figures.base)] = units[Int(lead - figures.base)]
    }
    self.units = units
    table.traces = Int(traces.rounded())
    table.errors = Int(errors.rounded())
    left = table.traces > 0 ? FacetKeys(snapshot).fields : []
    if table.traces == 0 { isOfRecordsLeft = false }
  }

  /// Counts one key more; false when all are.
  mutating func step() -> Bool {
    if isOfRecordsLeft {
      isOfRecordsLeft = false
      countRecords()
    } else if let field = left.popLast() {
      countRows(field)
    }
    guard left.isEmpty else { return true }
    table.facets = chosen()
    return false
  }

  // MARK: - Records

  /// Dimensions and the like, all in one look at the records.
  private mutating func countRecords() {
    let dimensions = FacetKeys.dimensions.compactMap(\.vocabulary)
    var readers = FacetKeys.dimensions.map { KeyRecords(.dimension($0)) }
    var values = [GroupValues](repeating: GroupValues(), count: dimensions.count)
    var counters = [FacetCounter](
      repeating: FacetCounter(units: units.count), count: dimensions.count)
    let fields = FacetKeys.ofRecords
    var others = fields.map { KeyRecords($0) }
    var otherValues = [GroupValues](repeating: GroupValues(), count: fields.count)
    var otherCounters = [FacetCounter](
      repeating: FacetCounter(units: units.count), count: fields.count)
    for index in units.indices where units[index] != 0 {
      let number = base + UInt64(index)
      let unit = Int(units[index]) - 1
      let figure = figures[base + UInt64(unit)]
      if figure.has(TraceFigure.isJoined) {
        // What the whole request says, by its leading trace.
        guard unit == index else { continue }
        let members = snapshot.members(of: number)
        for place in dimensions.indices {
          for code in readers[place].codes(of: members, snapshot, now, &values[place]) {
            counters[place].add(code, unit: unit, figure)
          }
        }
      } else {
        for place in dimensions.indices {
          let dimension = dimensions[place]
          let slot = snapshot.chunks[number].dimensions[Int(dimension.rawValue)]
          readers[place].forEach(of: slot, number, dimension, snapshot, &values[place]) {
            counters[place].add($0, unit: unit, figure)
          }
        }
      }
      guard unit == index else { continue }
      let members = figure.has(TraceFigure.isJoined) ? snapshot.members(of: number) : [number]
      for place in fields.indices {
        for code in others[place].codes(of: members, snapshot, now, &otherValues[place]) {
          otherCounters[place].add(code, unit: unit, figure)
        }
      }
    }
    for (place, dimension) in FacetKeys.dimensions.enumerated() {
      take(.dimension(dimension), counters[place], values[place], isKnown: true)
    }
    for (place, field) in fields.enumerated() {
      take(field, otherCounters[place], otherValues[place], isKnown: true)
    }
  }

  // MARK: - Rows

  private mutating func countRows(_ field: Filter.Field) {
    var rows = KeyRows(field)
    var values = GroupValues()
    var counter = FacetCounter(units: units.count)
    let (units, base, chunks, figures) = (units, base, snapshot.chunks, figures.figures)
    for view in snapshot.segments {
      let traces = view.segment.rows.trace
      rows.forEach(view, 0..<view.count, &values) { row, code in
        let number = chunks.number(low: traces[row])
        guard number >= base, number - base < UInt64(units.count) else { return }
        let unit = units[Int(number - base)]
        guard unit != 0 else { return }
        counter.add(code, unit: Int(unit) - 1, figures[Int(unit) - 1])
      }
      table.rowsScanned += UInt64(view.count)
      if counter.isGivenUp || values.isFull { return }
    }
    take(field, counter, values, isKnown: field == .intrinsic(.service))
  }

  // MARK: - Choosing

  private mutating func take(
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
      text: nil, traces: table.traces - Int(counter.having.traces.rounded()),
      errors: table.errors - Int(counter.having.errors.rounded()))
    if without.traces > 0 { all.append(without) }
    let power = SplitPower(
      all.map { ($0.traces, $0.errors) }, traces: table.traces, errors: table.errors,
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
  private func chosen() -> [FacetTable.Facet] {
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
