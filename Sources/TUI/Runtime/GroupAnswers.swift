import Store

/// When the query thread counts facets and groups, and for how long it may: other questions come between.
///
/// Facets are counted a step at a time, groups are kept current; both take no more than a quarter of the
/// time once everything was looked at, and nothing at all while nobody looks at them. The list goes first:
/// a table of facets that is being made waits for it, and says what held when it was begun.
struct GroupAnswers {
  private var reader: GroupReader?
  private var order: GroupOrder?
  /// Where the window of the last table began.
  private var since: UnixNanos?
  private var facets: FacetReader?
  private var wantsFacets = false
  private var pace = AnswerPace()
  private var facetPace = AnswerPace()
  /// Whether a journal is being read back: then what nobody waits for takes a tenth of the time.
  var isBackfillGoingOn = false
  /// How many times as long as a part of an answer took the next one is put off.
  private var rest: UInt64 {
    isBackfillGoingOn ? QueryWorker.backfillRest : AnswerPace.usualRest
  }

  /// How long a part of a table of facets may take that nobody waits for.
  private static let partNanoseconds: UInt64 = 8_000_000

  /// A row whose traces are wanted.
  struct Search: Sendable {
    var value: String?
    var draft: Filter
    var generation: Int
  }

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
    since = order.window.length.map { (windowEnd ?? now) - $0 }
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

  /// Whether only traces of some time are grouped.
  var hasWindow: Bool { since != nil }

  /// The traces that a row counts by now, in the window of the last table.
  func traces(of value: String?, in snapshot: Snapshot, _ live: LiveQuery) -> [TraceNumber] {
    guard let reader, reader.joinsTraces == live.joinsTraces else { return [] }
    return reader.traces(
      of: value, in: snapshot, selection: live.selection, since: since, now: Clock.now())
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
