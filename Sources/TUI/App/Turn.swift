import Store

/// One message being dealt with: the state as it becomes, and the effects so far.
struct Turn {
  var state: AppState
  let snapshot: Snapshot
  let now: UnixNanos
  var effects: [Effect] = []

  init(state: AppState, snapshot: Snapshot, now: UnixNanos) {
    self.state = state
    self.snapshot = snapshot
    self.now = now
  }

  var context: ViewContext {
    ViewContext(
      snapshot: snapshot, now: now, glyphs: state.glyphs, zone: state.zone,
      joinsTraces: state.list.order.joinsTraces, stories: state.stories)
  }

  var listLayout: TraceListLayout { TraceListLayout(state.size, hasFacets: state.showsFacets) }
  var listHeight: Int { listLayout.table.rows }

  // MARK: - Messages

  mutating func take(_ message: Message) {
    if state.generation == 0 { ask() }
    noteArrivals()
    switch message {
    case .key(let key): press(key)
    case .query(let result, let generation):
      guard generation == state.generation else { break }
      let snapshot = snapshot
      state.list.accept(
        result, generation: generation, height: listHeight, lead: { snapshot.lead(of: $0) })
      recount()
    case .routes(let table, let generation): accept(table, generation: generation)
    case .routeTraces(let traces, let filter, let search):
      accept(traces, filter: filter, search: search)
    case .facets(let table, let generation): accept(table, generation: generation)
    case .groups(let table, let generation): accept(table, generation: generation)
    case .groupTraces(let traces, let filter, let search):
      acceptGroup(traces, filter: filter, search: search)
    case .preview(let matching, let held, let generation):
      guard generation == state.promptGeneration else { break }
      state.isCounting = false
      state.prompt?.preview = .init(matching: matching, held: held)
    case .completions(let suggestions, let generation):
      guard generation == state.promptGeneration else { break }
      state.prompt?.offer(suggestions)
    case .told(let answers): state.list.noteTold(state.stories.take(answers))
    case .figures(let figures):
      // It may have been closed since.
      if state.overlay != nil { state.overlay = figures }
      return
    case .source(let status):
      takeAnswer(of: status)
      state.source = status
      state.help?.rules = status.rules
      state.help?.collector = status.collector
      state.help?.losses = Loss.ofStore(snapshot.statistics, status)
    case .history(let lines): state.history = lines + state.history
    case .news, .tick: break
    }
    keepUp()
  }

  /// Remembers when spans last came, for the clock of a list at rest.
  private mutating func noteArrivals() {
    let received = snapshot.statistics.spansReceived
    guard received != state.spansReceived else { return }
    state.spansReceived = received
    // Of what was read back nobody knows when it came; it ended no later.
    let isHistory = snapshot.statistics.ingestLag == nil && snapshot.statistics.newestSpan.isSet
    state.lastArrival = isHistory ? snapshot.statistics.newestSpan : now
  }

  /// After every message: what is on screen is as wide and as long as what is held.
  private mutating func keepUp() {
    let context = context
    onTree { $0.refresh(context, height: $1) }
    keepFacets()
    if state.trace == nil {
      state.list.measure(context, height: listHeight)
    }
    keepTold(context)
    let settles = settling
    state.trace?.settles = settles
    keepPreview()
  }

  /// The preview follows the selection once that rests; at once where nothing was shown before.
  private mutating func keepPreview() {
    let isGone = state.preview.trace.map { snapshot.id(of: $0) == nil } ?? true
    state.preview.follow(
      state.list.isEmpty ? nil : state.list.selected, now: now,
      isGone: isGone || state.trace != nil)
  }

  /// Asks for the story of the trace in view, and gives the waterfall the one that is known.
  private mutating func keepTold(_ context: ViewContext) {
    let opened = state.trace?.waterfall.number
    if let opened, let told = state.stories.story(of: opened) {
      onTree { $0.tell(told, height: $1) }
    }
    guard state.stories.pending.isEmpty else { return }
    let first = opened ?? state.list.selected
    let summary = first.flatMap {
      opened == nil ? state.list.row(of: $0, context)?.summary : context.summary(of: $0)
    }
    var untold: [TraceNumber] = []
    if let first, let summary, isUntold(summary, first) { untold.append(first) }
    if opened == nil, state.shownRoutes == nil {
      // Which of several models a row names is in its story, too.
      let rows = state.list.rows(height: listHeight, context).prefix(StoryShelf.maximumRows)
      for case let row? in rows where row.isModelInDoubt && row.summary.number != first {
        if isUntold(row.summary, row.summary.number) { untold.append(row.summary.number) }
      }
    }
    guard !untold.isEmpty else { return }
    state.stories.ask(untold)
    effects.append(.tell(untold, joinsTraces: state.list.order.joinsTraces))
  }

