/// Reads what rows of a segment say under a key, as codes: whole columns at a time, each distinct value
/// made into text once a segment.
struct KeyRows {
  let field: Filter.Field
  private var codes = SegmentCodes()

  init(_ field: Filter.Field) { self.field = field }

  /// Calls `body` with each row of a range that has a value, as often as it has one.
  @inline(__always)
  mutating func forEach(
    _ view: SegmentView, _ rows: Range<Int>, _ values: inout GroupValues,
    _ body: (Int, UInt32) -> Void
  ) {
    let columns = view.segment.rows
    let strings = view.strings
    switch field {
    case .attribute(let key, in: let place):
      let isAnywhere = place == .anywhere || place == .trace
      if isAnywhere || place == .span { column(key, view, rows, &values, body) }
      if isAnywhere || place == .resource {
        let found = Self.codes(of: key, view.directory.resources, view, &values)
        each(rows, columns.resource, found, body)
      }
      if isAnywhere || place == .scope {
        let found = Self.codes(of: key, view.directory.scopes, view, &values)
        each(rows, columns.scope, found, body)
      }
    case .intrinsic(.name):
      codes.begin(view.segment)
      for row in rows {
        let name = ValueReference(.string, columns.name[row]).rawValue
        let code = codes.code(name, in: view.segment) { values.code(of: strings[$0.payload].text) }
        body(row, code)
      }
    case .intrinsic(.service):
      each(
        rows, columns.resource,
        view.directory.resources.map { [Self.code(of: strings[$0.name].text, &values)] }, body)
    case .intrinsic(.scopeName):
      each(
        rows, columns.scope,
        view.directory.scopes.map { [Self.code(of: strings[$0.name].text, &values)] }, body)
    case .intrinsic(.kind):
      each(
        rows, columns.spanClass,
        view.directory.classes.map { [values.code(of: SpanKind(rawValue: $0.kind).name)] }, body)
    case .intrinsic(.status):
      each(
        rows, columns.spanClass,
        view.directory.classes.map { [values.code(of: StatusCode(rawValue: $0.statusCode).name)] },
        body)
    case .intrinsic(.role):
      let roles = Role.allCases.map { values.code(of: $0.name) }
      for row in rows where Int(columns.role[row]) < roles.count {
        body(row, roles[Int(columns.role[row])])
      }
    default: break
    }
  }

  // MARK: - Attributes

  @inline(__always)
  private mutating func column(
    _ key: String, _ view: SegmentView, _ rows: Range<Int>, _ values: inout GroupValues,
    _ body: (Int, UInt32) -> Void
  ) {
    guard let column = view.column(of: key) else { return }
    let segment = view.segment
    codes.begin(segment)
    column.forEachEntry(rows) { row, value in
      body(row, codes.code(value, in: segment) { values.code(of: segment.text(of: $0)) })
    }
  }

  /// The codes that each resource or scope has under a key; a key may repeat.
  private static func codes(
    of key: String, _ origins: [SegmentOrigin], _ view: SegmentView, _ values: inout GroupValues
  ) -> [[UInt32]] {
    origins.map { origin in
      origin.attributes.filter { view.strings[$0.key].elementsEqual(key) }.map {
        values.code(of: view.segment.text(of: $0.value))
      }
    }
  }

  /// A name that is empty is none.
  private static func code(of text: String, _ values: inout GroupValues) -> UInt32 {
    text.isEmpty ? GroupValues.none : values.code(of: text)
  }

  /// What the numbers in a column stand for.
  @inline(__always)
  private func each(
    _ rows: Range<Int>, _ column: RowColumn<UInt16>, _ codes: [[UInt32]],
    _ body: (Int, UInt32) -> Void
  ) {
    guard codes.contains(where: { !$0.isEmpty }) else { return }
    for row in rows {
      for code in codes[Int(column[row])] where code != GroupValues.none { body(row, code) }
    }
  }
}
