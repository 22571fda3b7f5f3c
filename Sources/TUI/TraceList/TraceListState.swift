import Store

/// The rows of the trace list and where a person is in them.
///
/// Rows are counted from the top of the list; ``traces`` has them bottom first, so a new trace is
/// appended.
struct TraceListState: Equatable, Sendable {
  /// The traces shown, the top row last.
  private(set) var traces: [TraceNumber] = []
  /// What a query said while the rows were on hold.
  private var waiting: [TraceNumber]?
  private(set) var tracesHeld = 0
  /// The same in rows: the traces of one request counted once where they are joined.
  private(set) var rowsHeld = 0
  /// Errors, denials and clients gone among the rows.
  private(set) var failed = 0
  /// How many requests rows, failures and what is held stand for, where requests are thinned.
  private(set) var scaled: ScaledCounts?
  /// Rows that stand for more than one trace.
  private(set) var joinedRows = 0
  /// Whether the whole store has been looked through yet.
  private(set) var isComplete = false
  private(set) var unknownKeys: [String] = []
  private(set) var traffic = Traffic()
  /// The query that the rows answer; 0 before the first answer.
  private(set) var generation = 0
  /// How many answers came; what rows show changes with one, or with the store.
  private(set) var answers = 0

  private(set) var isOnHold = false
  /// Whether the selection stays on the top row whatever arrives.
  private(set) var isFollowing = true
  private(set) var selected: TraceNumber?
  /// The row of the selection.
  private(set) var row = 0
  /// The first row on screen.
  private(set) var top = 0
  /// The rows that columns were measured by.
  private var rows = RowShelf()
  /// The selection of the last frame.
  private var shownSelection: TraceNumber?
  /// Traces with a higher number are new to the person.
  private var seen: UInt64 = 0
  /// The highest number of the last answer.
  private var newest: UInt64 = 0
  /// Traces that came since the list stopped following.
  private(set) var newCount = 0

  var order = TraceOrder.newestFirst
  /// The column that `=` and `!` look at.
  private(set) var focus = ListColumn.tenant
  private(set) var columns = ColumnLayout()

  init() {}

  var count: Int { traces.count }
  var isEmpty: Bool { traces.isEmpty }

  /// The trace of a row.
  func trace(at row: Int) -> TraceNumber { traces[traces.count - 1 - row] }

  // MARK: - Rows arriving

  /// Takes what a query found. The selection stays on its trace, and its trace where it is on the
  /// screen.
  ///
  /// `lead` says which trace stands for the request of another, so that the selection goes along when
  /// two rows become one.
  mutating func accept(
    _ result: QueryResult, generation: Int, height: Int,
    lead: (TraceNumber) -> TraceNumber = { $0 }
  ) {
    answers += 1
    tracesHeld = result.tracesHeld
    rowsHeld = result.requestsHeld
    joinedRows = result.joinedRows
    failed = result.failed
    scaled = result.scaled
    if order.joinsTraces { selected = selected.map(lead) }
    isComplete = result.isComplete
    unknownKeys = result.unknownKeys
    traffic = result.traffic
    let isAnswerToNewQuery = generation != self.generation
    self.generation = generation
    if isAnswerToNewQuery { forgetColumns() }
    newest = result.traces.reduce(0) { max($0, $1.rawValue) }
    if isOnHold && !isAnswerToNewQuery {
      waiting = result.traces
    } else {
      waiting = nil
      if isAnswerToNewQuery, !isFollowing, !keepsSelection(in: result.traces) {
        isFollowing = !isOnHold
        row = 0
      }
      show(result.traces, height: height)
      // Another question moves rows anyway, so the screen may as well be full.
      if isAnswerToNewQuery, !result.traces.isEmpty { scroll(height: height) }
    }
    countNew()
  }

  private func keepsSelection(in traces: [TraceNumber]) -> Bool {
    guard let selected else { return false }
    return traces.contains(selected)
  }

  private mutating func show(_ traces: [TraceNumber], height: Int) {
    self.traces = traces
    guard !traces.isEmpty else {
      row = 0
      top = 0
      selected = nil
      return
    }
    if isFollowing {
      select(row: 0, height: height)
      return
    }
    let before = row
    if let selected, let index = traces.lastIndex(of: selected) {
      row = traces.count - 1 - index
      top += row - before
    } else {
      // What was selected is gone (evicted, or it matches no more): its neighbour takes the place.
      row = min(before, traces.count - 1)
      selected = trace(at: row)
    }
    // The screen is not filled up here: rows above or below may be missing, but none of them moves.
    reveal(height: height)
  }

  private mutating func countNew() {
    guard !isFollowing || isOnHold else { return markSeen() }
    let seen = self.seen
    newCount =
      newest > seen ? (waiting ?? traces).reduce(0) { $0 + ($1.rawValue > seen ? 1 : 0) } : 0
  }

  /// Everything that is there now has been seen.
  private mutating func markSeen() {
    seen = max(seen, newest)
    newCount = 0
  }

