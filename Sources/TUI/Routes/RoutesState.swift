import Store

/// The screen of routes and filters: the table shown, and where a person is in it.
struct RoutesState: Equatable, Sendable {
  /// Where a person is in one table. The selection stays on its row whatever its figures become.
  struct Place: Equatable, Sendable {
    fileprivate(set) var selected: RouteTable.Row?
    /// The place of the selection among the rows, and the first row on screen.
    fileprivate(set) var index = 0
    fileprivate(set) var top = 0
    fileprivate(set) var column: RouteColumn
    fileprivate(set) var order = RouteOrder.standard
    fileprivate(set) var isReversed = false
  }

  /// The list of traces behind a figure, on top of the screen.
  struct Drill: Equatable, Sendable {
    /// The filter to come back to.
    var filter: FilterState.Step
  }

  /// Nil before the first answer.
  private(set) var table: RouteTable?
  /// The query that the table is about.
  private(set) var generation = 0
  /// What an answer said while the screen was on hold.
  private var waiting: RouteTable?
  private(set) var window = RouteWindow.fiveMinutes
  private(set) var focus = RoutePane.routes
  /// Whether the focused table has all the room.
  var isMaximized = false
  private var places: [RoutePane: Place] = [:]
  var drill: Drill?
  /// The search for traces whose answer counts.
  var search = 0

  init() {
    for pane in RoutePane.allCases {
      places[pane] = Place(column: RouteColumn.standard(of: pane))
    }
  }

  // MARK: - Reading

  func place(in pane: RoutePane) -> Place {
    places[pane] ?? Place(column: RouteColumn.standard(of: pane))
  }

  /// The rows of a table in the order that a person chose.
  func lines(of pane: RoutePane) -> [RouteLine] {
    let place = place(in: pane)
    return place.order.arrange(table?.lines(of: pane) ?? [], isReversed: place.isReversed)
  }

  /// The selected row of the focused table.
  var selectedLine: RouteLine? {
    let lines = lines(of: focus)
    let index = place(in: focus).index
    return lines.indices.contains(index) ? lines[index] : nil
  }

  /// The figure under the cursor.
  var selectedCell: RouteTable.Cell? {
    selectedLine.map { RouteTable.Cell($0.row, place(in: focus).column.part) }
  }

  /// The tables that have rows, or had when nothing else has.
  var panes: [RoutePane] {
    guard let table else { return [] }
    return RoutePane.allCases.filter { !table.lines(of: $0).isEmpty }
  }

  // MARK: - Answers

  /// Takes a new table, or keeps it for later while the screen is on hold.
  mutating func accept(_ table: RouteTable, generation: Int, isOnHold: Bool) {
    guard table.window == window else { return }
    // A table of another filter or window is an answer that was asked for.
    if isOnHold, self.generation == generation, self.table?.window == window,
      self.table?.isComplete ?? false
    {
      waiting = table
      return
    }
    self.generation = generation
    show(table)
  }

  /// What came while the screen was on hold.
  mutating func release() {
    if let waiting { show(waiting) }
  }

  private mutating func show(_ table: RouteTable) {
    waiting = nil
    self.table = table
    for pane in RoutePane.allCases { settle(pane) }
    if !panes.contains(focus), let first = panes.first { focus = first }
  }

  /// Puts the selection where its row is now.
  private mutating func settle(_ pane: RoutePane) {
    let lines = lines(of: pane)
    var place = place(in: pane)
    if let selected = place.selected, let index = lines.firstIndex(where: { $0.row == selected }) {
      place.top = max(0, place.top + index - place.index)
      place.index = index
    } else if !lines.isEmpty {
      place.index = min(place.index, lines.count - 1)
      // A row that was never chosen is the first one, whichever that is.
      if place.selected != nil || place.index > 0 { place.selected = lines[place.index].row }
    }
    places[pane] = place
  }

  // MARK: - Moving

  mutating func move(to index: Int, in pane: RoutePane) {
    let lines = lines(of: pane)
    guard !lines.isEmpty else { return }
    let index = min(max(0, index), lines.count - 1)
    places[pane]?.index = index
    places[pane]?.selected = lines[index].row
  }

  /// Goes rows up or down; past the end of a table it goes on in the next one.
  mutating func move(by rows: Int) {
    let count = lines(of: focus).count
    let index = place(in: focus).index + rows
    if abs(rows) == 1, !isMaximized, index < 0 || index >= count {
      let panes = panes
      let next = (panes.firstIndex(of: focus) ?? 0) + rows
      guard panes.indices.contains(next) else { return }
      focus = panes[next]
      return move(to: rows > 0 ? 0 : .max, in: focus)
    }
    move(to: index, in: focus)
  }

  /// Keeps the selection within the rows on screen, and the screen full.
  mutating func scroll(_ pane: RoutePane, height: Int) {
    guard var place = places[pane] else { return }
    let count = lines(of: pane).count
    let height = max(1, height)
    place.top = min(max(place.top, place.index - height + 1), place.index)
    place.top = max(0, min(place.top, count - height))
    places[pane] = place
  }

  /// Scrolls without moving the selection further than the edge.
  mutating func scroll(_ pane: RoutePane, by rows: Int, height: Int) {
    guard var place = places[pane] else { return }
    let count = lines(of: pane).count
    let height = max(1, height)
    place.top = max(0, min(place.top + rows, count - height))
    places[pane] = place
    let held = min(max(place.index, place.top), place.top + height - 1)
    if held != place.index { move(to: held, in: pane) }
  }

  mutating func focus(on pane: RoutePane) {
    if panes.contains(pane) { focus = pane }
  }

  mutating func switchPane(forward: Bool) {
    let panes = panes
    guard let index = panes.firstIndex(of: focus) else { return }
    focus = panes[(index + (forward ? 1 : panes.count - 1)) % panes.count]
  }

  /// Moves the cursor to a column, of those shown.
  mutating func moveColumn(by step: Int, among shown: [RouteColumn]) {
    guard !shown.isEmpty else { return }
    let current = shown.firstIndex(of: place(in: focus).column) ?? 0
    setColumn(shown[min(max(0, current + step), shown.count - 1)])
  }

  mutating func setColumn(_ column: RouteColumn) { places[focus]?.column = column }

  // MARK: - Order and window

  /// The next order of the focused table, or the same turned round; what it is, for a person.
  mutating func sort(reverse: Bool) -> String {
    var place = place(in: focus)
    if reverse {
      place.isReversed.toggle()
    } else {
      let orders = RouteOrder.all(of: focus)
      let next = (orders.firstIndex(of: place.order) ?? 0) + 1
      place.order = orders[next % orders.count]
      place.isReversed = false
    }
    places[focus] = place
    settle(focus)
    let sentence = "\(focus.title): \(place.order.sentence(in: focus))"
    return place.isReversed ? "\(sentence), turned round" : sentence
  }

  /// Another window; false where there is none further that way.
  mutating func changeWindow(by step: Int) -> Bool {
    guard let new = RouteWindow(rawValue: UInt8(clamping: Int(window.rawValue) + step)),
      new != window
    else { return false }
    window = new
    waiting = nil
    return true
  }
}
