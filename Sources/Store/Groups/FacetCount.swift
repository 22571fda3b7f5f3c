/// One table of facets being made.
struct FacetCount {
  private let snapshot: Snapshot
  private let now: UnixNanos
  private let figures: TraceFigures
  /// By trace: the place of the unit it belongs to plus one; zero where that is not selected.
  private var units: [UInt32]
  private let base: UInt64
  private var left: [Filter.Field]
  private var choice: FacetChoice
  private var isOfRecordsLeft = true
  /// Made when the first key is counted.
  private var rows: FacetRows?
  private(set) var table = FacetTable()

  init(
    _ figures: TraceFigures, _ snapshot: Snapshot, _ selection: GroupSelection, _ now: UnixNanos
  ) {
    self.snapshot = snapshot
    self.now = now
    self.figures = figures
    base = figures.base
    let (all, base) = (figures.figures, figures.base)
    var units = [UInt32](repeating: 0, count: all.count)
    var (traces, errors) = (0.0, 0.0)
    func take(_ number: UInt64) {
      guard number >= base, number - base < UInt64(all.count) else { return }
      let index = Int(number - base)
      guard all[index].has(TraceFigure.isUnit) else { return }
      units[index] = UInt32(index) + 1
      traces += Double(all[index].weight)
      if all[index].has(TraceFigure.hasFailed) { errors += Double(all[index].weight) }
    }
    switch selection {
    case .all: for number in base..<base + UInt64(all.count) { take(number) }
    case .traces(let bits):
      bits.forEachReversed { number in
        take(number)
        return true
      }
    }
    for (follower, lead) in figures.leads where lead >= base && lead < figures.end {
      units[Int(follower - base)] = units[Int(lead - base)]
    }
    self.units = units
    table.traces = Int(traces.rounded())
    table.errors = Int(errors.rounded())
    choice = FacetChoice(traces: table.traces, errors: table.errors)
    left = table.traces > 0 ? FacetKeys(snapshot).fields : []
    if table.traces == 0 { isOfRecordsLeft = false }
  }

  /// Counts one key more; false when all are.
  mutating func step() -> Bool {
    if isOfRecordsLeft {
      isOfRecordsLeft = false
      countRecords()
    } else if left.isEmpty {
      // Nothing was selected.
    } else if rows == nil {
      let made = FacetRows(snapshot, units: units, base: base)
      table.rowsScanned += UInt64(snapshot.segments.reduce(0) { $0 + $1.count })
      rows = made
    } else if let field = left.popLast() {
      countRows(field)
    }
    guard left.isEmpty else { return true }
    table.facets = choice.facets
    return false
  }

  // MARK: - Records

  /// Dimensions and the like, a field after the other.
  private mutating func countRecords() {
    var counter = FacetCounter(units: units.count)
    for field in FacetKeys.dimensions.map({ Filter.Field.dimension($0) }) + FacetKeys.ofRecords {
      counter.removeAll()
      var values = GroupValues()
      countRecords(field, &counter, &values)
      counter.finish(figures.figures)
      choice.take(field, counter, values, isKnown: true)
    }
  }

  private func countRecords(
    _ field: Filter.Field, _ counter: inout FacetCounter, _ values: inout GroupValues
  ) {
    var reader = KeyRecords(field)
    var finder = RowFinder(snapshot)
    let figures = figures.figures
    let isOfTraces = if case .dimension = field { true } else { false }
    for index in units.indices where units[index] != 0 {
      let unit = Int(units[index]) - 1
      // Traces of one request say together what it says, by the one that leads.
      if figures[unit].has(TraceFigure.isJoined) {
        guard unit == index else { continue }
        let members = snapshot.members(of: base + UInt64(index))
        for code in reader.codes(of: members, snapshot, now, &values) {
          counter.add(code, unit: unit, figures)
        }
      } else if isOfTraces || unit == index {
        reader.forEach(ofTrace: base + UInt64(index), snapshot, &finder, now, &values) {
          counter.add($0, unit: unit, figures)
        }
      }
    }
  }

  // MARK: - Rows

  private mutating func countRows(_ field: Filter.Field) {
    var values = GroupValues()
    guard let found = rows?.count(field, figures.figures, &values) else { return }
    table.rowsScanned += UInt64(found.rows)
    if let counter = found.counter {
      choice.take(field, counter, values, isKnown: field == .intrinsic(.service))
    }
  }
}
