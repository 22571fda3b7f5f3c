import Store

/// The pane of facets beside the list: what it shows, and where a person is in it.
struct FacetPaneState: Equatable, Sendable {
  /// One row of the pane.
  enum Line: Equatable, Sendable {
    /// A key.
    case heading(Int)
    /// A value of a key.
    case value(Int, Int)
    /// The values of a key that are not there.
    case more(Int)
    case blank
  }

  /// What a line is about, whatever place it has in the next table.
  private struct Anchor: Equatable, Sendable {
    var key: GroupKey
    /// Nil for the heading.
    var value: FacetTable.Value?

    func isSame(_ other: Anchor) -> Bool {
      key == other.key && (value == nil) == (other.value == nil) && value?.text == other.value?.text
    }
  }

  /// What a person said; nil goes by the width of the screen.
  var isOpen: Bool?
  /// Whether keys go to it.
  var isFocused = false
  /// Whether tables were asked for.
  var isAsked = false
  /// Nil before the first answer.
  private(set) var table: FacetTable?
  private(set) var generation = 0
  private var waiting: FacetTable?
  private(set) var lines: [Line] = []
  /// The line of the selection.
  private(set) var line = 0
  private(set) var top = 0
  /// What a person went to last.
  private var chosen: Anchor?

  init() {}

  // MARK: - Answers

  /// Takes a new table, or keeps it for later while the rows are on hold.
  mutating func accept(_ table: FacetTable, generation: Int, isOnHold: Bool, _ flow: FacetFlow) {
    if isOnHold, self.generation == generation, self.table != nil {
      waiting = table
      return
    }
    self.generation = generation
    show(table, flow)
  }

  /// What came while the rows were on hold.
  mutating func release(_ flow: FacetFlow) {
    if let waiting { show(waiting, flow) }
  }

  private mutating func show(_ table: FacetTable, _ flow: FacetFlow) {
    waiting = nil
    self.table = table
    lines = []
    for (index, facet) in table.facets.enumerated() {
      if index > 0 { lines.append(.blank) }
      lines.append(.heading(index))
      for value in facet.values.indices { lines.append(.value(index, value)) }
      let isSetShown = facet.values.filter { $0.text != nil }.count
      if isSetShown < facet.distinct { lines.append(.more(index)) }
    }
    // A key that no longer splits is gone, and may be back when a filter is undone.
    if let chosen {
      line = lines.indices.first { anchor(at: $0)?.isSame(chosen) ?? false } ?? line
    }
    place(at: min(line, max(0, lines.count - 1)), flow)
  }

  private func anchor(at line: Int) -> Anchor? {
    guard lines.indices.contains(line) else { return nil }
    switch lines[line] {
    case .heading(let facet): return facetOf(facet).map { Anchor(key: $0.key, value: nil) }
    case .value(let facet, let value):
      return facetOf(facet).map { Anchor(key: $0.key, value: $0.values[value]) }
    case .more, .blank: return nil
    }
  }

  private func facetOf(_ index: Int) -> FacetTable.Facet? {
    guard let table, table.facets.indices.contains(index) else { return nil }
    return table.facets[index]
  }

  // MARK: - Selection

  /// The key under the cursor, and its value where that is one.
  var selected: (facet: FacetTable.Facet, value: FacetTable.Value?)? {
    guard lines.indices.contains(line) else { return nil }
    switch lines[line] {
    case .heading(let index), .more(let index): return facetOf(index).map { ($0, nil) }
    case .value(let index, let value): return facetOf(index).map { ($0, $0.values[value]) }
    case .blank: return nil
    }
  }

  private func isSelectable(_ line: Int) -> Bool {
    lines.indices.contains(line) && lines[line] != .blank
  }

  mutating func move(by rows: Int, _ flow: FacetFlow) { move(to: line + rows, flow) }

  /// Goes to a line, or past a blank one in the same direction.
  mutating func move(to wanted: Int, _ flow: FacetFlow) {
    place(at: wanted, flow)
    chosen = anchor(at: line)
  }

  private mutating func place(at wanted: Int, _ flow: FacetFlow) {
    guard !lines.isEmpty else { return (line, top) = (0, 0) }
    var target = min(max(0, wanted), lines.count - 1)
    if !isSelectable(target) { target += wanted < line ? -1 : 1 }
    line = isSelectable(target) ? target : isSelectable(line) ? line : 0
    // The heading of the first value is worth its row.
    let above = line > 0 && line <= 1 ? 0 : line
    top = max(0, min(top, above, flow.lastTop(of: lines)))
    while top < line, flow.end(of: lines, from: top) <= line { top += 1 }
  }

  /// Scrolls without moving the selection further than the pane's edge.
  mutating func scroll(by rows: Int, _ flow: FacetFlow) {
    top = min(max(0, top + rows), flow.lastTop(of: lines))
    let held = min(max(line, top), flow.end(of: lines, from: top) - 1)
    if isSelectable(held) { line = held } else if isSelectable(held + 1) { line = held + 1 }
  }
}
