/// The keys that could be facets of what a snapshot holds.
struct FacetKeys {
  /// Dimensions with few values; a session or a request is each its own.
  private static let dimensions: [Filter.DimensionKey] = [
    .tenant, .user, .route, .model, .provider, .environment,
  ]
  /// Fields that records answer.
  static let ofRecords: [Filter.Field] =
    dimensions.map { .dimension($0) } + [.intrinsic(.verdict), .intrinsic(.rootName)]
  /// More keys than these are not tried: those with most entries are.
  static let maximumKeys = 128
  /// How many entries are looked at to find keys that have a value for each trace.
  private static let sample = 2_048
  /// Fewer values than these are few, whatever they are.
  private static let few = 64

  let vocabulary: Vocabulary
  /// Keys that other facets speak of already, and amounts.
  private let told: Set<String>

  init(_ vocabulary: Vocabulary) {
    self.vocabulary = vocabulary
    var keys: Set<String> = ["", "service.name"]
    for dimension in Self.dimensions.compactMap(\.vocabulary) + [.session, .request] {
      keys.formUnion(vocabulary.dimensions[dimension] ?? [])
    }
    // The verdict is made of these and says more.
    let clues: [KeyMeaning.Clue] = [
      .error, .message, .success, .violation, .controlAllowed, .quality, .modelCall,
    ]
    for clue in clues { keys.formUnion(vocabulary.clues[clue] ?? []) }
    for measure in KeyMeaning.Measure.allCases {
      keys.formUnion(vocabulary.measures[measure] ?? [])
    }
    told = keys
  }

  /// All attribute keys held: those that could be facets, the ones with most entries first, and the others.
  func chosen(of snapshot: Snapshot) -> (facets: [String], others: [String]) {
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
    let sorted = entries.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    let facets = sorted.map(\.key).filter { key in
      mayBeFacet(key)
        && !(largest[key].map { Self.isIdentifier($0.column, $0.view) } ?? false)
    }.prefix(Self.maximumKeys)
    let chosen = Set(facets)
    return (Array(facets), entries.keys.filter { !chosen.contains($0) })
  }

  /// Whether no other facet speaks of a key already.
  func mayBeFacet(_ key: String) -> Bool { !told.contains(key) }

  /// Whether a key that a segment is the first to have could be a facet.
  func admits(_ key: String, _ view: SegmentView) -> Bool {
    mayBeFacet(key)
      && !(view.column(of: key).map { Self.isIdentifier($0, view) } ?? false)
  }

  /// Whether nearly every trace has another value, or the values are amounts.
  private static func isIdentifier(_ column: AttributeColumn, _ view: SegmentView) -> Bool {
    guard column.count > 0 else { return false }
    if let dictionary = column.packed?.dictionary, dictionary.values.count < few { return false }
    let segment = view.segment
    let owners = segment.rows.trace
    var codes = SegmentCodes()
    codes.begin(segment)
    var (values, numbers) = (0, 0)
    var traces: [UInt32] = []
    // As many rows as have the entries that are looked at: amounts show after a few.
    let last = column.row(at: min(column.count, sample) - 1)
    let soon = column.row(at: min(column.count, few * 2) - 1)
    for rows in [0..<soon + 1, soon + 1..<last + 1] where numbers < few {
      column.forEachEntry(rows) { row, value in
        traces.append(owners[row])
        _ = codes.code(value, in: segment) { reference in
          values += 1
          switch reference.kind {
          case .smallInteger, .wideInteger, .double: numbers += 1
          default: break
          }
          return UInt32(values)
        }
      }
    }
    if numbers >= few { return true }
    return values >= few && values * 10 >= Set(traces).count * 9
  }
}
