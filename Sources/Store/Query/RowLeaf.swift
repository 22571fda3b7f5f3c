/// One question, and the rows of a segment for which the answer is yes.
struct RowLeaf {
  let question: RowQuestion
  /// Answers to values of the segment that is being looked at.
  private var answers = ValueAnswers()
  private var search: ValueSearch?
  /// What an attribute's text must contain, where that is all that is asked.
  private let needle: ByteNeedle?

  init(_ question: RowQuestion) {
    self.question = question
    if case .attribute(_, _, let test) = question, let bytes = test.substring {
      needle = ByteNeedle(bytes, isFolded: false)
    } else {
      needle = nil
    }
    if case .text(let text) = question { search = ValueSearch(text) }
  }

  /// See ``RowFilter/isAskedByRow``. Text is looked for in all strings of a segment.
  var isAskedByRow: Bool { if case .text = question { false } else { true } }

  /// How soon an index answers it; see ``RowMark/rank``.
  var rank: Int {
    switch question {
    case .attribute(_, let place, let test):
      place != .event && test.exactText != nil ? 0 : RowMark.slowRank
    case .dimension(_, let test): test.exactText != nil ? 0 : RowMark.slowRank
    case .intrinsic(.status, _), .intrinsic(.kind, _), .intrinsic(.role, _),
      .intrinsic(.service, _), .intrinsic(.error, _):
      1
    case .intrinsic, .amount, .text, .isRoot: RowMark.slowRank
    }
  }

  /// The rows of a range that satisfy it. Where `mask` is given only its rows matter: others may be
  /// left out or not.
  mutating func rows(_ scan: RowScan, within mask: RowBits?) -> RowBits {
    var bits = RowBits(scan.rows)
    if let mask, mask.isEmpty { return bits }
    var scan = scan
    if let mask, scan.areFew(mask) { scan.few = mask }
    answers.begin(scan.view.segment)
    switch question {
    case .attribute(let key, let place, let test):
      if place == .event {
        scan.fillEvents(&bits, within: mask, key: key, test)
        break
      }
      if place == .anywhere || place == .span { column(key, test, scan, &bits) }
      if place != .span {
        let holds = scan.holds(keys: [key]) { test.matches($0, in: $1) }
        if place != .scope { scan.fill(&bits, resources: holds) }
        if place != .resource { scan.fill(&bits, scopes: holds) }
      }
    case .dimension(let keys, let test):
      for key in keys { dimension(key, test, scan, &bits) }
      let holds = scan.holds(keys: keys) { test.matchesAsText($0, in: $1) }
      scan.fill(&bits, resources: holds)
    case .amount(let lists, let dimension, let test):
      scan.fillAmounts(&bits, lists, dimension, test)
    case .intrinsic(let intrinsic, let test): fill(&bits, intrinsic, test, scan, mask)
    case .text: search?.fill(&bits, scan)
    case .isRoot:
      scan.countRows()
      let parents = scan.view.segment.rows.parentID
      scan.fill(&bits) { parents.isNone($0) }
    }
    return bits
  }

  // MARK: - Columns

  private mutating func column(
    _ key: String, _ test: Filter.Test, _ scan: RowScan, _ bits: inout RowBits
  ) {
    guard let column = scan.view.column(of: key) else { return }
    let segment = scan.view.segment
    // An id that no value has, where the text is not in the segment at all.
    let wanted = test.exactText.map { scan.id(of: $0) ?? UInt32.max }
    let holds = { (value: ValueReference) -> Bool in
      if let wanted, value.kind == .string { return value.payload == wanted }
      return test.matches(value, in: segment)
    }
    if let packed = column.packed {
      if scan.few == nil, packed.mark(scan, &bits, where: holds) { return }
      if packed.summary.rulesOut(test) { return scan.meter.skippedColumn() }
    }
    if let wanted { return find(wanted, in: column, scan, &bits, others: holds) }
    if let needle { return look(for: needle, in: column, test, scan, &bits) }
    scan.countEntries(of: column)
    if scan.few == nil, let packed = column.packed, let range = packed.summary.range(of: test) {
      return packed.mark(range, scan.rows, &bits)
    }
    ask(column, scan, &bits, holds)
  }

  /// Takes the rows with a string, and those whose other values satisfy what is asked.
  private mutating func find(
    _ wanted: UInt32, in column: AttributeColumn, _ scan: RowScan, _ bits: inout RowBits,
    others holds: (ValueReference) -> Bool
  ) {
    if let summary = column.packed?.summary, !summary.mayHold(string: wanted),
      !summary.hasOthersThanStrings
    {
      return scan.meter.skippedColumn()
    }
    scan.countEntries(of: column)
    if scan.few != nil {
      return scan.forEachEntry(of: column) { row, value in
        let isString = value >> ValueReference.payloadBits == 0
        if isString ? value == wanted : answers.answer(value, holds) { bits.insert(row) }
      }
    }
    if column.mark(equalTo: wanted, scan.rows, &bits) {
      column.forEachEntry(scan.rows) { row, value in
        guard value >> ValueReference.payloadBits != 0 else { return }
        if answers.answer(value, holds) { bits.insert(row) }
      }
    }
  }

  /// Looks for bytes in each string, which takes no longer than remembering the answers would.
  private mutating func look(
    for needle: ByteNeedle, in column: AttributeColumn, _ test: Filter.Test, _ scan: RowScan,
    _ bits: inout RowBits
  ) {
    let segment = scan.view.segment
    let strings = segment.strings
    scan.countEntries(of: column)
    scan.forEachEntry(of: column) { row, value in
      if value >> ValueReference.payloadBits == 0 {
        if needle.isFound(in: strings[value]) { bits.insert(row) }
      } else if answers.answer(value, { test.matches($0, in: segment) }) {
        bits.insert(row)
      }
    }
  }

