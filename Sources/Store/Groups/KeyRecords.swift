/// Reads what a trace says under a key from its record, or the records of its request.
struct KeyRecords {
  let field: Filter.Field
  /// Codes by segment and value, so that no text is made of a value met before.
  private var known = CodeMap()
  /// The number looked up last.
  private var last = (number: UInt64.max, code: GroupValues.none)
  /// How often rows had been moved then: the values of a segment have other ids afterwards.
  private var moves = 0
  /// Reads the rows of traces whose spans do not agree; nil where the field is no dimension.
  private var conflicts: ConflictCodes?
  /// As many as a map of 16k places takes, which stays near the processor: traces come in the order of their
  /// segments, each of which has values of its own.
  private static let maximumKnown = 8_191

  init(_ field: Filter.Field) {
    self.field = field
    conflicts = dimension.map { ConflictCodes($0) }
  }

  /// The codes of a unit: a trace, or the traces of a request, the leading one first.
  mutating func codes(
    of members: [UInt64], _ snapshot: Snapshot, _ finder: inout RowFinder, _ now: UnixNanos,
    _ values: inout GroupValues
  ) -> [UInt32] {
    switch field {
    case .dimension(let dimension):
      guard let dimension = dimension.vocabulary else { return [] }
      return codes(of: members, dimension, snapshot, &finder, &values)
    case .intrinsic(let intrinsic):
      guard let record = snapshot.requestRecord(members) else { return [] }
      return code(of: intrinsic, record, snapshot, now, &values).map { [$0] } ?? []
    case .attribute(let key, in: .root):
      return members.flatMap { member -> [UInt32] in
        guard let record = snapshot.traceRecord(member), record.rootRow > 0,
          let (view, row) = snapshot.place(record.rootRow - 1)
        else { return [] }
        let found =
          Self.values(under: key, of: row, view)
          + Self.values(under: key, view.resource(row), view)
          + Self.values(under: key, view.scope(row), view)
        return found.map { values.code(of: view.segment.text(of: $0)) }
      }
    default: return []
    }
  }

  /// The dimension that the field is; nil where it is none.
  var dimension: Dimension? {
    if case .dimension(let dimension) = field { dimension.vocabulary } else { nil }
  }

  /// The code of the value at a slot's place; none where that is not held any more.
  mutating func code(
    at place: UInt64, _ snapshot: Snapshot, _ values: inout GroupValues
  ) -> UInt32 {
    code(of: TraceRecord.DimensionSlot(place: place), snapshot, &values) ?? GroupValues.none
  }

  /// Whether ``forEach(ofTrace:_:_:_:_:_:)`` knows the field.
  var isOfPlainTraces: Bool {
    switch field {
    case .dimension(let dimension): dimension.vocabulary != nil
    case .intrinsic(.verdict), .intrinsic(.error), .intrinsic(.rootName), .intrinsic(.rootService):
      true
    default: false
    }
  }

  /// Calls `body` with the codes of a trace that stands alone: as ``codes(of:_:_:_:)``, for loops over
  /// all traces.
  @inline(__always)
  mutating func forEach(
    ofTrace number: UInt64, _ snapshot: Snapshot, _ finder: inout RowFinder, _ now: UnixNanos,
    _ values: inout GroupValues, _ body: (UInt32) -> Void
  ) {
    switch field {
    case .dimension(let dimension):
      guard let dimension = dimension.vocabulary else { return }
      let slot = snapshot.chunks[number].dimensions[Int(dimension.rawValue)]
      forEach(of: slot, number, snapshot, &finder, &values, body)
    case .intrinsic(.verdict):
      let verdict = snapshot.chunks[number].verdict(now: now.rawValue)
      body(plainCode(UInt64(verdict.rawValue)) { values.code(of: verdict.name) })
    case .intrinsic(.error):
      let isError = snapshot.chunks[number].errors > 0
      body(plainCode(isError ? 1 : 0) { values.code(of: isError ? "true" : "false") })
    case .intrinsic(let intrinsic):
      let row = snapshot.chunks[number].earliestRow
      guard row > 0, let (place, position) = finder.find(row - 1) else { return }
      let segment = finder.views[place].segment
      let text =
        intrinsic == .rootName
        ? segment.rows.name[position]
        : finder.views[place].directory.resources[Int(segment.rows.resource[position])].name
      let code = plainCode(segment.identity << 32 | UInt64(text)) {
        let text = segment.strings[text].text
        return text.isEmpty ? GroupValues.none : values.code(of: text)
      }
      if code != GroupValues.none { body(code) }
    default: break
    }
  }