  /// Whether the story that is known, if any, is not of all the spans that there are.
  private func isUntold(_ summary: TraceSummary, _ number: TraceNumber) -> Bool {
    let isAtRest = now.since(summary.touched) >= .seconds(1)
    return state.stories.needs(number, spans: summary.spanCount, isAtRest: isAtRest)
  }

  /// How long an open trace that is still arriving is looked at again, where no span says so first.
  private static let settlingInterval = Nanoseconds.seconds(1)

  private var settling: UnixNanos? {
    guard let number = state.trace?.waterfall.number,
      context.summary(of: number)?.isArriving(at: now) ?? false
    else { return nil }
    return now + Self.settlingInterval
  }

  // MARK: - Keys

  private mutating func press(_ key: Key) {
    switch key {
    case .resize(let size): return resize(to: size)
    case .mouse(let event):
      if event.kind != .release { state.notice = nil }
      return mouse(event)
    case .paste(let text): return type(text)
    default: break
    }
    state.notice = nil
    let screen = state.screen
    if let command = Keymap.command(for: key, on: screen), !takesAsText(key, command, screen) {
      perform(command, on: screen)
    } else if case .character(let scalar) = key {
      type(String(scalar))
    }
  }

  /// In prompts a character is text, whatever it does elsewhere.
  private func takesAsText(_ key: Key, _ command: Command, _ screen: ScreenKind) -> Bool {
    if case .character = key { return screen == .filter || screen == .find }
    return false
  }

  private mutating func resize(to size: Size) {
    guard size != state.size else { return }
    state.size = size
    state.list.resize(height: listHeight)
    onTree { $0.scroll(height: $1) }
    scrollRoutes()
    scrollGroups()
    scrollHelp(by: 0)
    scrollFiles(by: 0)
    withDetails { details, lines, height in details.scroll(by: 0, in: lines, height: height) }
  }

  private mutating func perform(_ command: Command, on screen: ScreenKind) {
    switch command {
    case .quit: return effects.append(.quit)
    case .redraw: return effects.append(.redraw)
    case .suspend: return effects.append(.suspend)
    case .toggleMouse: return toggleMouse()
    case .files where screen != .files: return openFiles()
    case .write: return writeTraces()
    case .overlay:
      state.overlay = state.overlay == nil ? OverlayFigures() : nil
      return effects.append(.overlay(state.overlay != nil))
    case .help:
      return state.help = HelpState(
        screen: screen, rules: state.source.rules, collector: state.source.collector,
        losses: Loss.ofStore(snapshot.statistics, state.source))
    default: break
    }
    switch screen {
    case .traces: performOnList(command)
    case .waterfall: performOnTree(command)
    case .details: performOnDetails(command)
    case .routes: performOnRoutes(command)
    case .files: performOnFiles(command)
    case .facets: performOnFacets(command)
    case .groups: performOnGroups(command)
    case .filter: performOnFilter(command)
    case .find: performOnFind(command)
    case .help: performOnHelp(command)
    }
  }

  private mutating func toggleMouse() {
    state.isMouseOn.toggle()
    effects.append(.setMouse(state.isMouseOn))
    state.notice = Notice(
      state.isMouseOn ? "mouse on" : "mouse off: the terminal selects text now; F2 turns it on")
  }

  // MARK: - Queries

  /// Asks for the traces of the filter in force, in the order in force.
  mutating func ask() {
    state.generation += 1
    effects.append(
      .query(
        state.filter.filter, among: state.filter.chip?.traces, order: state.list.order,
        generation: state.generation))
  }

  mutating func copy(_ text: String, as what: String) {
    effects.append(.copy(text))
    state.notice = Notice("copied \(what) \(TextWidth.cut(text, to: 60))", .ok)
  }
}