  // MARK: - Moving

  /// Goes to a row, clipped to those there are; the top row of moving rows is followed.
  mutating func move(to row: Int, height: Int) {
    guard !traces.isEmpty else { return }
    let wasFollowing = isFollowing
    select(row: row, height: height)
    isFollowing = self.row == 0 && !isOnHold
    if isFollowing != wasFollowing { markSeen() }
  }

  mutating func move(by rows: Int, height: Int) { move(to: row + rows, height: height) }

  /// Stops following without moving, as when a trace is opened.
  mutating func settle() {
    guard isFollowing else { return }
    isFollowing = false
    markSeen()
  }

  /// Goes back to the row that was selected in the last frame, and stays there: a person speaks of what
  /// was seen, whatever has arrived since.
  mutating func settleOnSeen(height: Int) {
    guard isFollowing, !isEmpty else { return }
    if let seen = shownSelection, seen != selected, let index = traces.lastIndex(of: seen) {
      select(row: traces.count - 1 - index, height: height)
    }
    settle()
  }

  /// The frame drawn now shows this selection.
  mutating func noteShown() { shownSelection = selected }

  mutating func follow(height: Int) {
    isOnHold = false
    if let waiting { traces = waiting }
    waiting = nil
    isFollowing = true
    select(row: 0, height: height)
    markSeen()
  }

  /// Scrolls without moving the selection further than the screen's edge.
  mutating func scroll(by rows: Int, height: Int) {
    guard !traces.isEmpty else { return }
    let last = max(0, count - height)
    top = min(max(0, top + rows), last)
    let held = min(max(row, top), top + max(1, height) - 1)
    if held != row { move(to: held, height: height) }
  }

  private mutating func select(row: Int, height: Int) {
    guard !traces.isEmpty else { return }
    self.row = min(max(0, row), count - 1)
    selected = trace(at: self.row)
    scroll(height: height)
  }

  /// Keeps the selection on screen and the screen full.
  private mutating func scroll(height: Int) {
    reveal(height: height)
    top = min(top, max(0, count - height))
  }

  /// Keeps the selection on screen.
  private mutating func reveal(height: Int) {
    top = max(0, min(max(top, row - max(1, height) + 1), row))
  }

  /// After the screen changed its size.
  mutating func resize(height: Int) {
    forgetColumns()
    if !traces.isEmpty { scroll(height: height) }
  }

  /// Another order: the answer shows from its top.
  mutating func restart(order: TraceOrder) {
    self.order = order
    row = 0
    selected = nil
    isFollowing = !isOnHold
  }

  // MARK: - Hold

  mutating func toggleHold(height: Int) {
    isOnHold.toggle()
    if isOnHold {
      // What came above the screen before that nobody has seen.
      if isFollowing { markSeen() }
      isFollowing = false
      return
    }
    if let waiting {
      self.waiting = nil
      show(waiting, height: height)
      // The key moves rows anyway: none stays above the screen while there is room below.
      if !traces.isEmpty { scroll(height: height) }
    }
    isFollowing = row == 0
    if isFollowing { markSeen() }
  }

  // MARK: - Columns

  /// Moves the focus to the next column that has something to filter by.
  mutating func moveFocus(by step: Int, width: Int) {
    let shown = placed(width: width).map(\.column).filter(ListColumn.focusable.contains)
    guard !shown.isEmpty else { return }
    let current = shown.firstIndex(of: focus) ?? shown.firstIndex { $0.rawValue > focus.rawValue }
    focus = shown[min(max(0, (current ?? 0) + step), shown.count - 1)]
  }

  mutating func setFocus(_ column: ListColumn) { focus = column }

  /// The columns shown, from left to right.
  func placed(width: Int, from column: Int = 0) -> [ColumnLayout.Placed] {
    columns.placed(width: width, from: column, sortedBy: order.column.listColumn)
  }

  /// The traces of the rows on screen, from the top.
  func shown(height: Int) -> [TraceNumber] {
    (top..<max(top, min(count, top + height))).map { trace(at: $0) }
  }

  /// A row of the list; nil where its trace is not held any more.
  func row(of trace: TraceNumber, _ context: ViewContext) -> ListRow? {
    rows.row(trace, context, answers: answers)
  }

  /// The rows on screen from the top, nil where a trace is not held any more.
  func rows(height: Int, _ context: ViewContext) -> [ListRow?] {
    rows.rows(shown(height: height), context, answers: answers)
  }

  /// Looks at the rows on screen, so that columns are as wide as their values.
  mutating func measure(_ context: ViewContext, height: Int) {
    for row in rows.look(at: shown(height: height), context, answers: answers) { columns.see(row) }
  }

  /// Other stories are told of these traces now.
  mutating func noteTold(_ traces: [TraceNumber]) { rows.forget(traces) }

  /// Columns are as wide again as what is on the screen.
  private mutating func forgetColumns() {
    columns = ColumnLayout()
    rows = RowShelf()
  }
}
