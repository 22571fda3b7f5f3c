/// Reads from records what traces are sorted by, as numbers that are compared.
struct SortKeys {
  let sort: TraceSort
  private var texts = SortedTexts()
  /// Codes of texts by where they stand, so that none is made of one met before.
  private var known = CodeMap()
  private var moves = 0
  private static let maximumKnown = 65_536

  init(_ sort: TraceSort) { self.sort = sort }

  /// How many texts were met, those of traces that are gone with them.
  var textCount: Int { texts.count }

  /// What the ordering wants of a trace: a number, or the code of a text, which ``key(ofCode:)`` makes a key
  /// of once all texts of an update are known; nil where the trace does not say.
  mutating func value(
    of record: TraceRecord, _ snapshot: Snapshot, _ now: UnixNanos
  ) -> UInt64? {
    switch sort.column {
    case .time: record.start == .max || record.start == 0 ? nil : record.start
    case .verdict: UInt64(record.verdict(now: now.rawValue).rawValue)
    case .duration:
      UnixNanos(record.end).since(UnixNanos(record.start == .max ? 0 : record.start)).rawValue
    case .spans: UInt64(record.spans)
    case .errors: UInt64(record.errors)
    case .tokens: record.measured & 16 != 0 ? record.tokens : nil
    // Numbers that are not negative are in the order of their bits.
    case .cost: record.measured & 4 != 0 ? max(0, record.costUSD).bitPattern : nil
    case .timeToFirstToken: record.measured & 8 != 0 ? record.timeToFirstToken : nil
    case .service, .name, .tenant, .user, .session, .route, .model, .provider:
      code(of: record, snapshot).map { UInt64($0) }
    }
  }

  /// The key of a value: the larger one comes first. Traces that do not say come last either way.
  func key(_ value: UInt64?) -> UInt64 {
    guard let value else { return 0 }
    let bounded = min(value, .max - 1)
    return sort.isAscending ? .max - bounded : bounded + 1
  }

  /// The same of a text, by its code.
  func key(ofCode code: UInt64?) -> UInt64 {
    key(code.map { texts.rank(of: UInt32(truncatingIfNeeded: $0)) })
  }

  /// Makes keys of texts met since ready; says what keys became others where all did.
  mutating func settle() -> ((UInt64) -> UInt64)? {
    guard let renumbering = texts.settle() else { return nil }
    let isAscending = sort.isAscending
    return { key in
      if key == 0 { return 0 }
      let rank = renumbering.rank(isAscending ? .max - key : key - 1)
      return isAscending ? .max - rank : rank + 1
    }
  }

  // MARK: - Texts

  private mutating func code(of record: TraceRecord, _ snapshot: Snapshot) -> UInt32? {
    if moves != snapshot.moves {
      moves = snapshot.moves
      known = CodeMap()
    }
    guard let dimension = sort.column.dimension else { return codeOfRoot(record, snapshot) }
    let slot = record.dimensions[Int(dimension.rawValue)]
    guard slot.rank != 255 else { return nil }
    let place = UInt64(slot.segment) << 32 | UInt64(slot.value)
    return code(at: place) { snapshot.text(slot) }
  }

  private mutating func codeOfRoot(_ record: TraceRecord, _ snapshot: Snapshot) -> UInt32? {
    guard record.earliestRow > 0, let (view, row) = snapshot.place(record.earliestRow - 1) else {
      return nil
    }
    let text = sort.column == .name ? view.segment.rows.name[row] : view.resource(row).name
    let place = UInt64(UInt32(truncatingIfNeeded: view.segment.serial)) << 32 | UInt64(text)
    return code(at: place) { view.strings[text].text }
  }

  /// The code of the text at a place; nil where it is empty, or its segment is gone.
  private mutating func code(at place: UInt64, _ text: () -> String?) -> UInt32? {
    if let code = known[place] { return code == .max ? nil : code }
    guard let text = text() else { return nil }
    if known.count >= Self.maximumKnown { known = CodeMap() }
    let code = text.isEmpty ? UInt32.max : texts.code(of: shown(text))
    known.insert(place, code)
    return code == .max ? nil : code
  }

  /// As the list shows it: a model without its provider.
  private func shown(_ text: String) -> String {
    guard sort.column == .model, let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")),
      text.utf8.index(after: slash) < text.utf8.endIndex
    else { return text }
    return String(text[text.utf8.index(after: slash)...])
  }
}
