/// Which resources, or scopes, the spans of each unit come from: few for each, so that keys of theirs are
/// counted without a look at rows.
struct UnitOrigins {
  /// One of them, wherever it was met first.
  struct Origin {
    let view: Int
    let entry: SegmentOrigin
  }

  private(set) var origins: [Origin] = []
  /// Each unit's place with the place of one of its origins; a pair may occur again.
  private(set) var pairs: [(unit: UInt32, origin: UInt32)] = []

  init(
    _ rows: UnitRows, units: Int, _ list: KeyPath<SegmentDirectory, [SegmentOrigin]>,
    _ column: KeyPath<SegmentRows, RowColumn<UInt16>>
  ) {
    var places: [[UInt8]: UInt32] = [:]
    // The first 64 origins of each unit as bits, and the one met last.
    var masks = [UInt64](repeating: 0, count: units)
    var last = [UInt32](repeating: .max, count: units)
    for (place, view) in rows.views.enumerated() {
      let found = view.directory[keyPath: list].map { entry -> UInt32 in
        let message = view.strings[entry.message].array
        if let known = places[message] { return known }
        places[message] = UInt32(origins.count)
        origins.append(Origin(view: place, entry: entry))
        return UInt32(origins.count - 1)
      }
      rows.forEachRow(view.segment.rows[keyPath: column], at: place) { unit, number in
        let origin = found[Int(number)]
        if origin < 64 {
          let bit: UInt64 = 1 << UInt64(origin)
          guard masks[unit] & bit == 0 else { return }
          masks[unit] |= bit
        } else {
          guard last[unit] != origin else { return }
          last[unit] = origin
        }
        pairs.append((UInt32(truncatingIfNeeded: unit), origin))
      }
    }
  }

  /// The codes of the values that each of them has under a key, which may repeat.
  func codes(
    of key: String, _ rows: UnitRows, _ values: inout GroupValues
  ) -> [[UInt32]] {
    origins.map { origin in
      let view = rows.views[origin.view]
      return origin.entry.attributes.filter { view.strings[$0.key].elementsEqual(key) }.map {
        values.code(of: view.segment.text(of: $0.value))
      }
    }
  }

  /// The code of each one's name; none where that is empty.
  func codesOfNames(_ rows: UnitRows, _ values: inout GroupValues) -> [[UInt32]] {
    origins.map { origin in
      let text = rows.views[origin.view].strings[origin.entry.name].text
      return text.isEmpty ? [] : [values.code(of: text)]
    }
  }
}
