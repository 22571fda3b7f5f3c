import Store

/// The screen of groups: the table shown, and where a person is in it.
struct GroupsState: Equatable, Sendable {
  /// One line of the table.
  enum Line: Equatable, Sendable {
    case group(GroupTable.Row)
    case others(GroupTable.Row, values: Int)
    case notSet(GroupTable.Row)

    var row: GroupTable.Row {
      switch self {
      case .group(let row), .others(let row, _), .notSet(let row): row
      }
    }
  }

  private(set) var key: GroupKey
  private(set) var window = RouteWindow.all
  /// Nil before the first answer.
  private(set) var table: GroupTable?
  private(set) var generation = 0
  private var waiting: GroupTable?
  private(set) var lines: [Line] = []
  private(set) var index = 0
  private(set) var top = 0
  private(set) var column = GroupColumn.errors
  private(set) var isReversed = false
  /// The list of the traces of a group is on top of the screen; the filter to come back to.
  var drill: FilterState.Step?
  /// The search for traces whose answer counts, and what it was for.
  private(set) var search = 0
  private(set) var sought = ""

  /// More rows than these are one: nobody reads on.
  static let maximumRows = 1_000

  init(key: GroupKey) { self.key = key }

  var selected: Line? { lines.indices.contains(index) ? lines[index] : nil }

  // MARK: - Answers

  mutating func accept(_ table: GroupTable, generation: Int, isOnHold: Bool, height: Int) {
    guard table.key == "\(key)" else { return }
    if isOnHold, self.generation == generation, self.table?.isComplete ?? false {
      waiting = table
      return
    }
    self.generation = generation
    self.table = table
    arrange(height: height)
  }

  /// What came while the screen was on hold.
  mutating func release(height: Int) {
    guard let waiting else { return }
    self.waiting = nil
    table = waiting
    arrange(height: height)
  }

  /// The selection stays on its value.
  private mutating func arrange(height: Int) {
    guard let table else { return }
    let before = selected
    var rows = table.rows
    if column != .errors || isReversed {
      let (column, isReversed) = (column, isReversed)
      rows.sort { left, right in
        let (one, other) = isReversed ? (right, left) : (left, right)
        if column.isBefore(one, other) { return true }
        return column.isBefore(other, one) ? false : (left.value ?? "") < (right.value ?? "")
      }
    }
    lines = rows.map { .group($0) }
    if let others = table.others {
      lines.append(.others(others, values: table.values - table.rows.count))
    }
    if let row = table.notSet { lines.append(.notSet(row)) }
    let same = lines.firstIndex { line in
      switch (line, before) {
      case (.group(let one), .group(let other)): one.value == other.value
      case (.others, .others), (.notSet, .notSet): true
      default: false
      }
    }
    move(to: same ?? index, height: height)
  }

  // MARK: - Moving

  mutating func move(by rows: Int, height: Int) { move(to: index + rows, height: height) }

  mutating func move(to wanted: Int, height: Int) {
    index = min(max(0, wanted), max(0, lines.count - 1))
    top = max(0, min(top, index, max(0, lines.count - height)))
    top = max(top, index - max(1, height) + 1)
  }

  mutating func scroll(by rows: Int, height: Int) {
    top = min(max(0, top + rows), max(0, lines.count - height))
    index = min(max(index, top), max(top, min(lines.count, top + height) - 1))
  }

  // MARK: - What is asked

  /// Another search, for the traces of a line; returns its number.
  mutating func seek(_ line: Line) -> Int {
    search += 1
    sought = "\(key) \(line.row.value ?? "(not set)")"
    return search
  }

  mutating func sort(reverse: Bool, height: Int) -> String {
    if reverse {
      isReversed.toggle()
    } else {
      let columns = GroupColumn.sortable
      let next = (columns.firstIndex(of: column) ?? 0) + 1
      column = columns[next % columns.count]
      isReversed = false
    }
    arrange(height: height)
    return column.sentence + (isReversed ? ", turned around" : "")
  }

  /// Another window; false where there is none further.
  mutating func changeWindow(by step: Int) -> Bool {
    let all = RouteWindow.allCases
    let place = (all.firstIndex(of: window) ?? 0) + step
    guard all.indices.contains(place) else { return false }
    window = all[place]
    return true
  }

  mutating func change(to key: GroupKey) {
    self.key = key
    table = nil
    waiting = nil
    lines = []
    (index, top) = (0, 0)
  }
}
