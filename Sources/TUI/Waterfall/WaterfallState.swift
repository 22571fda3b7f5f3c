import Store

/// One trace as a tree of rows, and where a person is in it.
struct WaterfallState: Equatable, Sendable {
  let number: TraceNumber
  let id: TraceID
  private(set) var tree = TraceTree.empty
  /// The tree's rows that are not folded away, top to bottom.
  private(set) var visible: [Int] = []
  private(set) var folded: Set<TraceTree.RowKey> = []
  private(set) var selected: TraceTree.RowKey?
  /// Where the selection is among the visible rows.
  private(set) var row = 0
  /// The first visible row on screen.
  private(set) var top = 0
  /// Nil shows the whole trace, however long it grows.
  private(set) var zoom: TimeWindow?
  private(set) var needle = ""
  /// The tree's rows that contain the needle.
  private(set) var matches: [Int] = []
  /// The traces that are one request with this one, where there are others, the leading one first.
  private(set) var parts: [TraceID] = []
  /// What the trace tells of its request; nil until it was told.
  private(set) var told: ToldTrace?
  /// What rows stand for that are told of without a span, by the span they belong to.
  private(set) var asides: [SpanID: [ToldTrace.Aside]] = [:]
  /// Runs that were folded when they first showed; what a person did with them since is kept.
  private var knownRuns: Set<TraceTree.RowKey> = []
  /// The tree as parents and children make it.
  private var plainTree = TraceTree.empty
  /// Which spans have log records.
  private(set) var logs = LogMarks()
  /// The records that belong to no span that is here.
  private(set) var strayLogs = LogMark()
  /// Whether the store has let go of the trace; what was read of it stays on screen.
  private(set) var isEvicted = false

  init(number: TraceNumber, id: TraceID) {
    self.number = number
    self.id = id
  }

  var window: TimeWindow { zoom ?? .all(of: tree.duration) }

  /// The tree's row that is selected.
  var treeRow: Int? { visible.indices.contains(row) ? visible[row] : nil }

  var selectedSpan: SpanRow? { treeRow.flatMap { tree.span(at: $0) } }

  // MARK: - Spans arriving

  /// From this size on a tree is built anew for a fiftieth more spans, or when they stop coming,
  /// not for each.
  private static let largeTree = 5_000

  /// Reads the trace anew if it has more spans. The selection and the folds stay on their spans.
  mutating func refresh(_ context: ViewContext, height: Int) {
    guard let summary = context.summary(of: number) else {
      isEvicted = true
      return
    }
    let before = logs
    logs.refresh(context, of: number)
    if logs != before { countStrayLogs() }
    let known = plainTree.spans.count
    guard summary.spanCount != known || summary.traceCount != max(1, parts.count) else { return }
    if known > Self.largeTree, summary.spanCount > known, summary.spanCount - known < known / 50,
      context.now.since(summary.touched) < .seconds(1)
    {
      return
    }
    plainTree = readTree(context)
    countStrayLogs()
    regroup(height: height)
  }

  private mutating func countStrayLogs() {
    strayLogs = logs.marks.isEmpty ? LogMark() : logs.stray(besides: spanIDs)
  }

  /// The spans that are here.
  var spanIDs: Set<SpanID> { Set(plainTree.spans.map(\.spanID)) }

  /// Takes in what the trace tells, so that what goes together stands together.
  mutating func tell(_ told: ToldTrace, height: Int) {
    guard self.told?.spanCount != told.spanCount else { return }
    self.told = told
    regroup(height: height)
  }

  private mutating func regroup(height: Int) {
    let (grouping, asides) = told?.grouping ?? (TraceTree.Grouping(), [:])
    self.asides = asides
    tree = plainTree.grouped(by: grouping)
    for row in tree.rows.indices where tree.group(at: row)?.kind == .run {
      if knownRuns.insert(tree.rows[row].key).inserted { folded.insert(tree.rows[row].key) }
    }
    findMatches()
    rebuild(height: height)
  }

