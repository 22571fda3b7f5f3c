import Store
import Synchronization

/// Answers the screens' questions to the store on a thread of its own; the newest question of a kind wins.
///
/// The query in force is answered again whenever the store has news, some thirty times a second at most and never more
/// than half of the time, a tenth while a journal is read back, and when a figure changes by itself. At rest the thread sleeps.
final class QueryWorker: Sendable {
  /// The shortest time between two answers that news caused.
  static let answerIntervalNanoseconds: UInt64 = 30_000_000

  /// How many times as long as an answer took nobody asks for the next one while a journal is being read
  /// back, which the processor is better used for; and how long at most, in nanoseconds.
  static let backfillRest: UInt64 = 9
  static let longestRestNanoseconds: UInt64 = 250_000_000

  /// How many rows of history are looked at before orders are taken again: a millisecond's worth, or
  /// twenty for a search of all text.
  private static let historySlice = 1 << 18
  /// How long a search may take before what it has found so far is shown, and how often after that.
  private static let partialIntervalNanoseconds: UInt64 = 50_000_000

  /// How many values of a key completion looks at, the most frequent first.
  private static let valuesAskedFor = 200

  struct Query: Sendable {
    var filter: Filter?
    var among: TraceSet?
    var order: TraceOrder
    var generation: Int
  }

  /// What was asked since the thread last looked.
  private struct Orders: Sendable {
    var query: Query?
    var preview: (filter: Filter?, generation: Int)?
    var completion: (text: String, cursor: Int, generation: Int)?
    var routes: RouteAnswers.Order?
    var routeTraces: RouteAnswers.Search?
    /// The inner nil is an order, too: no more.
    var groups: GroupOrder??
    var groupTraces: GroupAnswers.Search?
    var facets: Bool?
    var stories: (traces: [TraceNumber], joinsTraces: Bool, snapshot: Snapshot)?
    var hasNews = false
    var isStopped = false
  }

  /// What the last answers took.
  struct Figures: Sendable {
    var query = QueryFigures()
    var groups = QueryFigures()
  }

  /// Guards the figures; the worker writes, the screen's thread reads.
  private let work = Mutex(Figures())
  var figures: Figures { work.withLock { $0 } }

  /// Guards the orders; the screen's thread and the store's callback write, the worker takes.
  private let orders = Mutex(Orders())
  /// Whether the thread knows of news that it has not answered; set by the store's callback, cleared before the answer.
  private let isNewsNoted = Atomic<Bool>(false)
  private let wake: WakePipe
  private let store: Store
  private let mailbox: Mailbox
  /// Whether windows end with the newest span that is held and not now: what a file has is of its time.
  private let endsAtNewest: Bool

  init(store: Store, mailbox: Mailbox, endsAtNewest: Bool = false) throws(TerminalError) {
    wake = try WakePipe()
    self.endsAtNewest = endsAtNewest
    self.store = store
    self.mailbox = mailbox
  }

  // MARK: - Asking, from any thread

  func ask(_ query: Query) { order { $0.query = query } }
  func preview(_ filter: Filter?, generation: Int) { order { $0.preview = (filter, generation) } }
  func complete(_ text: String, cursor: Int, generation: Int) {
    order { $0.completion = (text, cursor, generation) }
  }
  func routes(_ window: RouteWindow?) { order { $0.routes = RouteAnswers.Order(window: window) } }
  func find(_ cell: RouteTable.Cell, drafts: [Filter], generation: Int) {
    order {
      $0.routeTraces = RouteAnswers.Search(cell: cell, drafts: drafts, generation: generation)
    }
  }
  func find(_ search: GroupAnswers.Search) { order { $0.groupTraces = search } }
  func groups(_ order: GroupOrder?) { self.order { $0.groups = .some(order) } }
  func facets(_ isWanted: Bool) { order { $0.facets = isWanted } }
  /// Asks what traces tell, or the requests they lead, as of the snapshot that the screens show.
  func tell(_ traces: [TraceNumber], joinsTraces: Bool, _ snapshot: Snapshot) {
    order { $0.stories = (traces, joinsTraces, snapshot) }
  }
  /// Says that the store has news; cheap enough for a thread that receives: it wakes nobody until the last news was answered.
  func noteNews() {
    if isNewsNoted.exchange(true, ordering: .acquiringAndReleasing) { return }
    order { $0.hasNews = true }
  }
  func stop() { order { $0.isStopped = true } }

  private func order(_ change: (inout Orders) -> Void) {
    orders.withLock { change(&$0) }
    wake.signal()
  }

  // MARK: - The thread

