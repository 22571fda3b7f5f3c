/// Some rows of a segment that questions are put to, and the ways to what stands beside the columns.
struct RowScan {
  let view: SegmentView
  let rows: Range<Int>
  /// Whether the segment is sealed, so that what is found out about it may be kept.
  let isWhole: Bool
  /// Counts what is looked at.
  let meter: QueryMeter
  /// The only rows that matter, where they are so few that they are asked one by one.
  var few: RowBits?

  /// Rows are asked one by one where at most one in so many matters.
  private static let rowsPerFew = 8

  /// Looking for a code among so many packed ones takes as long as reading one of them.
  private static let codesWorthARow = 64

  /// Whether rows are so few that they are asked one by one.
  func areFew(_ wanted: RowBits) -> Bool { wanted.count * RowScan.rowsPerFew < rows.count }

  /// The id of a text in the segment's strings, or nil.
  func id(of text: String) -> UInt32? {
    text.isEmpty ? 0 : view.strings.find(text, below: view.stringCount, in: view.slots)
  }

  /// Counts the entries that a column has for the rows.
  func countEntries(of column: AttributeColumn) {
    meter.scanned(rows: few?.count ?? column.count(in: rows))
  }

  /// Counts the rows, each of which is looked at.
  func countRows() { meter.scanned(rows: few?.count ?? rows.count) }

  /// Takes the rows for which `holds` is true.
  @inline(__always)
  func fill(_ bits: inout RowBits, _ holds: (Int) -> Bool) {
    if let few { bits.fill(within: few, holds) } else { bits.fill(holds) }
  }

  /// Calls `body` with each entry that a column has for the rows.
  @inline(__always)
  func forEachEntry(of column: AttributeColumn, _ body: (Int, UInt32) -> Void) {
    guard let few else { return column.forEachEntry(rows, body) }
    few.forEach { row in
      let places = column.places(of: row)
      for place in places { body(row, column.value(at: place)) }
    }
  }

  // MARK: - Resources, scopes, classes: few of each, asked once

  /// Which resources or scopes have an attribute under one of the keys whose value is wanted.
  func holds(
    keys: [String], value holds: (ValueReference, Segment) -> Bool
  ) -> (SegmentOrigin) -> Bool {
    let wanted = keys.compactMap { id(of: $0) }
    guard !wanted.isEmpty else { return { _ in false } }
    var satisfied: Set<UInt32> = []
    for origins in [view.directory.resources, view.directory.scopes] {
      for origin in origins {
        for attribute in origin.attributes
        where wanted.contains(attribute.key) && holds(attribute.value, view.segment) {
          satisfied.insert(attribute.value.rawValue)
        }
      }
    }
    return { origin in
      origin.attributes.contains {
        wanted.contains($0.key) && satisfied.contains($0.value.rawValue)
      }
    }
  }

  func fill(_ bits: inout RowBits, resources holds: (SegmentOrigin) -> Bool) {
    fill(&bits, resources: view.directory.resources.map(holds))
  }

  func fill(_ bits: inout RowBits, scopes holds: (SegmentOrigin) -> Bool) {
    fill(&bits, scopes: view.directory.scopes.map(holds))
  }

  func fill(_ bits: inout RowBits, resources answers: [Bool]) {
    fill(&bits, view.segment.rows.resource, answers)
  }

  func fill(_ bits: inout RowBits, scopes answers: [Bool]) {
    fill(&bits, view.segment.rows.scope, answers)
  }

  func fill(_ bits: inout RowBits, classes answers: [Bool]) {
    fill(&bits, view.segment.rows.spanClass, answers)
  }

  /// A role without an answer, which only another program's spans could have, is none.
  func fill(_ bits: inout RowBits, roles answers: [Bool]) {
    let roles = view.segment.rows.role
    countRows()
    if isQuickerWhole(roles.packed, answers) { return bits.fill(roles, answers: answers) }
    fill(&bits) { row in
      let role = Int(roles[row])
      return role < answers.count && answers[role]
    }
  }

  /// Takes the rows whose number in a column is one that was answered yes.
  private func fill(_ bits: inout RowBits, _ column: RowColumn<UInt16>, _ answers: [Bool]) {
    guard answers.contains(true) else { return }
    if !answers.contains(false) { return bits.formUnion(.all(rows)) }
    countRows()
    if isQuickerWhole(column.packed, answers) { return bits.fill(column, answers: answers) }
    fill(&bits) { answers[Int(column[$0])] }
  }

  /// Whether all rows are asked sooner than the few that matter are one by one.
  private func isQuickerWhole(_ column: PackedColumn, _ answers: [Bool]) -> Bool {
    guard let few else { return true }
    guard column.codes != nil else { return false }
    return few.count * RowScan.codesWorthARow > view.count * answers.count { $0 }
  }

  // MARK: - Events: wire bytes beside the columns, for the rows that have some

  /// Takes the rows with an event whose name (`key` nil) or attribute satisfies the test.
  func fillEvents(
    _ bits: inout RowBits, within mask: RowBits?, key: String?, _ test: Filter.Test
  ) {
    let columns = view.segment.rows
    let heap = view.strings.heap
    bits.fill(within: mask ?? .all(rows)) { row in
      meter.scanned(rows: 1)
      guard columns.eventCount[row] > 0, columns.extras[row] != 0 else { return false }
      let extras = heap.bytes(at: columns.extras[row])
      guard let key else {
        return WireValues.anyEvent(in: extras) { event in
          WireValues.name(ofEvent: event).withSpan { name in
            test == .exists ? !name.isEmpty : test.matches(text: name)
          }
        }
      }
      return WireValues.anyEvent(in: extras) { event in
        WireValues.anyAttribute(ofEvent: event, key) { test.matches($0) }
      }
    }
  }

  // MARK: - Amounts: the first alias that has a number

  func fillAmounts(
    _ bits: inout RowBits, _ lists: [[String]], _ dimension: Filter.DimensionKey,
    _ test: Filter.Test
  ) {
    var numbers: [Int: [Double?]] = [:]
    for (index, keys) in lists.enumerated() {
      // The last alias first, so that the first one speaks last, and of its values the last.
      for key in keys.reversed() {
        guard let column = view.column(of: key) else { continue }
        countEntries(of: column)
        forEachEntry(of: column) { row, value in
          guard let number = number(ValueReference(rawValue: value)) else { return }
          numbers[row, default: [Double?](repeating: nil, count: lists.count)][index] = number
        }
      }
    }
    for (row, found) in numbers where SpanAmount.satisfies(found, dimension, test) {
      bits.insert(row)
    }
  }

  private func number(_ reference: ValueReference) -> Double? {
    let number: Double
    switch reference.kind {
    case .smallInteger: number = Double(reference.smallInteger)
    case .wideInteger:
      number = Double(Int64(bitPattern: view.segment.words[Int(reference.payload)]))
    case .double: number = Double(bitPattern: view.segment.words[Int(reference.payload)])
    default: return nil
    }
    return SpanAmount.counts(number) ? number : nil
  }
}
