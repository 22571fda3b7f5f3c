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
        let count = column.rows.count
        entries[key, default: 0] += count
        if count > largest[key]?.column.rows.count ?? 0 { largest[key] = (view, column) }
      }
      for origin in view.directory.resources + view.directory.scopes {
        for attribute in origin.attributes {
          entries[view.strings[attribute.key].text, default: 0] += 1
        }
      }
    }
    let known = Self.keysOfOthers(snapshot.vocabulary)
    for key in entries.keys {
      let isIdentifier = largest[key].map { Self.isIdentifier($0.column, $0.view) } ?? false
      if known.contains(key) || key.isEmpty || isIdentifier { entries[key] = nil }
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
    var codes = SegmentCodes()
    codes.begin(view.segment)
    var (values, numbers) = (0, 0)
    var traces: Set<UInt32> = []
    for entry in 0..<min(column.rows.count, sample) {
      traces.insert(view.segment.rows.trace[Int(column.rows[entry])])
      _ = codes.code(column.values[entry], in: view.segment) { reference in
        values += 1
        switch reference.kind {
        case .smallInteger, .wideInteger, .double: numbers += 1
        default: break
        }
        return UInt32(values)
      }
    }
    if numbers >= few { return true }
    return values >= few && values * 10 >= traces.count * 9
  }
}
