import Store
import Support

@testable import TUI

/// Runs the explorer's pure half by hand: keys in, screens out, questions answered from the traces
/// given.
struct ScreenDriver {
  private(set) var state: AppState
  private(set) var snapshot: Snapshot
  private(set) var now: UnixNanos
  private(set) var effects: [Effect] = []
  private var traces: [[SpanRecord]]
  private let store = SnapshotFixture()
  /// What the screen of routes and filters asked for last, and who answers.
  private var routeWindow: RouteWindow?
  private let routeReader = RouteTableReader()
  private var wantsFacets = false
  private var groupOrder: GroupOrder?
  /// What the status line is told; figures of their own make screens easy to read.
  var traffic = Traffic()

  init(
    _ traces: [[SpanRecord]] = [], size: Size = Size(rows: 24, columns: 80),
    now: UnixNanos = Gateway.now, options: (inout ExplorerOptions) -> Void = { _ in }
  ) {
    var chosen = ExplorerOptions()
    chosen.timeZoneOffsetSeconds = 0
    options(&chosen)
    state = AppState(options: chosen, size: size)
    self.now = now
    self.traces = traces
    for trace in traces { store.receive(trace, now: now) }
    snapshot = store.snapshot()
    traffic = Gateway.traffic(of: traces.count)
    send(.source(Gateway.source))
  }

  // MARK: - Doing

  mutating func send(_ message: Message) {
    let new = update(&state, message, snapshot, now: now)
    effects += new
    for effect in new { answer(effect) }
    restSelection()
  }

  /// Lets the selection rest, so that the preview is of it.
  private mutating func restSelection() {
    guard let due = state.preview.due else { return }
    let new = update(&state, .tick(due), snapshot, now: due)
    effects += new
    for effect in new { answer(effect) }
  }

  mutating func press(_ keys: String...) {
    for name in keys {
      guard let key = Key(name: name) else { preconditionFailure("no key is called \(name)") }
      send(.key(key))
    }
  }

  /// The frame as it is now is what a person sees.
  mutating func look() { state.noteShown() }

  mutating func type(_ text: String) {
    for scalar in text.unicodeScalars { send(.key(.character(scalar))) }
  }

  mutating func mouse(_ kind: MouseEvent.Kind, row: Int, column: Int) {
    send(.key(.mouse(MouseEvent(kind: kind, row: row, column: column))))
  }

  /// More spans, as if they had just arrived.
  mutating func receive(_ traces: [[SpanRecord]], at moment: UnixNanos? = nil) {
    if let moment { now = moment }
    self.traces += traces
    for trace in traces { store.receive(trace, now: now) }
    snapshot = store.snapshot()
    send(.news)
    answerQuery()
  }

  /// Log records, as if they had just arrived.
  mutating func receive(logs: [LogRecord]) {
    store.receive(logs: logs, now: now)
    snapshot = store.snapshot()
    send(.news)
    answerQuery()
  }

  /// More spans of a trace that is there.
  mutating func receive(_ spans: [SpanRecord], into trace: Int) {
    traces[trace] += spans
    store.receive(spans, now: now)
    snapshot = store.snapshot()
    send(.news)
    answerQuery()
  }

  // MARK: - Answers

  private mutating func answer(_ effect: Effect) {
    switch effect {
    case .query: answerQuery()
    case .routes(let window):
      routeWindow = window
      answerRoutes()
    case .routeTraces(let cell, let drafts, let generation):
      let found = TraceSet(routeReader.traces(of: cell, in: snapshot))
      let exact = drafts.first { TraceSet(numbers(matching: $0)) == found }
      send(.routeTraces(found, filter: exact, generation: generation))
    case .facets(let isWanted):
      wantsFacets = isWanted
      answerFacets()
    case .groups(let order):
      groupOrder = order
      answerGroups()
    case .groupTraces(let value, let draft, let generation):
      guard let groupOrder else { break }
      let since = groupOrder.window.length.map { now - $0 }
      let reader = GroupReader(groupOrder.key, joinsTraces: false)
      let found = TraceSet(
        reader.traces(
          of: value, in: snapshot, selection: selection, since: since, now: now))
      let isExact = since == nil && TraceSet(numbers(matching: draft)) == found
      send(.groupTraces(found, filter: isExact ? draft : nil, generation: generation))
    case .previewCount(let filter, let generation):
      send(
        .preview(
          matching: numbers(matching: filter).count, of: traces.count, generation: generation))
    case .complete(let text, let cursor, let generation):
      let keys = Set(traces.joined().flatMap { $0.attributes.map(\.key) }).sorted()
      let suggestions = Completion.suggest(text: text, cursor: cursor, snapshotKeys: keys) { key in
        values(of: key)
      }
      send(.completions(suggestions, generation: generation))
    case .tell(let numbers, let joinsTraces):
      // All of them, however long it takes: screens are compared.
      send(
        .told(
          numbers.map { StoryAnswer($0, snapshot.told(of: $0, joinsTraces: joinsTraces)) }))
    default: break
    }
  }