  private mutating func readTree(_ context: ViewContext) -> TraceTree {
    let snapshot = context.snapshot
    let traces = context.joinsTraces ? snapshot.requestTraces(of: number) : [number]
    let read = traces.compactMap { trace in
      snapshot.id(of: trace).map { TraceTree.JoinedTrace(id: $0, spans: snapshot.spans(of: trace)) }
    }
    parts = read.count > 1 ? read.map(\.id) : []
    return read.count > 1 ? TraceTree(joining: read) : TraceTree(snapshot.spans(of: number))
  }

  /// The trace that a row without a span stands for.
  func trace(at row: Int) -> TraceID? {
    guard tree.rows[row].place == .otherTrace else { return nil }
    return parts.first { TraceTree.key(ofTrace: $0) == tree.rows[row].key }
  }

  private mutating func rebuild(height: Int) {
    let before = row
    visible = tree.visibleRows(folding: folded)
    row = min(before, max(0, visible.count - 1))
    if let selected, let target = tree.row(with: selected) {
      row = place(of: target)
      // The eye stays on the row: what grew above it moves up, not the row down. But whoever is on the
      // first row goes on seeing the root, which is often the last to arrive.
      if before > 0 { top += row - before }
    }
    selected = treeRow.map { tree.rows[$0].key }
    reveal(height: height)
    // A tree that fits is shown whole.
    if visible.count <= height { top = 0 }
  }

  /// The visible row of a tree row, or of the folded row it is hidden under.
  private func place(of target: Int) -> Int {
    // The last visible row at or before it: visible rows are sorted.
    max(0, visible.indices.bisect { visible[$0] > target } - 1)
  }

  // MARK: - Moving

  mutating func move(to row: Int, height: Int) {
    guard !visible.isEmpty else { return }
    self.row = min(max(0, row), visible.count - 1)
    selected = tree.rows[visible[self.row]].key
    scroll(height: height)
  }

  mutating func move(by rows: Int, height: Int) { move(to: row + rows, height: height) }

  mutating func scroll(by rows: Int, height: Int) {
    top = min(max(0, top + rows), max(0, visible.count - height))
    let held = min(max(row, top), top + max(1, height) - 1)
    if held != row { move(to: held, height: height) }
  }

  /// Keeps the selection on screen and the screen full.
  mutating func scroll(height: Int) {
    reveal(height: height)
    top = min(top, max(0, visible.count - height))
  }

  /// Keeps the selection on screen.
  private mutating func reveal(height: Int) {
    top = max(0, min(max(top, row - max(1, height) + 1), row))
  }

  /// Goes to a row of the tree, unfolding what hides it.
  mutating func show(_ target: Int, height: Int) {
    for ancestor in tree.ancestors(of: target) { folded.remove(tree.rows[ancestor].key) }
    visible = tree.visibleRows(folding: folded)
    move(to: place(of: target), height: height)
  }

  /// Goes to the next error below or above, round the end; false when there is none.
  mutating func moveToError(forward: Bool, height: Int) -> Bool {
    let errors = tree.rows.indices.filter { tree.isError(at: $0) }
    return moveToOne(of: errors, forward: forward, height: height)
  }

  private mutating func moveToOne(of rows: [Int], forward: Bool, height: Int) -> Bool {
    let here = treeRow ?? 0
    let next =
      forward
      ? rows.first { $0 > here } ?? rows.first : rows.last { $0 < here } ?? rows.last
    guard let next else { return false }
    show(next, height: height)
    return true
  }

  // MARK: - Folding

  /// Whether the row at this visible place can be folded.
  func isFoldable(_ place: Int) -> Bool { tree.rows[visible[place]].childCount > 0 }

  func isFolded(_ place: Int) -> Bool { folded.contains(tree.rows[visible[place]].key) }

  mutating func toggleFold(at place: Int, height: Int) {
    guard visible.indices.contains(place), isFoldable(place) else { return }
    let key = tree.rows[visible[place]].key
    if folded.remove(key) == nil { folded.insert(key) }
    rebuild(height: height)
  }

