import Store

/// When the query thread counts facets and groups, and for how long it may: other questions come between.
///
/// Facets are counted a step at a time, groups are kept current; both take no more than a quarter of the
/// time once everything was looked at, and nothing at all while nobody looks at them. The list goes first:
/// a table of facets that is being made waits for it, and says what held when it was begun.
struct GroupAnswers {
  private var reader: GroupReader?
  private var order: GroupOrder?
  private var facets: FacetReader?
  private var wantsFacets = false
  private var pace = Pace()
  private var facetPace = Pace()
  /// Whether a journal is being read back: then what nobody waits for takes a tenth of the time.
  var isBackfillGoingOn = false
  /// How many times as long as a part of an answer took the next one is put off.
  private var rest: UInt64 {
    isBackfillGoingOn ? QueryWorker.backfillRest : GroupAnswers.usualRest
  }
  private static let usualRest: UInt64 = 3

  /// When something is due next.
  private struct Pace {
    var isNew = false
    var hasNews = false
    var isComplete = true
    var version: UInt64?
    /// By the monotonic clock.
    var notBefore: UInt64 = 0
    /// By the time of day.
    var nextChange: UnixNanos?

    mutating func isDue(_ version: UInt64?) -> Bool {
      if version != self.version {
        self.version = version
        hasNews = true
      }
      if isNew { return true }
      let isTime = nextChange.map { $0 <= Clock.now() } ?? false
      return (hasNews || !isComplete || isTime) && Clock.monotonic() >= notBefore
    }

    var timeout: UInt64? {
      let now = Clock.monotonic()
      let rest = notBefore > now ? notBefore - now : 0
      if isNew { return 0 }
      if hasNews || !isComplete { return rest }
      return nextChange.map { max(rest, $0.since(Clock.now()).rawValue) }
    }

    /// What the answer that is being made has taken so far, in all its parts, in nanoseconds.
    private var spent: UInt64 = 0
    /// When it was begun, by the monotonic clock; nil where none is being made.
    private var begunAt: UInt64?
    /// Whether somebody waits for it, and does not just look on.
    private(set) var isUrgent = false

    mutating func begin(at moment: UInt64, isUrgentWhereNew: Bool) {
      begunAt = moment
      isUrgent = isNew && isUrgentWhereNew
      (isNew, hasNews) = (false, false)
    }

    /// The next part of an answer that nobody waits for is put off by `rest` times what this one took, so
    /// that the work is spread; by less where the answer is late in spite of it.
    mutating func breathe(since began: UInt64, rest: UInt64) {
      let ended = Clock.monotonic()
      let took = ended - began
      let isLate = ended - (begunAt ?? ended) > GroupAnswers.lateNanoseconds
      let pause = isLate && rest == GroupAnswers.usualRest ? took : rest * took
      notBefore = ended + (isUrgent ? RouteAnswers.breathNanoseconds : pause)
      guard isComplete else { return }
      notBefore = max(notBefore, (begunAt ?? began) + RouteAnswers.intervalNanoseconds)
      (begunAt, isUrgent) = (nil, false)
    }

    /// The next answer leaves the rest of the time to others.
    mutating func rest(since began: UInt64, rest: UInt64) {
      let ended = Clock.monotonic()
      spent += ended - began
      guard isComplete else { return notBefore = ended + RouteAnswers.breathNanoseconds }
      notBefore = ended + max(RouteAnswers.intervalNanoseconds, rest * spent)
      spent = 0
    }
  }

  /// How long a part of a table of facets may take that nobody waits for.
  private static let partNanoseconds: UInt64 = 8_000_000
  /// A table that takes longer than this gets more of the time.
  private static let lateNanoseconds: UInt64 = 500_000_000

  /// Whether anybody looks.
  var isOn: Bool { order != nil || wantsFacets }

  var timeout: UInt64? {
    let ofGroups = order == nil ? nil : pace.timeout
    let ofFacets = wantsFacets ? facetPace.timeout : nil
    guard let ofGroups else { return ofFacets }
    return min(ofGroups, ofFacets ?? .max)
  }

  // MARK: - Orders

  mutating func take(_ order: GroupOrder?) {
    if order?.key != self.order?.key { reader = nil }
    self.order = order
    pace.isNew = order != nil
  }

  mutating func take(wantsFacets: Bool) {
    self.wantsFacets = wantsFacets
    // What it keeps is as much as 32 bytes a trace.
    if !wantsFacets { facets = nil }
    facetPace.isNew = wantsFacets
  }

  /// Another query is in force: what was counted for the one before is nothing.
  mutating func restart() {
    if order != nil { pace.isNew = true }
    if wantsFacets { facetPace.isNew = true }
  }

  // MARK: - Answers

  mutating func isGroupDue(_ version: UInt64?) -> Bool { order != nil && pace.isDue(version) }
  mutating func isFacetDue(_ version: UInt64?) -> Bool { wantsFacets && facetPace.isDue(version) }

  mutating func groups(
    of snapshot: Snapshot, _ live: LiveQuery, _ windowEnd: UnixNanos?
  ) -> GroupTable? {
    guard let order else { return nil }
    let began = Clock.monotonic()
    let reader: GroupReader
    if let known = self.reader, known.joinsTraces == live.joinsTraces {
      reader = known
    } else {
      reader = GroupReader(order.key, joinsTraces: live.joinsTraces)
      self.reader = reader
    }
    let now = Clock.now()
    let since = order.window.length.map { (windowEnd ?? now) - $0 }
    let table = reader.update(
      to: snapshot, selection: live.selection, since: since, now: now,
      limit: GroupsState.maximumRows,
      isTimeUp: { Clock.monotonic() - began > RouteAnswers.sliceNanoseconds })
    pace.isNew = false
    pace.hasNews = false
    pace.isComplete = table.isComplete
    // A window that stands still is left by nothing.
    pace.nextChange = windowEnd == nil ? table.nextChange : nil
    pace.rest(since: began, rest: rest)
    return table
  }

  /// Nil where the table is not done yet: it goes on later, with what was read for it so far.
  ///
  /// - Parameter isAsked: whether another question waits.
  mutating func facets(
    of snapshot: Snapshot, _ live: LiveQuery, isAsked: () -> Bool
  ) -> FacetTable? {
    let began = Clock.monotonic()
    let reader: FacetReader
    if let known = facets, known.joinsTraces == live.joinsTraces {
      reader = known
    } else {
      reader = FacetReader(joinsTraces: live.joinsTraces)
      facets = reader
    }
    if facetPace.isNew || !reader.isCounting {
      // What is held while a journal is read back is soon more: its facets need not be there first.
      facetPace.begin(at: began, isUrgentWhereNew: !isBackfillGoingOn)
      reader.begin(snapshot, live.selection, now: Clock.now())
    }
    let longest =
      facetPace.isUrgent ? RouteAnswers.sliceNanoseconds : GroupAnswers.partNanoseconds
    let table = reader.proceed { isAsked() || Clock.monotonic() - began > longest }
    facetPace.isComplete = table != nil
    if let table { facetPace.nextChange = table.nextChange }
    facetPace.breathe(since: began, rest: rest)
    return table
  }
}