  private mutating func dimension(
    _ key: String, _ test: Filter.Test, _ scan: RowScan, _ bits: inout RowBits
  ) {
    guard let column = scan.view.column(of: key) else { return }
    let segment = scan.view.segment
    let wanted = test.exactText.flatMap { text in
      text.isEmpty ? nil : scan.id(of: text) ?? UInt32.max
    }
    let holds = { (value: ValueReference) -> Bool in
      if let wanted, value.kind == .string { return value.payload == wanted }
      return test.matchesAsText(value, in: segment)
    }
    if scan.few == nil, let packed = column.packed, packed.mark(scan, &bits, where: holds) {
      return
    }
    if let wanted { return find(wanted, in: column, scan, &bits, others: holds) }
    scan.countEntries(of: column)
    ask(column, scan, &bits, holds)
  }

  private mutating func ask(
    _ column: AttributeColumn, _ scan: RowScan, _ bits: inout RowBits,
    _ holds: (ValueReference) -> Bool
  ) {
    scan.forEachEntry(of: column) { row, value in
      if answers.answer(value, holds) { bits.insert(row) }
    }
  }

  // MARK: - What every span has

  private mutating func fill(
    _ bits: inout RowBits, _ intrinsic: Filter.Intrinsic, _ test: Filter.Test, _ scan: RowScan,
    _ mask: RowBits?
  ) {
    let columns = scan.view.segment.rows
    let directory = scan.view.directory
    let strings = scan.view.strings
    let holds = { (text: String) in test == .exists ? !text.isEmpty : test.matches(text: text) }
    switch intrinsic {
    case .service:
      scan.fill(&bits, resources: directory.resources.map { holds(strings[$0.name].text) })
    case .scopeName:
      scan.fill(&bits, scopes: directory.scopes.map { holds(strings[$0.name].text) })
    case .scopeVersion:
      scan.fill(
        &bits,
        scopes: directory.scopes.map {
          holds(WireValues.version(ofScope: strings[$0.message]))
        })
    case .kind:
      scan.fill(
        &bits, classes: directory.classes.map { holds(SpanKind(rawValue: $0.kind).name) })
    case .status:
      scan.fill(
        &bits,
        classes: directory.classes.map { holds(StatusCode(rawValue: $0.statusCode).name) })
    case .role:
      scan.fill(&bits, roles: Role.allCases.map { holds($0.name) })
    case .error:
      scan.countRows()
      let failing = Evidence.failure.union(.denial).rawValue
      let (yes, no) = (test.matches(boolean: true), test.matches(boolean: false))
      scan.fill(&bits) { row in columns.evidence[row] & failing != 0 ? yes : no }
    case .duration:
      scan.countRows()
      if let ranges = test.durationRanges {
        guard scan.few != nil else {
          bits.fill(durationsOf: columns, in: ranges)
          break
        }
        scan.fill(&bits) { row in
          let duration = columns.duration(row)
          return ranges.contains { $0.contains(duration) }
        }
      } else {
        scan.fill(&bits) { row in
          test.matches(duration: UnixNanos(columns.end[row]).since(UnixNanos(columns.start[row])))
        }
      }
    case .start:
      scan.countRows()
      scan.fill(&bits) { row in
        let start = UnixNanos(columns.start[row])
        return test == .exists ? start.isSet : test.matches(moment: start)
      }
    case .id:
      scan.countRows()
      scan.fill(&bits) { row in test.matches(text: SpanID(columns.spanID[row]).hex) }
    case .name: name(test, scan, &bits)
    case .eventName: scan.fillEvents(&bits, within: mask, key: nil, test)
    default: break
    }
  }

  private mutating func name(_ test: Filter.Test, _ scan: RowScan, _ bits: inout RowBits) {
    let names = scan.view.segment.rows.name
    if let text = test.exactText {
      guard let id = scan.id(of: text) else { return }
      scan.countRows()
      return scan.fill(&bits) { names[$0] == id }
    }
    scan.countRows()
    let segment = scan.view.segment
    scan.fill(&bits) { row in
      answers.answer(ValueReference(.string, names[row]).rawValue) { reference in
        test.matchesAsText(reference, in: segment)
      }
    }
  }
}

extension Filter.Test {
  /// The durations, in nanoseconds, that satisfy it; nil where it does not come down to ranges.
  var durationRanges: [ClosedRange<UInt64>]? {
    switch self {
    case .exists: return [0...UInt64.max]
    case .isIn(let operands):
      let ranges = operands.compactMap { $0.duration.map { $0.rawValue...$0.rawValue } }
      return ranges.count == operands.count ? ranges : nil
    case .comparison(let comparison, let operand):
      guard let bound = operand.duration?.rawValue else { return nil }
      switch comparison {
      case .equal: return [bound...bound]
      case .notEqual:
        return (bound > 0 ? [0...bound - 1] : []) + (bound < .max ? [bound + 1...UInt64.max] : [])
      case .greater: return bound < .max ? [bound + 1...UInt64.max] : []
      case .greaterOrEqual: return [bound...UInt64.max]
      case .less: return bound > 0 ? [0...bound - 1] : []
      case .lessOrEqual: return [0...bound]
      case .matches, .doesNotMatch: return nil
      }
    }
  }
}