  /// Folds the selected row; one that is folded or has no children goes to its parent.
  mutating func foldOrLeave(height: Int) {
    guard let treeRow else { return }
    if isFoldable(row), !isFolded(row) {
      toggleFold(at: row, height: height)
    } else if let parent = tree.rows[treeRow].parent {
      move(to: place(of: parent), height: height)
    }
  }

  /// Unfolds the selected row; one that is unfolded goes to its first child.
  mutating func unfoldOrEnter(height: Int) {
    guard !visible.isEmpty, isFoldable(row) else { return }
    if isFolded(row) {
      toggleFold(at: row, height: height)
    } else {
      move(by: 1, height: height)
    }
  }

  /// Folds every row that has children, but not the first, so that its children show; or unfolds
  /// all, runs too.
  mutating func toggleFoldAll(height: Int) {
    let foldable = tree.rows.filter { $0.childCount > 0 && $0.depth > 0 }.map(\.key)
    // Runs are folded from the start: that alone does not make the next step the unfolding.
    let isUnfolded = folded.isDisjoint(with: Set(foldable).subtracting(knownRuns))
    if isUnfolded, !folded.isSuperset(of: foldable) {
      folded.formUnion(foldable)
    } else {
      folded = []
    }
    rebuild(height: height)
  }

  /// Folds the groups: filters, controls, routing and runs; or unfolds them all. False where the
  /// trace has none.
  mutating func toggleGroups(height: Int) -> Bool {
    let groups = Set(tree.rows.indices.filter { isGroup($0) }.map { tree.rows[$0].key })
    guard !groups.isEmpty else { return false }
    if folded.isSuperset(of: groups) { folded.subtract(groups) } else { folded.formUnion(groups) }
    rebuild(height: height)
    return true
  }

  /// Whether a row heads rows that go together, as a group or as a span that does the same.
  func isGroup(_ row: Int) -> Bool {
    guard tree.rows[row].childCount > 0 else { return false }
    return tree.rows[row].place == .group
      || tree.span(at: row).flatMap { told?.notes[$0.spanID] }?.isHead ?? false
  }

  // MARK: - Zoom

  mutating func zoom(inwards: Bool) {
    guard let treeRow else { return }
    let reach = tree.reach(of: treeRow)
    let from = reach.start.since(tree.start)
    let to = reach.end.since(tree.start)
    let middle = from + Nanoseconds((to - from).rawValue / 2)
    zoom = window.zoomed(inwards, around: middle, of: tree.duration)
  }

  mutating func fit() { zoom = nil }

  mutating func pan(later: Bool) { zoom = zoom?.panned(later: later, of: tree.duration) }

  // MARK: - Finding

  mutating func find(_ needle: String) {
    self.needle = needle
    findMatches()
  }

  private mutating func findMatches() {
    guard !needle.isEmpty else {
      matches = []
      return
    }
    let search = TextSearch(needle)
    matches = tree.rows.indices.filter { row in
      if case .step(let number) = aside(at: row) {
        return search.matches(step(number)?.name ?? "")
      }
      guard let span = tree.span(at: row) else {
        return trace(at: row).map { search.matches($0.hex) } ?? false
      }
      return search.matches(span.name) || search.matches(span.service)
        || search.matches(told?.notes[span.spanID]?.label ?? "")
    }
  }

  /// Goes to the next or previous match, round the end; false when there is none.
  mutating func moveToMatch(forward: Bool, height: Int) -> Bool {
    moveToOne(of: matches, forward: forward, height: height)
  }

  /// Goes to the first match at or after a row, as while typing.
  mutating func moveToMatch(from key: TraceTree.RowKey?, height: Int) {
    let origin = key.flatMap { tree.row(with: $0) } ?? 0
    if let match = matches.first(where: { $0 >= origin }) ?? matches.first {
      show(match, height: height)
    }
  }
}
