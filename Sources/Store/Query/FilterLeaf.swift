/// One span-level question, and the traces of which a span satisfied it.
struct FilterLeaf {
  enum Question {
    /// An attribute under any of the keys, at a place.
    case attribute([String], Filter.Place, Filter.Test)
    /// A dimension: an attribute of the span or its resource under any alias.
    case dimension([String], Filter.Test)
    case intrinsic(Filter.Intrinsic, Filter.Test)
    case text(TextSearch)
  }

  let question: Question
  var hits = TraceBits()
  /// Answers to values of the segment that is being scanned, so that each distinct value is asked once.
  private var memo = ValueMemo()

  init(_ question: Question) { self.question = question }

  mutating func scan(_ view: SegmentView, _ rows: Range<Int>, _ snapshot: Snapshot) {
    memo.begin(view)
    switch question {
    case .attribute(let keys, let place, let test):
      let holds = { (value: AttributeValue) in test.matches(value) }
      if place == .anywhere || place == .span { scanColumns(keys, view, rows, snapshot, holds) }
      if place != .span { scanOrigins(keys, place, view, rows, snapshot, holds) }
    case .dimension(let keys, let test):
      // A dimension is text, whatever kind of value says it, and empty text says nothing.
      let holds = { (value: AttributeValue) in
        let text = Comparison.text(of: value)
        return test == .exists ? !text.isEmpty : test.matches(text: text)
      }
      scanColumns(keys, view, rows, snapshot, holds)
      scanOrigins(keys, .resource, view, rows, snapshot, holds)
    case .intrinsic(let intrinsic, let test): scan(intrinsic, test, view, rows, snapshot)
    case .text(let search): scan(search, view, rows, snapshot)
    }
  }

  @inline(__always)
  private mutating func hit(_ row: Int, _ view: SegmentView, _ snapshot: Snapshot) {
    hits.insert(snapshot.chunks.number(low: view.segment.rows.trace[row]))
  }

  private mutating func scanColumns(
    _ keys: [String], _ view: SegmentView, _ rows: Range<Int>, _ snapshot: Snapshot,
    _ holds: (AttributeValue) -> Bool
  ) {
    for key in keys {
      guard let column = view.column(of: key) else { continue }
      let end = column.rows.count
      var position = rows.lowerBound == 0 ? 0 : column.position(of: rows.lowerBound, below: end)
      while position < end {
        let row = Int(column.rows[position])
        if row >= rows.upperBound { break }
        let value = column.values[position]
        if memo.answer(value, holds) { hit(row, view, snapshot) }
        position += 1
      }
    }
  }

  private mutating func scanOrigins(
    _ keys: [String], _ place: Filter.Place, _ view: SegmentView, _ rows: Range<Int>,
    _ snapshot: Snapshot, _ holds: (AttributeValue) -> Bool
  ) {
    let hasKey = { (origin: SegmentOrigin) in
      origin.attributes.contains { attribute in
        keys.contains(view.strings[attribute.key].text)
          && holds(view.segment.value(of: attribute.value))
      }
    }
    if place != .scope {
      scan(view.directory.resources.map(hasKey), view, rows, snapshot, ofScopes: false)
    }
    if place != .resource {
      scan(view.directory.scopes.map(hasKey), view, rows, snapshot, ofScopes: true)
    }
  }

  /// Takes the rows whose resource (or scope) is among those that satisfy the question.
  private mutating func scan(
    _ answers: [Bool], _ view: SegmentView, _ rows: Range<Int>, _ snapshot: Snapshot,
    ofScopes: Bool
  ) {
    guard answers.contains(true) else { return }
    for row in rows {
      let origin =
        ofScopes ? view.segment.rows.scope[row] : view.segment.rows.resource[row]
      if answers[Int(origin)] { hit(row, view, snapshot) }
    }
  }

