/// Reads what a trace says under a key from its record, or the records of its request.
struct KeyRecords {
  let field: Filter.Field
  /// Codes of values of one segment, for the segments met last: most traces' values are in few.
  private var known: [UInt64: UInt32] = [:]
  private static let maximumKnown = 65_536

  init(_ field: Filter.Field) { self.field = field }

  /// The codes of a unit: a trace, or the traces of a request, the leading one first.
  mutating func codes(
    of members: [UInt64], _ snapshot: Snapshot, _ now: UnixNanos, _ values: inout GroupValues
  ) -> [UInt32] {
    switch field {
    case .dimension(let dimension):
      guard let dimension = dimension.vocabulary else { return [] }
      return codes(of: members, dimension, snapshot, &values)
    case .intrinsic(let intrinsic):
      guard let record = snapshot.requestRecord(members) else { return [] }
      return code(of: intrinsic, record, snapshot, now, &values).map { [$0] } ?? []
    case .attribute(let key, in: .root):
      return members.flatMap { member -> [UInt32] in
        guard let record = snapshot.traceRecord(member), record.rootRow > 0,
          let (view, row) = snapshot.place(record.rootRow - 1)
        else { return [] }
        return Self.texts(under: key, of: row, view, placeOfScope: true).map { values.code(of: $0) }
      }
    default: return []
    }
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
    _ values: inout GroupValues
  ) -> [UInt32] {
    let place = Int(dimension.rawValue)
    var best: UInt8 = 255
    for member in members where snapshot.chunks.contains(member) {
      best = min(best, snapshot.chunks[member].dimensions[place].rank)
    }
    guard best != 255 else { return [] }
    var found: [UInt32] = []
    for member in members {
      guard let record = snapshot.traceRecord(member), record.dimensions[place].rank == best else {
        continue
      }
      let slot = record.dimensions[place]
      if slot.hasConflict {
        found += conflicting(record, dimension, rank: Int(best), snapshot).map {
          values.code(of: $0)
        }
      } else if let code = code(of: slot, snapshot, &values) {
        found.append(code)
      }
    }
    return found
  }

  private mutating func code(
    of slot: TraceRecord.DimensionSlot, _ snapshot: Snapshot, _ values: inout GroupValues
  ) -> UInt32? {
    let key = UInt64(slot.segment) << 32 | UInt64(slot.value)
    if let code = known[key] { return code }
    guard let text = snapshot.text(slot) else { return nil }
    if known.count >= Self.maximumKnown { known = [:] }
    let code = values.code(of: text)
    known[key] = code
    return code
  }

  /// All that the spans say under an alias, each span once.
  private func conflicting(
    _ record: TraceRecord, _ dimension: Dimension, rank: Int, _ snapshot: Snapshot
  ) -> [String] {
    let aliases = snapshot.vocabulary.dimensions[dimension] ?? []
    guard aliases.indices.contains(rank) else { return [] }
    var found: [String] = []
    var seen: Set<String> = []
    snapshot.forEachRow(of: record) { view, row in
      let texts = Self.texts(under: aliases[rank], of: row, view, placeOfScope: false).filter {
        !$0.isEmpty && !Vocabulary.isPlaceholder($0, for: dimension)
      }
      let spoken = dimension.speaksLast ? texts.last : texts.first
      if let spoken, seen.insert(spoken).inserted { found.append(spoken) }
    }
    return found
  }

  /// What a span says under a key, and its resource, and where wanted its scope.
  private static func texts(
    under key: String, of row: Int, _ view: SegmentView, placeOfScope hasScope: Bool
  ) -> [String] {
    var origins = view.resource(row).attributes
    if hasScope { origins += view.scope(row).attributes }
    var texts = origins.filter { view.strings[$0.key].elementsEqual(key) }.map {
      view.segment.text(of: $0.value)
    }
    guard let column = view.column(of: key) else { return texts }
    let count = column.rows.count
    var entry = column.position(of: row, below: count)
    while entry < count, Int(column.rows[entry]) == row {
      texts.append(view.segment.text(of: ValueReference(rawValue: column.values[entry])))
      entry += 1
    }
    return texts
  }
}