  /// Runs until ``stop()``; the body of the worker's thread.
  func run() {
    var standing = Standing()
    var routes = RouteAnswers()
    var groups = GroupAnswers()
    while true {
      let others = [routes.timeout, groups.timeout].compactMap(\.self).min()
      _ = Poll.wait([wake.descriptor], nanoseconds: standing.timeout(others))
      wake.drain()
      let now = orders.withLock { orders in
        defer { orders = Orders() }
        return orders
      }
      if now.isStopped { return }
      if now.hasNews { standing.hasNews = true }
      if let query = now.query { standing.begin(query) }
      if let order = now.routes { routes.take(order) }
      if let order = now.groups { groups.take(order) }
      if let isWanted = now.facets { groups.take(wantsFacets: isWanted) }
      if now.query != nil { groups.restart() }
      let isKept = routes.isOn || groups.isOn
      if !isKept { standing.snapshot = nil }
      if standing.isDue { answer(&standing, isKept: isKept) }
      if let stories = now.stories {
        let answers = StoryAnswer.all(
          of: stories.traces, joinsTraces: stories.joinsTraces, in: stories.snapshot)
        mailbox.post(.told(answers), as: \.stories)
      }
      if routes.isDue(version: standing.version, now.query != nil) {
        answer(&routes, &standing)
      }
      if !standing.isPartial { answer(&groups, &standing) }
      if let search = now.routeTraces { answer(search, routes, standing) }
      if let search = now.groupTraces { answer(search, groups, standing) }
      if let preview = now.preview {
        let joinsTraces = standing.query?.order.joinsTraces ?? true
        answer(preview.filter, preview.generation, joinsTraces: joinsTraces)
      }
      if let completion = now.completion {
        answer(completion.text, completion.cursor, completion.generation)
      }
    }
  }

  /// The query in force; the worker's thread's alone.
  private struct Standing {
    /// The first draft that selects exactly these of the traces that the query may show.
    func exact(_ drafts: [Filter], for traces: TraceSet, in snapshot: Snapshot) -> Filter? {
      drafts.first { draft in
        let live = LiveQuery(
          filter: draft, among: query?.among, joinsTraces: query?.order.joinsTraces ?? true)
        return TraceSet(live.update(to: snapshot, now: Clock.now()).traces) == traces
      }
    }

    var query: Query?
    var live: LiveQuery?
    /// Whether the query has not been answered yet.
    var isNew = false
    /// Whether history was not looked at to its end.
    var isPartial = false
    /// When a partial answer is next shown, by the monotonic clock.
    var showsPartialAt: UInt64 = 0
    var hasNews = false
    /// By the monotonic clock.
    var notBefore: UInt64 = 0
    /// When something changes by itself, by the time of day.
    var nextChange: UnixNanos?
    var version: UInt64?
    /// What was last answered from, while somebody wants to look at it more closely.
    var snapshot: Snapshot?

    mutating func begin(_ query: Query) {
      // Another order of the same traces needs no new count.
      let joinsTraces = query.order.joinsTraces
      if live == nil || self.query?.filter != query.filter || self.query?.among != query.among
        || self.query?.order.joinsTraces != joinsTraces
      {
        live = LiveQuery(
          filter: query.filter, among: query.among, joinsTraces: joinsTraces,
          sort: query.order.sort)
        isPartial = false
        showsPartialAt = Clock.monotonic() + QueryWorker.partialIntervalNanoseconds
      }
      live?.sort = query.order.sort
      self.query = query
      isNew = true
    }

    var isDue: Bool {
      guard query != nil else { return false }
      if isNew || isPartial { return true }
      if hasNews, Clock.monotonic() >= notBefore { return true }
      return nextChange.map { $0 <= Clock.now() } ?? false
    }

    /// How long nothing has to be done, unless something else is due earlier; nil for ever.
    func timeout(_ other: UInt64?) -> UInt64? {
      guard query != nil else { return nil }
      if isPartial { return 0 }
      var timeout = other
      if hasNews {
        let now = Clock.monotonic()
        timeout = min(timeout ?? .max, notBefore > now ? notBefore - now : 0)
      }
      if let nextChange {
        timeout = min(timeout ?? .max, nextChange.since(Clock.now()).rawValue)
      }
      return timeout
    }
  }

  /// Where windows end; nil for now.
  private func windowEnd(_ snapshot: Snapshot) -> UnixNanos? {
    let newest = snapshot.statistics.newestSpan
    return endsAtNewest && newest.isSet ? newest : nil
  }

  private func answer(_ standing: inout Standing, isKept: Bool) {
    guard let query = standing.query, let live = standing.live else { return }
    let began = Clock.monotonic()
    if standing.hasNews, !standing.isPartial {
      // News from here on may not be in the snapshot, so it is noted again.
      isNewsNoted.store(false, ordering: .sequentiallyConsistent)
      store.refresh()
    }
    let snapshot = store.snapshot()
    let isSame = standing.version == snapshot.version && !standing.isNew
    let isTime = standing.nextChange.map { $0 <= Clock.now() } ?? false
    if !standing.isPartial { standing.hasNews = false }
    standing.isNew = false
    standing.snapshot = isKept ? snapshot : nil
    guard !isSame || isTime || standing.isPartial else { return }
    standing.version = snapshot.version
    let now = Clock.now()
    let result = live.update(
      to: snapshot, now: now, historyRows: Self.historySlice, windowEnd: windowEnd(snapshot))
    standing.isPartial = !result.isComplete
    if standing.isPartial {
      guard Clock.monotonic() >= standing.showsPartialAt else { return }
      standing.showsPartialAt = Clock.monotonic() + Self.partialIntervalNanoseconds
    }
    // A moment already past would keep the thread awake.
    standing.nextChange = result.traffic.nextChange.map { max($0, now + .milliseconds(100)) }
    let ended = Clock.monotonic()
    let rows = UInt64(result.work.rowsScanned)
    work.withLock { $0.query = QueryFigures(took: Nanoseconds(ended - began), rows: rows) }
    var rest = ended - began
    if store.isBackfillGoingOn {
      rest = max(rest, min(Self.longestRestNanoseconds, rest * Self.backfillRest))
    }
    standing.notBefore = max(began + Self.answerIntervalNanoseconds, ended + rest)
    mailbox.post(Mailbox.Answer(result: result, generation: query.generation, snapshot: snapshot))
  }