  /// The code of what a number stands for, made once: a verdict, or a segment's identity above the id of a
  /// text.
  @inline(__always)
  mutating func plainCode(_ number: UInt64, _ make: () -> UInt32) -> UInt32 {
    if number == last.number { return last.code }
    if let code = known[number] {
      last = (number, code)
      return code
    }
    let code = make()
    if known.count >= Self.maximumKnown { known = CodeMap() }
    known.insert(number, code)
    last = (number, code)
    return code
  }

  private func code(
    of intrinsic: Filter.Intrinsic, _ record: TraceRecord, _ snapshot: Snapshot,
    _ now: UnixNanos, _ values: inout GroupValues
  ) -> UInt32? {
    switch intrinsic {
    case .verdict: return values.code(of: record.verdict(now: now.rawValue).name)
    case .error: return values.code(of: record.errors > 0 ? "true" : "false")
    case .rootName, .rootService:
      guard record.earliestRow > 0, let (view, row) = snapshot.place(record.earliestRow - 1) else {
        return nil
      }
      let text =
        intrinsic == .rootName
        ? view.name(row) : view.strings[view.resource(row).name].text
      return text.isEmpty ? nil : values.code(of: text)
    default: return nil
    }
  }

  // MARK: - Dimensions

  /// The values under the alias that stands first among those that the traces have.
  private mutating func codes(
    of members: [UInt64], _ dimension: Dimension, _ snapshot: Snapshot,
    _ finder: inout RowFinder, _ values: inout GroupValues
  ) -> [UInt32] {
    let place = Int(dimension.rawValue)
    var best: UInt8 = 255
    for member in members where snapshot.chunks.contains(member) {
      best = min(best, snapshot.chunks[member].dimensions[place].rank)
    }
    guard best != 255 else { return [] }
    var found: [UInt32] = []
    for member in members {
      guard snapshot.chunks.contains(member) else { continue }
      let slot = snapshot.chunks[member].dimensions[place]
      guard slot.rank == best else { continue }
      forEach(of: slot, member, snapshot, &finder, &values) { found.append($0) }
    }
    return found
  }

  /// Calls `body` with the codes that one trace's place for a dimension stands for.
  @inline(__always)
  mutating func forEach(
    of slot: TraceRecord.DimensionSlot, _ number: UInt64, _ snapshot: Snapshot,
    _ finder: inout RowFinder, _ values: inout GroupValues, _ body: (UInt32) -> Void
  ) {
    if slot.rank == 255 { return }
    if slot.hasConflict {
      let lastRow = snapshot.chunks[number].lastRow
      conflicts?.forEach(
        ofRowsBack: lastRow, rank: Int(slot.rank), snapshot, &finder, &values, body)
    } else if let code = code(of: slot, snapshot, &values) {
      body(code)
    }
  }

  private mutating func code(
    of slot: TraceRecord.DimensionSlot, _ snapshot: Snapshot, _ values: inout GroupValues
  ) -> UInt32? {
    if moves != snapshot.moves {
      moves = snapshot.moves
      known = CodeMap()
    }
    let key = UInt64(slot.segment) << 32 | UInt64(slot.value)
    if let code = known[key] { return code }
    guard slot.rank != 255, let segment = snapshot.segment(of: slot) else { return nil }
    if known.count >= Self.maximumKnown { known = CodeMap() }
    let code = values.code(of: ValueReference(rawValue: slot.value), in: segment)
    known.insert(key, code)
    return code
  }

  // MARK: - One span

  private static func values(
    under key: String, _ origin: SegmentOrigin, _ view: SegmentView
  ) -> [ValueReference] {
    origin.attributes.filter { view.strings[$0.key].elementsEqual(key) }.map(\.value)
  }

  private static func values(
    under key: String, of row: Int, _ view: SegmentView
  ) -> [ValueReference] {
    guard let column = view.column(of: key) else { return [] }
    var values: [ValueReference] = []
    let count = column.count
    var entry = column.position(of: row, below: count)
    while entry < count, column.row(at: entry) == row {
      values.append(ValueReference(rawValue: column.value(at: entry)))
      entry += 1
    }
    return values
  }
}