  private mutating func scan(
    _ intrinsic: Filter.Intrinsic, _ test: Filter.Test, _ view: SegmentView, _ rows: Range<Int>,
    _ snapshot: Snapshot
  ) {
    let strings = view.strings
    let asText = { (text: String) in test == .exists ? !text.isEmpty : test.matches(text: text) }
    switch intrinsic {
    case .service:
      let answers = view.directory.resources.map { asText(strings[$0.name].text) }
      return scan(answers, view, rows, snapshot, ofScopes: false)
    case .scopeName:
      let answers = view.directory.scopes.map { asText(strings[$0.name].text) }
      return scan(answers, view, rows, snapshot, ofScopes: true)
    case .scopeVersion:
      let answers = view.directory.scopes.map {
        asText(WireValues.version(ofScope: strings[$0.message]))
      }
      return scan(answers, view, rows, snapshot, ofScopes: true)
    default: break
    }
    let kinds = view.directory.classes.map { asText(SpanKind(rawValue: $0.kind).name) }
    let statuses = view.directory.classes.map { asText(StatusCode(rawValue: $0.statusCode).name) }
    let roles = Role.allCases.map { asText($0.name) }
    let columns = view.segment.rows
    for row in rows {
      let spanClass = Int(columns.spanClass[row])
      let (start, end) = (UnixNanos(columns.start[row]), UnixNanos(columns.end[row]))
      let role = Int(columns.role[row])
      let (name, id) = (columns.name[row], SpanID(columns.spanID[row]))
      let holds =
        switch intrinsic {
        case .name:
          memo.answer(ValueReference(.string, name).rawValue) { value in
            if case .string(let text) = value { asText(text) } else { false }
          }
        case .kind: kinds[spanClass]
        case .status: statuses[spanClass]
        case .role: role < roles.count && roles[role]
        case .duration:
          test.matches(duration: end.since(start))
        case .start:
          test == .exists ? start.isSet : test.matches(moment: start)
        case .id: test.matches(text: id.hex)
        default: false
        }
      if holds { hit(row, view, snapshot) }
    }
  }

  private mutating func scan(
    _ search: TextSearch, _ view: SegmentView, _ rows: Range<Int>, _ snapshot: Snapshot
  ) {
    let matches = { (value: AttributeValue) in search.matches(Comparison.text(of: value)) }
    let origins = { (origin: SegmentOrigin, isResource: Bool) in
      isResource && search.matches(view.strings[origin.name].text)
        || origin.attributes.contains { matches(view.segment.value(of: $0.value)) }
    }
    scan(
      view.directory.resources.map { origins($0, true) }, view, rows, snapshot, ofScopes: false)
    scan(view.directory.scopes.map { origins($0, false) }, view, rows, snapshot, ofScopes: true)
    for row in rows {
      let name = ValueReference(.string, view.segment.rows.name[row]).rawValue
      if memo.answer(name, matches) { hit(row, view, snapshot) }
    }
    for column in view.directory.columns {
      let end = column.rows.count
      var position = rows.lowerBound == 0 ? 0 : column.position(of: rows.lowerBound, below: end)
      while position < end {
        let row = Int(column.rows[position])
        if row >= rows.upperBound { break }
        if memo.answer(column.values[position], matches) { hit(row, view, snapshot) }
        position += 1
      }
    }
  }
}

/// Answers already given to the values of one segment.
private struct ValueMemo {
  private var segment: Segment?
  /// For string ids: 0 not asked, 1 no, 2 yes.
  private var strings: [UInt8] = []
  private var others: [UInt32: Bool] = [:]

  mutating func begin(_ view: SegmentView) {
    if segment !== view.segment {
      segment = view.segment
      strings.removeAll(keepingCapacity: true)
      others.removeAll(keepingCapacity: true)
    }
    let missing = view.stringCount - strings.count
    if missing > 0 { strings.append(contentsOf: repeatElement(0, count: missing)) }
  }

  @inline(__always)
  mutating func answer(_ rawValue: UInt32, _ ask: (AttributeValue) -> Bool) -> Bool {
    let reference = ValueReference(rawValue: rawValue)
    if reference.kind == .string, Int(reference.payload) < strings.count {
      let known = strings[Int(reference.payload)]
      if known != 0 { return known == 2 }
      let answer = self.ask(reference, ask)
      strings[Int(reference.payload)] = answer ? 2 : 1
      return answer
    }
    if let known = others[rawValue] { return known }
    let answer = self.ask(reference, ask)
    if others.count > 1 << 16 { others.removeAll(keepingCapacity: true) }
    others[rawValue] = answer
    return answer
  }

  private func ask(_ reference: ValueReference, _ ask: (AttributeValue) -> Bool) -> Bool {
    segment.map { ask($0.value(of: reference)) } ?? false
  }
}
