/// Reads what the spans of a trace say under an alias of a dimension, and their resources, where they do not
/// agree: as codes, so that no text is made of a value met before.
struct ConflictCodes {
  private let dimension: Dimension
  /// Codes of values of the segment that was read last; none for what says nothing.
  private var ofValues = SegmentCodes()
  /// The codes of that segment's resources under an alias; nil for those that were not met.
  private var ofResources: [[UInt32]?] = []
  private var source = (segment: UInt64.max, rank: -1)

  init(_ dimension: Dimension) { self.dimension = dimension }

  /// Calls `body` with the codes of a trace, one that is said twice perhaps twice.
  ///
  /// - Parameters:
  ///   - lastRow: the trace's last row, as its record has it.
  ///   - rank: the alias's.
  mutating func forEach(
    ofRowsBack lastRow: UInt64, rank: Int, _ snapshot: Snapshot, _ finder: inout RowFinder,
    _ values: inout GroupValues, _ body: (UInt32) -> Void
  ) {
    let aliases = snapshot.vocabulary.dimensions[dimension] ?? []
    guard aliases.indices.contains(rank) else { return }
    let views = finder.views
    var current = -1
    var column: AttributeColumn?
    var resource = -1
    finder.forEachRow(backFrom: lastRow) { place, position in
      let segment = views[place].segment
      if place != current {
        (current, resource) = (place, -1)
        column = views[place].column(of: aliases[rank])
        begin(views[place], rank)
      }
      if let column {
        let code = code(of: column, position, segment, &values)
        if code != GroupValues.none { body(code) }
      }
      let own = Int(segment.rows.resource[position])
      if own != resource {
        resource = own
        for code in codes(ofResource: own, aliases[rank], views[place], &values) { body(code) }
      }
    }
  }

  private mutating func begin(_ view: SegmentView, _ rank: Int) {
    ofValues.begin(view.segment)
    if source != (view.segment.identity, rank) {
      source = (view.segment.identity, rank)
      ofResources = []
    }
    let missing = view.directory.resources.count - ofResources.count
    if missing > 0 { ofResources.append(contentsOf: repeatElement(nil, count: missing)) }
  }

  /// What a row says: the first value that says something, or the last.
  private mutating func code(
    of column: AttributeColumn, _ row: Int, _ segment: Segment, _ values: inout GroupValues
  ) -> UInt32 {
    let count = column.count
    var entry = column.position(of: row, below: count)
    var said = GroupValues.none
    while entry < count, column.row(at: entry) == row {
      let code = ofValues.code(column.value(at: entry), in: segment) {
        Self.code(of: $0, dimension, segment, &values)
      }
      entry += 1
      guard code != GroupValues.none else { continue }
      said = code
      if !dimension.speaksLast { break }
    }
    return said
  }

  private mutating func codes(
    ofResource number: Int, _ alias: String, _ view: SegmentView, _ values: inout GroupValues
  ) -> [UInt32] {
    if let known = ofResources[number] { return known }
    var codes: [UInt32] = []
    for attribute in view.directory.resources[number].attributes
    where view.strings[attribute.key].elementsEqual(alias) {
      let code = Self.code(of: attribute.value, dimension, view.segment, &values)
      if code != GroupValues.none { codes.append(code) }
    }
    ofResources[number] = codes
    return codes
  }

  /// The code of a value; none for one that names nothing.
  private static func code(
    of value: ValueReference, _ dimension: Dimension, _ segment: Segment,
    _ values: inout GroupValues
  ) -> UInt32 {
    switch value.kind {
    case .string, .smallInteger, .wideInteger: break
    default: return GroupValues.none
    }
    let text = segment.text(of: value)
    if text.isEmpty || Vocabulary.isPlaceholder(text, for: dimension) { return GroupValues.none }
    return values.code(of: text)
  }
}
