/// A bare word or phrase looked for in every name, service and value of a segment's rows.
///
/// Distinct strings are searched once each. Few strings have it, so most columns are then passed over:
/// those whose strings are all others, and whose other values are of kinds that cannot have it.
struct ValueSearch {
  /// Rows are asked value by value where the segment has more than this many strings for each of them:
  /// searching all of those would take longer.
  static let stringsWorthARow = 16
  private static let costOfARowApart = 8

  private let text: TextMatcher
  private var answers = ValueAnswers()

  init(_ search: TextSearch) { text = TextMatcher(search) }

  /// Takes the rows that have it anywhere.
  mutating func fill(_ bits: inout RowBits, _ scan: RowScan) {
    let view = scan.view
    let segment = view.segment
    answers.begin(segment)
    let origins = { (origin: SegmentOrigin) in
      origin.attributes.contains { text.isFound(in: $0.value, of: segment) }
    }
    let services = view.directory.resources.map { text.isFound(in: view.strings[$0.name]) }
    scan.fill(&bits, resources: services)
    scan.fill(&bits, resources: origins)
    scan.fill(&bits, scopes: origins)
    // Rows that lie apart cost more each: every column is looked into for each of them.
    let rows = scan.few.map { $0.count * ValueSearch.costOfARowApart } ?? scan.rows.count
    if rows * ValueSearch.stringsWorthARow < scan.view.stringCount {
      askEach(scan, &bits)
    } else {
      fillFromStrings(scan, &bits)
    }
  }

  private mutating func askEach(_ scan: RowScan, _ bits: inout RowBits) {
    let (segment, text) = (scan.view.segment, text)
    let names = segment.rows.name
    scan.countRows()
    scan.fill(&bits) { row in
      let name = ValueReference(.string, names[row]).rawValue
      return answers.answer(name) { text.isFound(in: $0, of: segment) }
    }
    for column in scan.view.directory.columns {
      scan.countEntries(of: column)
      scan.forEachEntry(of: column) { row, value in
        if answers.answer(value, { text.isFound(in: $0, of: segment) }) { bits.insert(row) }
      }
    }
  }

  /// Searches all strings first, then looks for the rows that have one of those found.
  private mutating func fillFromStrings(_ scan: RowScan, _ bits: inout RowBits) {
    let (segment, text) = (scan.view.segment, text)
    var found = StringSet(below: scan.view.stringCount)
    scan.meter.searched(strings: scan.view.stringCount)
    let needle = scan.isWhole ? text.needle : nil
    let isDone = needle.map { segment.strings.forEachString(with: $0) { found.insert($0) } }
    if isDone != true {
      segment.strings.forEachString(below: scan.view.stringCount) { id, bytes in
        if text.isFound(in: bytes) { found.insert(id) }
      }
    }
    found.settle()
    if !found.isEmpty {
      let names = segment.rows.name
      if names.packed.count > 0 {
        names.packed.forEach(scan.rows, in: found, scan.meter) { bits.insert($0) }
      } else {
        scan.meter.scanned(rows: scan.rows.count)
        bits.fill { found.contains(names[$0]) }
      }
    }
    for column in scan.view.directory.columns {
      let summary = column.summary
      let others = summary.kinds & text.possibleKinds & ~1
      let hasStrings = found.mayHold(summary.lowestString, summary.highestString)
      guard hasStrings || others != 0 else {
        scan.meter.skippedColumn()
        continue
      }
      if let packed = column.packed,
        packed.mark(
          scan, &bits,
          where: { value in
            value.kind == .string
              ? found.contains(value.payload) : text.isFound(in: value, of: segment)
          })
      {
        continue
      }
      if hasStrings, others == 0, let packed = column.packed {
        let presence = packed.presence
        packed.numbers.forEach(packed.places(scan.rows), in: found, scan.meter) {
          bits.insert(presence.row(at: $0))
        }
        continue
      }
      scan.countEntries(of: column)
      if hasStrings, summary.kinds == 1 {
        column.forEachEntry(scan.rows) { row, value in
          if found.contains(value) { bits.insert(row) }
        }
      } else {
        column.forEachEntry(scan.rows) { row, value in
          if value >> ValueReference.payloadBits == 0 {
            if found.contains(value) { bits.insert(row) }
          } else if answers.answer(value, { text.isFound(in: $0, of: segment) }) {
            bits.insert(row)
          }
        }
      }
    }
  }
}

