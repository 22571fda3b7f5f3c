import Store

/// The screen's thread: waits for keys and news, lets ``update(_:_:_:now:)`` think, and draws.
///
/// It waits in one poll() on the keyboard and one pipe. Keys come first and are drawn at once; frames that only news
/// asked for keep a distance, so that a flood of spans costs some thirty frames a second at most. At rest it sleeps.
struct UILoop<Screen: Terminal & ~Copyable>: ~Copyable {
  /// The least time between the last frame and one that only news asked for.
  static var frameIntervalNanoseconds: UInt64 { 16_000_000 }
  /// The least time between two frames that only news asked for.
  static var newsIntervalNanoseconds: UInt64 { 30_000_000 }

  var terminal: Screen
  private var state: AppState
  private var snapshot: Snapshot
  private var frame: Frame
  /// What of the last frame can be put again.
  private var parts = DrawnParts()
  private let store: Store
  private let worker: QueryWorker
  private let mailbox: Mailbox
  private let source: any SourceMonitor
  private let history: HistoryFile
  /// How the program ends; nil while it goes on.
  private var exitCode: Int32?
  private var drawing = Drawing.none
  /// By the monotonic clock.
  private var lastFrame: UInt64 = 0
  /// When the last one was begun that no key asked for.
  private var lastNewsFrame: UInt64 = 0
  /// What measures the loop; nil while nobody wants to know.
  private var meter: LoopMeter?

  /// Whether something is to be drawn, and how soon.
  private enum Drawing { case none, whenDue, atOnce }

  init(
    terminal: consuming Screen, store: Store, worker: QueryWorker, mailbox: Mailbox,
    source: any SourceMonitor, options: ExplorerOptions, history: HistoryFile
  ) {
    var options = options
    options.isASCII = terminal.isASCII
    let size = terminal.size
    state = AppState(options: options, size: size)
    frame = Frame(size: size, isASCII: terminal.isASCII)
    self.store = store
    snapshot = store.snapshot()
    self.terminal = terminal
    self.worker = worker
    self.mailbox = mailbox
    self.source = source
    self.history = history
  }

  /// Runs until somebody quits or a signal ends it; returns the exit code.
  mutating func run() -> Int32 {
    handle(.source(source.status()))
    handle(.history(history.load()))
    drawing = .atOnce
    var keys: [Key] = []
    while true {
      if let exitCode { return exitCode }
      drawIfDue()
      let ready = Poll.wait(
        [terminal.inputDescriptor, mailbox.wake.descriptor], nanoseconds: timeout())
      let requests = serveRequests()
      if requests.contains(.resize) || ready.isInterrupted || ready.readable[0] || ready.hungUp[0] {
        terminal.readKeys(into: &keys)
        for key in keys where exitCode == nil { press(key) }
        keys.removeAll(keepingCapacity: true)
      }
      if terminal.isGone { return TerminalRequests.hangUp.exitCode ?? 1 }
      if ready.isInterrupted || ready.readable[1] { readMail() }
      showPreviewIfDue()
    }
  }

  /// The time until a frame is due, or the preview of a selection that rests; nil where there is
  /// neither. What else changes by itself comes as mail.
  private func timeout() -> UInt64? {
    let preview = state.preview.due.map { $0.since(Clock.now()).rawValue }
    guard drawing == .whenDue else { return preview }
    let (due, now) = (newsFrameDue, Clock.monotonic())
    return min(due > now ? due - now : 0, preview ?? .max)
  }

  private var newsFrameDue: UInt64 {
    max(
      lastFrame + Self.frameIntervalNanoseconds, lastNewsFrame + Self.newsIntervalNanoseconds)
  }

  private mutating func showPreviewIfDue() {
    guard let due = state.preview.due, Clock.now() >= due else { return }
    handle(.tick(Clock.now()))
    askForFrame(.whenDue)
  }

  // MARK: - Input

  private mutating func press(_ key: Key) {
    // Nil, too, for the key that turns the meter on.
    let came = meter == nil ? nil : Clock.monotonic()
    let before = state
    handle(.key(key))
    // A key that does nothing here is answered by nothing. Parts that are the same share their memory, so
    // this compares references. After a resize the terminal may show anything.
    guard state != before || key.isResize else { return }
    if let came { meter?.noteKey(at: came) }
    askForFrame(.atOnce)
  }

