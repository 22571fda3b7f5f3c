import Store

@testable import TUI

/// The explorer without threads and without a terminal: keys by name in, frames out, the store asked on the spot.
///
/// The clock stands still and times are UTC, so a screen is the same on every machine.
struct HeadlessApp {
  private(set) var state: AppState
  private(set) var now: UnixNanos
  /// Effects that reach outside: what was copied, saved, asked of the terminal.
  private(set) var effects: [Effect] = []
  /// How often a story was asked for.
  private(set) var told = 0
  private let store: Store
  private(set) var snapshot: Snapshot
  private var query: QueryWorker.Query?
  private var live: LiveQuery?
  private var routeWindow: RouteWindow?
  private var wantsFacets = false
  private var groupOrder: GroupOrder?
  private let routeReader = RouteTableReader()
  /// How many traces one answer about routes may read; nil for all of them.
  var routeSlice: Int?

  init(
    store: Store, size: Size = Size(rows: 24, columns: 80), now: UnixNanos,
    options: ExplorerOptions = ExplorerOptions()
  ) {
    var options = options
    options.timeZoneOffsetSeconds = 0
    self.store = store
    self.now = now
    snapshot = store.snapshot()
    state = AppState(options: options, size: size)
    send(.source(SourceStatus()))
    refresh()
  }

  // MARK: - What happens

  /// Presses keys by name: `press("/", "a", "Enter", "Ctrl-c")`.
  mutating func press(_ names: String...) {
    for name in names {
      guard let key = Key(name: name) else { preconditionFailure("no key is called \(name)") }
      send(.key(key))
    }
  }

  mutating func type(_ text: String) {
    for scalar in text.unicodeScalars { send(.key(.character(scalar))) }
  }

  /// Lets the screens see what the store has by now, and what time it is.
  mutating func refresh(at moment: UnixNanos? = nil) {
    now = moment ?? now
    store.refresh()
    snapshot = store.snapshot()
    send(.news)
    answer()
  }

  mutating func send(_ message: Message) {
    for effect in update(&state, message, snapshot, now: now) { perform(effect) }
    // The selection rests.
    guard let due = state.preview.due else { return }
    for effect in update(&state, .tick(due), snapshot, now: due) { perform(effect) }
  }

  // MARK: - What is seen

  var frame: Frame {
    var frame = Frame(size: state.size, isASCII: state.options.isASCII)
    view(state, snapshot, now: now, into: &frame)
    return frame
  }

  var text: String { frame.text }

  // MARK: - Effects

  private mutating func perform(_ effect: Effect) {
    switch effect {
    case .query(let filter, let among, let order, let generation):
      query = QueryWorker.Query(
        filter: filter, among: among, order: order, generation: generation)
      live = LiveQuery(filter: filter, among: among, joinsTraces: order.joinsTraces)
      answer()
    case .routes(let window):
      routeWindow = window
      answerRoutes()
    case .facets(let isWanted):
      wantsFacets = isWanted
      answerGroups()
    case .groups(let order):
      groupOrder = order
      answerGroups()
    case .routeTraces(let cell, let drafts, let generation):
      let found = TraceSet(routeReader.traces(of: cell, in: snapshot))
      let exact = drafts.first { draft in
        TraceSet(
          LiveQuery(filter: draft, among: query?.among).update(to: snapshot, now: now).traces)
          == found
      }
      send(.routeTraces(found, filter: exact, generation: generation))
    case .groupTraces(let value, let draft, let generation):
      guard let live, let groupOrder else { break }
      let since = groupOrder.window.length.map { now - $0 }
      let reader = GroupReader(groupOrder.key, joinsTraces: live.joinsTraces)
      let found = TraceSet(
        reader.traces(
          of: value, in: snapshot, selection: live.selection, since: since, now: now))
      let exact = LiveQuery(filter: draft, among: query?.among, joinsTraces: live.joinsTraces)
        .update(to: snapshot, now: now).traces
      send(
        .groupTraces(
          found, filter: since == nil && TraceSet(exact) == found ? draft : nil,
          generation: generation))
    case .previewCount(let filter, let generation):
      let joinsTraces = state.list.order.joinsTraces
      let result = LiveQuery(filter: filter, joinsTraces: joinsTraces)
        .update(to: snapshot, now: now)
      send(
        .preview(matching: result.traces.count, of: result.requestsHeld, generation: generation))
    case .complete(let text, let cursor, let generation):
      let snapshot = snapshot
      let suggestions = Completion.suggest(
        text: text, cursor: cursor, snapshotKeys: snapshot.keys()
      ) { snapshot.values(of: $0, limit: 200) }
      send(.completions(suggestions, generation: generation))
    case .tell(let numbers, let joinsTraces):
      told += numbers.count
      send(
        .told(
          numbers.map { StoryAnswer($0, snapshot.told(of: $0, joinsTraces: joinsTraces)) }))
    default: effects.append(effect)
    }
  }

  private mutating func answer() {
    guard let query, let live else { return }
    var result = live.update(to: snapshot, now: now)
    result.traces = query.order.arrange(result.traces, in: snapshot, now: now)
    send(.query(result, generation: query.generation))
    answerRoutes()
    answerGroups()
  }

  private mutating func answerGroups() {
    guard let live, let query else { return }
    if let groupOrder {
      let table = GroupReader(groupOrder.key, joinsTraces: live.joinsTraces).update(
        to: snapshot, selection: live.selection,
        since: groupOrder.window.length.map { now - $0 }, now: now,
        limit: GroupsState.maximumRows)
      send(.groups(table, generation: query.generation))
    }
    if wantsFacets {
      let reader = FacetReader(joinsTraces: live.joinsTraces)
      reader.begin(snapshot, live.selection, now: now)
      if let table = reader.proceed() { send(.facets(table, generation: query.generation)) }
    }
  }

  private mutating func answerRoutes() {
    guard let routeWindow, let live, let query else { return }
    var left = routeSlice ?? .max
    let table = routeReader.update(
      to: snapshot, window: routeWindow, now: now, isSelected: { live.isSelected($0) },
      isTimeUp: {
        left -= 1
        return left <= 0
      })
    send(.routes(table, generation: query.generation))
  }
}
