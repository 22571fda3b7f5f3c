/// Counts the traces that have each value of a key, from the rows of all segments.
///
/// A row's unit is found once for all keys. What spans say is counted entry by entry, by the codes of the
/// columns' dictionaries; what resources and scopes say, by which of them each trace comes from.
struct FacetRows {
  private let rows: UnitRows
  private let unitCount: Int
  private let resources: UnitOrigins
  /// Nil where no scope has attributes, as is usual.
  private let scopes: UnitOrigins?
  /// Used again for each key.
  private var counter: FacetCounter
  /// What was counted of resources alone, by the codes of the values that each of them has: keys that
  /// divide them alike, such as a host's name and its id, count alike.
  private var known: [[[UInt32]]: FacetCounter] = [:]

  init(_ snapshot: Snapshot, units: [UInt32], base: UInt64) {
    rows = UnitRows(snapshot, units: units, base: base)
    unitCount = units.count
    resources = UnitOrigins(rows, units: units.count, \.resources, \.resource)
    let hasScopes = rows.views.contains { $0.directory.scopes.contains { !$0.attributes.isEmpty } }
    scopes = hasScopes ? UnitOrigins(rows, units: units.count, \.scopes, \.scope) : nil
    counter = FacetCounter(units: units.count)
  }

  /// The counts of a field's values and how many entries were looked at; no counts for a key that has
  /// too many values to be a facet.
  mutating func count(
    _ field: Filter.Field, _ figures: [TraceFigure], _ values: inout GroupValues
  ) -> (counter: FacetCounter?, rows: Int) {
    guard case .attribute(let key, in: _) = field else {
      let counted = count(
        resources.codesOfNames(rows, &values), of: resources, figures, isAlone: true)
      return (counted, resources.pairs.count)
    }
    let columns = rows.views.map { $0.column(of: key) }
    let ofResources = resources.codes(of: key, rows, &values)
    let ofScopes = scopes?.codes(of: key, rows, &values) ?? []
    let isOfScopes = ofScopes.contains { !$0.isEmpty }
    if !isOfScopes, columns.allSatisfy({ $0 == nil }) {
      if values.isFull { return (nil, 0) }
      return (count(ofResources, of: resources, figures, isAlone: true), resources.pairs.count)
    }
    counter.removeAll()
    var looked = 0
    if ofResources.contains(where: { !$0.isEmpty }) {
      counter = count(ofResources, of: resources, figures, isAlone: false)
      looked += resources.pairs.count
    }
    if isOfScopes, let scopes {
      counter = count(ofScopes, of: scopes, figures, isAlone: false)
      looked += scopes.pairs.count
    }
    for (place, column) in columns.enumerated() {
      guard let column else { continue }
      looked += min(column.count, rows.count(at: place))
      count(column, at: place, figures, &values)
      if counter.isGivenUp || values.isFull { return (nil, looked) }
    }
    counter.finish(figures)
    return (counter, looked)
  }

  /// Adds what spans say in one segment.
  private mutating func count(
    _ column: AttributeColumn, at place: Int, _ figures: [TraceFigure],
    _ values: inout GroupValues
  ) {
    let segment = rows.views[place].segment
    if let dictionary = column.packed?.dictionary {
      let texts = dictionary.values.map {
        values.code(of: segment.text(of: ValueReference(rawValue: $0)))
      }
      var found = take()
      rows.forEachEntry(column, at: place) { unit, number in
        found.add(texts[Int(number)], unit: unit, figures)
      }
      counter = found
      return
    }
    var found = take()
    var codes = SegmentCodes()
    codes.begin(segment)
    rows.forEachEntry(column, at: place) { unit, value in
      let code = codes.code(value, in: segment) { values.code(of: segment.text(of: $0)) }
      found.add(code, unit: unit, figures)
    }
    counter = found
  }

  /// The counter, held by nobody else for as long as it is counted in.
  private mutating func take() -> FacetCounter {
    defer { counter = FacetCounter(units: 0) }
    return counter
  }

  /// Adds what resources or scopes say; `isAlone` where nothing was counted before nor will be after.
  private mutating func count(
    _ codes: [[UInt32]], of origins: UnitOrigins, _ figures: [TraceFigure], isAlone: Bool
  ) -> FacetCounter {
    if isAlone {
      if let known = known[codes] { return known }
      counter.removeAll()
    }
    var found = take()
    for pair in origins.pairs {
      for code in codes[Int(pair.origin)] { found.add(code, unit: Int(pair.unit), figures) }
    }
    guard isAlone else { return found }
    found.finish(figures)
    counter = found
    found.forgetUnits()
    known[codes] = found
    return found
  }
}