/// A text to be looked for, made ready for values as segments hold them.
struct TextMatcher {
  private let search: TextSearch
  let needle: ByteNeedle?
  /// The kinds of value, a bit each, that could have it in their text.
  let possibleKinds: UInt8

  init(_ search: TextSearch) {
    self.search = search
    needle = search.isASCII ? ByteNeedle(search.folded, isFolded: true) : nil
    possibleKinds = TextMatcher.kinds(holding: search)
  }

  /// The kinds of value whose text could contain it.
  private static func kinds(holding search: TextSearch) -> UInt8 {
    let all: [ValueReference.Kind] = [.string, .array, .keyValues]
    var kinds = all.reduce(UInt8(0)) { $0 | 1 << UInt8(truncatingIfNeeded: $1.rawValue) }
    func add(_ kind: ValueReference.Kind, _ alphabet: String) {
      let letters = Set(alphabet.utf8)
      if search.folded.allSatisfy({ letters.contains($0) }) {
        kinds |= 1 << UInt8(truncatingIfNeeded: kind.rawValue)
      }
    }
    add(.smallInteger, "-0123456789")
    add(.wideInteger, "-0123456789")
    add(.double, "-+.0123456789einfa")
    add(.constant, "truefalsn")
    add(.bytes, "abcdefghijklmnopqrstuvwxyz0123456789+/=")
    return kinds
  }

  /// Whether it stands in a value.
  func isFound(in reference: ValueReference, of segment: Segment) -> Bool {
    if reference.kind == .string { return isFound(in: segment.strings[reference.payload]) }
    let bit = UInt8(1) << UInt8(truncatingIfNeeded: reference.kind.rawValue)
    guard possibleKinds & bit != 0 else { return false }
    return search.matches(segment.text(of: reference))
  }

  func isFound(in text: WireBytes) -> Bool {
    needle.map { $0.isFound(in: text) } ?? text.withSpan { search.matches($0) }
  }
}

/// Ids of strings that were found, a bit for each string of the segment.
struct StringSet {
  private var words: [UInt64]
  /// Ascending once it is settled.
  private var ids: [UInt32] = []

  init(below limit: Int) { words = [UInt64](repeating: 0, count: (limit + 63) >> 6) }

  var isEmpty: Bool { ids.isEmpty }

  mutating func insert(_ id: UInt32) {
    words[Int(id >> 6)] |= 1 << UInt64(id & 63)
    ids.append(id)
  }

  /// To be called when all are in it, before it is asked for what lies between two.
  mutating func settle() { ids.sort() }

  @inline(__always)
  func contains(_ id: UInt32) -> Bool {
    Int(id >> 6) < words.count && words[Int(id >> 6)] >> UInt64(id & 63) & 1 == 1
  }

  /// Whether any id between two is in it.
  func mayHold(_ low: UInt32, _ high: UInt32) -> Bool {
    guard low <= high else { return false }
    let first = (0..<ids.count).bisect { ids[$0] >= low }
    return first < ids.count && ids[first] <= high
  }
}

extension PackedColumn {
  /// Calls `body` with each place of a range whose number is in a set; runs of numbers among which there
  /// is none are passed over.
  @inline(__always)
  func forEach(
    _ wanted: Range<Int>, in set: StringSet, _ meter: QueryMeter, _ body: (Int) -> Void
  ) {
    forEachRun(wanted) { run in
      guard run.base <= UInt64(UInt32.max),
        set.mayHold(UInt32(run.base), UInt32(clamping: run.upperBound))
      else { return }
      meter.scanned(rows: run.count)
      run.forEach { place, number in
        if set.contains(UInt32(truncatingIfNeeded: number)) { body(place) }
      }
    }
  }
}