  private mutating func answerQuery() {
    var result = QueryResult()
    result.traces = state.list.order.arrange(
      numbers(matching: state.filter.filter), in: snapshot, now: now)
    result.tracesHeld = traces.count
    result.isComplete = true
    let known = Set(traces.joined().flatMap { $0.attributes.map(\.key) })
    result.unknownKeys =
      state.filter.filter?.attributeKeys.filter { !known.contains($0) } ?? []
    result.failed = result.traces.count {
      snapshot.summary(of: $0, now: now)?.verdict.isFailure ?? false
    }
    result.traffic = traffic
    send(.query(result, generation: state.generation))
    answerRoutes()
    answerFacets()
    answerGroups()
  }

  private var selection: GroupSelection {
    let live = LiveQuery(filter: state.filter.filter)
    _ = live.update(to: snapshot, now: now)
    return live.selection
  }

  private mutating func answerFacets() {
    guard wantsFacets else { return }
    let reader = FacetReader(joinsTraces: false)
    reader.begin(snapshot, selection, now: now)
    guard let table = reader.proceed() else { return }
    send(.facets(table, generation: state.generation))
  }

  private mutating func answerGroups() {
    guard let groupOrder else { return }
    let table = GroupReader(groupOrder.key, joinsTraces: false).update(
      to: snapshot, selection: selection, since: groupOrder.window.length.map { now - $0 },
      now: now, limit: GroupsState.maximumRows)
    send(.groups(table, generation: state.generation))
  }

  private mutating func answerRoutes() {
    guard let routeWindow else { return }
    let selected = Set(numbers(matching: state.filter.filter))
    let table = routeReader.update(
      to: snapshot, window: routeWindow, now: now, isSelected: { selected.contains($0) },
      isTimeUp: { false })
    send(.routes(table, generation: state.generation))
  }

  /// The traces a filter selects, oldest start first, straight from the language's meaning.
  private func numbers(matching filter: Filter?) -> [TraceNumber] {
    let summaries = traces.indices.compactMap {
      snapshot.summary(of: TraceNumber(UInt64($0)), now: now)
    }
    let among = state.filter.chip?.traces
    return summaries.sorted { $0.start < $1.start }.filter { summary in
      guard among?.contains(summary.number) ?? true else { return false }
      let records = traces[Int(summary.number.rawValue)]
      var dimensions: [Dimension: [String]] = [:]
      for (dimension, value) in [
        (Dimension.tenant, summary.tenant), (.user, summary.user), (.route, summary.route),
        (.model, summary.model),
      ] {
        if let value { dimensions[dimension] = [value] }
      }
      let rows = snapshot.spans(of: summary.number)
      let spans = zip(records, rows).map { record, row in
        SpanFacts(record: record, role: row.role, hasError: row.hasError, dimensions: dimensions)
      }
      return NaiveEvaluator(TraceFacts(summary: summary, spans: spans)).matches(filter)
    }.map(\.number)
  }

  private func values(of key: String) -> [(value: String, spans: Int)] {
    var counts: [String: Int] = [:]
    for record in traces.joined() {
      for attribute in record.attributes where attribute.key == key {
        counts[JSONText.of(attribute.value), default: 0] += 1
      }
    }
    return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
  }

  // MARK: - Screens

  var frame: Frame {
    var frame = Frame(size: state.size, isASCII: state.glyphs.isASCII)
    view(state, snapshot, now: now, into: &frame)
    return frame
  }

  /// The same, with what is kept of the frame before.
  func frame(reusing parts: inout DrawnParts) -> Frame {
    var frame = Frame(size: state.size, isASCII: state.glyphs.isASCII)
    view(state, snapshot, now: now, reusing: &parts, into: &frame)
    return frame
  }

  /// The same, with rows that nobody has looked at before.
  var frameOfForgetfulRows: Frame {
    var driver = self
    driver.state.list.noteTold(state.list.shown(height: state.size.rows))
    return driver.frame
  }

  var screen: String { frame.text }
  func row(_ row: Int) -> String {
    let rows = screen.split(separator: "\n", omittingEmptySubsequences: false)
    return row < rows.count ? String(rows[row]) : ""
  }
  func styledRow(_ row: Int) -> String {
    let rows = frame.styledText.split(separator: "\n", omittingEmptySubsequences: false)
    return row < rows.count ? String(rows[row]) : ""
  }
}