  /// Says what gateways did with the traces of the query in force.
  private func answer(_ routes: inout RouteAnswers, _ standing: inout Standing) {
    if standing.snapshot == nil { standing.isNew = true }
    if standing.isNew { answer(&standing, isKept: true) }
    guard let query = standing.query, let live = standing.live, let snapshot = standing.snapshot
    else { return }
    if let table = routes.table(of: snapshot, live, windowEnd(snapshot)) {
      mailbox.post(.routes(table, generation: query.generation), as: \.routes)
    }
  }

  /// Groups the traces of the query in force, and counts their facets.
  private func answer(_ groups: inout GroupAnswers, _ standing: inout Standing) {
    guard groups.isOn else { return }
    if standing.snapshot == nil {
      standing.isNew = true
      answer(&standing, isKept: true)
    }
    guard let query = standing.query, let live = standing.live, let snapshot = standing.snapshot,
      !standing.isPartial
    else { return }
    let began = Clock.monotonic()
    func note(_ rows: UInt64) {
      let took = Nanoseconds(Clock.monotonic() - began)
      work.withLock { $0.groups = QueryFigures(took: took, rows: rows) }
    }
    groups.isBackfillGoingOn = store.isBackfillGoingOn
    let end = windowEnd(snapshot)
    if groups.isGroupDue(standing.version), let table = groups.groups(of: snapshot, live, end) {
      note(table.rowsScanned)
      mailbox.post(.groups(table, generation: query.generation), as: \.groups)
    }
    // Whoever asks something else meanwhile does not wait for a whole slice, nor does the list.
    let (hasNews, listIsDue) = (standing.hasNews, standing.notBefore)
    func isAsked() -> Bool {
      let isListDue = Clock.monotonic() >= listIsDue
      if hasNews, isListDue { return true }
      return orders.withLock {
        $0.query != nil || $0.preview != nil || $0.isStopped || isListDue && $0.hasNews
      }
    }
    if groups.isFacetDue(standing.version),
      let table = groups.facets(of: snapshot, live, isAsked: isAsked)
    {
      note(table.rowsScanned)
      mailbox.post(.facets(table, generation: query.generation), as: \.facets)
    }
  }

  /// Looks up the traces that a figure counts, and a filter for them.
  private func answer(
    _ search: RouteAnswers.Search, _ routes: RouteAnswers, _ standing: Standing
  ) {
    guard let snapshot = standing.snapshot else { return }
    let traces = TraceSet(routes.traces(of: search.cell, in: snapshot))
    let filter = standing.exact(search.drafts, for: traces, in: snapshot)
    mailbox.post(
      .routeTraces(traces, filter: filter, generation: search.generation), as: \.routeTraces)
  }

  /// Looks up the traces that a row of groups counts, and whether a filter says which they are.
  private func answer(
    _ search: GroupAnswers.Search, _ groups: GroupAnswers, _ standing: Standing
  ) {
    guard let snapshot = standing.snapshot, let live = standing.live else { return }
    let traces = TraceSet(groups.traces(of: search.value, in: snapshot, live))
    // What is in a window moves on, which a filter would not.
    let drafts = groups.hasWindow ? [] : [search.draft]
    let filter = standing.exact(drafts, for: traces, in: snapshot)
    mailbox.post(
      .groupTraces(traces, filter: filter, generation: search.generation), as: \.groupTraces)
  }

  private func answer(_ draft: Filter?, _ generation: Int, joinsTraces: Bool) {
    let live = LiveQuery(filter: draft, joinsTraces: joinsTraces)
    let snapshot = store.snapshot()
    var result = QueryResult()
    repeat {
      // Whoever types on does not wait for what was typed before.
      let isOutdated = orders.withLock { $0.isStopped || $0.preview != nil || $0.query != nil }
      if isOutdated { return }
      result = live.update(to: snapshot, now: Clock.now(), historyRows: Self.historySlice)
    } while !result.isComplete
    mailbox.post(
      .preview(matching: result.traces.count, of: result.requestsHeld, generation: generation),
      as: \.preview)
  }

  private func answer(_ text: String, _ cursor: Int, _ generation: Int) {
    let snapshot = store.snapshot()
    let suggestions = Completion.suggest(
      text: text, cursor: cursor, snapshotKeys: snapshot.keys()
    ) { snapshot.values(of: $0, limit: Self.valuesAskedFor) }
    mailbox.post(.completions(suggestions, generation: generation), as: \.completions)
  }
}