  private mutating func readMail() {
    mailbox.wake.drain()
    let letters = mailbox.take()
    // What comes in changes the source's counts, too.
    if letters.hasSourceNews || letters.answer != nil { handle(.source(source.status())) }
    if let answer = letters.answer {
      let isNews = answer.snapshot.version != snapshot.version
      snapshot = answer.snapshot
      handle(isNews ? .news : .tick(Clock.now()))
      handle(.query(answer.result, generation: answer.generation))
    }
    let others = [
      letters.routes, letters.routeTraces, letters.facets, letters.groups, letters.groupTraces,
      letters.preview,
      letters.completions,
    ].compactMap(\.self)
    for message in others { handle(message) }
    var isSeen = letters.hasSourceNews || letters.answer != nil || !others.isEmpty
    if let stories = letters.stories {
      let before = state
      handle(stories)
      isSeen = isSeen || state.showsOtherStories(than: before)
    }
    if isSeen { askForFrame(.whenDue) }
  }

  /// Does what signals asked for.
  private mutating func serveRequests() -> TerminalRequests {
    let requests = terminal.takeRequests()
    guard !requests.isEmpty else { return requests }
    if let code = requests.exitCode { exitCode = code }
    if requests.contains(.stop) {
      terminal.suspend()
    } else if requests.contains(.resume) {
      terminal.resume()
    }
    fitFrame()
    askForFrame(.atOnce)
    return requests
  }

  /// Lets the screens know of something and does what they want done.
  private mutating func handle(_ message: Message) {
    for effect in update(&state, message, snapshot, now: Clock.now()) { perform(effect) }
  }

  // MARK: - Effects

  private mutating func perform(_ effect: Effect) {
    switch effect {
    case .query(let filter, let among, let order, let generation):
      worker.ask(
        QueryWorker.Query(filter: filter, among: among, order: order, generation: generation))
    case .routes(let window): worker.routes(window)
    case .routeTraces(let cell, let drafts, let generation):
      worker.find(cell, drafts: drafts, generation: generation)
    case .facets(let isWanted): worker.facets(isWanted)
    case .groups(let order): worker.groups(order)
    case .groupTraces(let value, let draft, let generation):
      worker.find(GroupAnswers.Search(value: value, draft: draft, generation: generation))
    case .previewCount(let filter, let generation): worker.preview(filter, generation: generation)
    case .complete(let text, let cursor, let generation):
      worker.complete(text, cursor: cursor, generation: generation)
    case .tell(let traces, let joinsTraces):
      worker.tell(traces, joinsTraces: joinsTraces, snapshot)
    case .overlay(let isOn): meter = isOn ? LoopMeter(version: snapshot.version) : nil
    case .saveHistory(let line): history.append(line)
    case .copy(let text): terminal.copy(text)
    case .setMouse(let isOn): terminal.setMouse(isOn)
    case .pin(let trace, let id, let isPinned):
      store.setPinned(isPinned, trace)
      source.setPinned(isPinned, id)
    case .startDemo: source.startDemo()
    case .write(let traces, let joinsTraces):
      source.write(traces, of: snapshot, joinsTraces: joinsTraces)
    case .redraw:
      terminal.forget()
      askForFrame(.atOnce)
    case .suspend:
      terminal.suspend()
      fitFrame()
      askForFrame(.atOnce)
    case .quit: exitCode = exitCode ?? 0
    }
  }

  /// Makes the state follow a window that changed while the terminal was not ours.
  private mutating func fitFrame() {
    if terminal.size != frame.size { handle(.key(.resize(terminal.size))) }
  }

  // MARK: - Drawing

  private mutating func askForFrame(_ how: Drawing) {
    if drawing != .atOnce { drawing = how }
  }

  private mutating func drawIfDue() {
    switch drawing {
    case .none: return
    case .whenDue:
      guard Clock.monotonic() >= newsFrameDue else { return }
    case .atOnce: break
    }
    // From its beginning: what a frame takes is no reason to draw the next one later.
    if drawing == .whenDue { lastNewsFrame = Clock.monotonic() }
    drawing = .none
    let size = terminal.size
    if frame.size == size {
      frame.clear()
    } else {
      frame = Frame(size: size, isASCII: frame.isASCII)
    }
    if let meter { handle(.figures(meter.figures(worker.figures))) }
    let began = meter == nil ? 0 : Clock.monotonic()
    view(state, snapshot, now: Clock.now(), reusing: &parts, into: &frame)
    terminal.present(&frame)
    state.noteShown()
    meter?.noteFrame(began: began, snapshot)
    lastFrame = Clock.monotonic()
  }
}

extension TerminalRequests {
  /// What a shell calls the end by a signal: 128 and its number; nil where none of them ends the program.
  var exitCode: Int32? {
    if contains(.hangUp) { return 129 }
    if contains(.interrupt) { return 130 }
    if contains(.terminate) { return 143 }
    return nil
  }
}
