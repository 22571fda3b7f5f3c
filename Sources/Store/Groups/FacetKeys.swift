/// The keys that could be facets of what a snapshot holds.
struct FacetKeys {
  /// Dimensions with few values; a session or a request is each its own.
  static let dimensions: [Filter.DimensionKey] = [
    .tenant, .user, .route, .model, .provider, .environment,
  ]
  /// Fields that records answer.
  static let ofRecords: [Filter.Field] = [.intrinsic(.verdict), .intrinsic(.rootName)]
  /// More keys than these are not tried: those with most entries are.
  private static let maximumKeys = 128
  /// How many entries are looked at to find keys that have a value for each trace.
  private static let sample = 2_048
  /// Fewer values than these are few, whatever they are.
  private static let few = 64

  private(set) var fields: [Filter.Field]

  init(_ snapshot: Snapshot) {
    var entries: [String: Int] = [:]
    var largest: [String: (view: SegmentView, column: AttributeColumn)] = [:]
    for view in snapshot.segments {
      for column in view.directory.columns {
        let key = view.strings[column.key].text
        let count = column.count
        entries[key, default: 0] += count
        if count > largest[key]?.column.count ?? 0 { largest[key] = (view, column) }
      }
      for origin in view.directory.resources + view.directory.scopes {
        for attribute in origin.attributes {
          entries[view.strings[attribute.key].text, default: 0] += 1
        }
      }
    }
    let known = Self.keysOfOthers(snapshot.vocabulary)
    for key in entries.keys {
      let isTold = known.contains(key) || key.isEmpty
      if isTold || largest[key].map({ Self.isIdentifier($0.column, $0.view) }) ?? false {
        entries[key] = nil
      }
    }
    let keys = entries.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    fields =
      [.intrinsic(.service)] + keys.prefix(Self.maximumKeys).map { Filter.Field.attribute($0.key) }
  }

  /// Keys that other facets speak of already, and amounts.
  private static func keysOfOthers(_ vocabulary: Vocabulary) -> Set<String> {
    var keys: Set<String> = ["service.name"]
    for dimension in dimensions.compactMap(\.vocabulary) + [.session, .request] {
      keys.formUnion(vocabulary.dimensions[dimension] ?? [])
    }
    // The verdict is made of these and says more.
    let told: [KeyMeaning.Clue] = [
      .error, .message, .success, .violation, .controlAllowed, .quality, .modelCall,
    ]
    for clue in told { keys.formUnion(vocabulary.clues[clue] ?? []) }
    for measure in KeyMeaning.Measure.allCases {
      keys.formUnion(vocabulary.measures[measure] ?? [])
    }
    return keys
  }

  /// Whether nearly every trace has another value, or the values are amounts.
  private static func isIdentifier(_ column: AttributeColumn, _ view: SegmentView) -> Bool {
    if let dictionary = column.packed?.dictionary, dictionary.values.count < few { return false }
    var codes = SegmentCodes()
    codes.begin(view.segment)
    var (values, numbers) = (0, 0)
    var traces: [UInt32] = []
    // As many rows as have the entries that are looked at.
    let last = column.row(at: min(column.count, sample) - 1)
    column.forEachEntry(0..<last + 1) { row, value in
      traces.append(view.segment.rows.trace[row])
      _ = codes.code(value, in: view.segment) { reference in
        values += 1
        switch reference.kind {
        case .smallInteger, .wideInteger, .double: numbers += 1
        default: break
        }
        return UInt32(values)
      }
    }
    if numbers >= few { return true }
    return values >= few && values * 10 >= Set(traces).count * 9
  }
}
