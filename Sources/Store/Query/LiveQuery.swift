/// A filter kept current: history is looked at once, the newest first, then only what arrived since.
///
/// Traces stand alone, or joined: then a request's leading trace stands for all of them, and the
/// filter selects requests: what any of its traces says, the request says.
///
/// Confined to the thread that asks. A new filter is a new query.
public final class LiveQuery {
  private let filter: Filter?
  /// The only traces that are considered; nil considers all.
  private let among: TraceSet?
  /// Whether traces that are one request have one row.
  public let joinsTraces: Bool
  private var plan: FilterPlan
  private var isDecidedByMarks: Bool
  /// The rows from `scannedFrom` up to `scannedTo` were seen; nil before the first look.
  private var scannedFrom: UInt64 = 0
  private var scannedTo: UInt64?
  /// Every row of the traces with this number or a later one was seen.
  private var decidedFrom: UInt64 = 0
  private var isComplete = false
  private var order: TraceOrdering
  /// What ``QueryResult/traces`` are sorted by: from the next answer on, without another look at rows.
  public var sort: TraceSort
  private var matched = TraceBits()
  /// Those of them with an error, a denial, or a client that went away.
  private var failed = TraceBits()
  private var scaling = ScaledCounter()
  private var regrouping = RegroupingReader()
  private var gone = GoneTraces()
  /// Which segments there were: the first one's serial, and how often rows were moved.
  private var layout = (firstSerial: UInt64(0), moves: 0)
  /// Traces that were still arriving when last looked at, with the moment they settle.
  private var unsettled: [UInt64: UInt64] = [:]
  private var meter = TrafficMeter()
  private let work = QueryMeter()
  private var unknownKeys: [String] = []

  /// What the plan's words mean.
  private var vocabulary = Vocabulary.standard

  public init(
    filter: Filter?, among: TraceSet? = nil, joinsTraces: Bool = false,
    sort: TraceSort = .newestFirst
  ) {
    self.filter = filter
    self.sort = sort
    order = TraceOrdering(sort)
    self.among = among
    self.joinsTraces = joinsTraces
    plan = FilterPlan(filter, meter: work)
    isDecidedByMarks = plan.isDecidedByMarks
  }

  /// The answer for a snapshot that is the last one's or newer.
  ///
  /// What is new is always looked at. Of history, whole segments are, until they are `historyRows` or
  /// more; then `isComplete` says that there is more, and the answer has the traces selected among
  /// those whose rows were all seen, which are the newest.
  ///
  /// `windowEnd` is the moment up to which rates and latencies are measured: now, unless what is held
  /// is of another time.
  public func update(
    to snapshot: Snapshot, now: UnixNanos, historyRows: Int = .max, windowEnd: UnixNanos? = nil
  ) -> QueryResult {
    // Another vocabulary is adopted only while there are no rows.
    if scannedTo == nil || vocabulary != snapshot.vocabulary {
      vocabulary = snapshot.vocabulary
      plan = FilterPlan(filter, vocabulary: vocabulary, meter: work)
      isDecidedByMarks = plan.isDecidedByMarks
    }
    plan.forget(tracesBelow: snapshot.chunks.base)
    matched.forget(below: snapshot.chunks.base)
    failed.forget(below: snapshot.chunks.base)
    if layout != (snapshot.firstSerial, snapshot.moves) {
      layout = (snapshot.firstSerial, snapshot.moves)
      let held = Set(snapshot.segments.map(\.segment.identity))
      plan.forget(segmentsBut: held)
      plan.noteLayout(snapshot, held: held)
      if scannedTo != nil { plan.scanMoved(snapshot) }
    }
    let touched = scanNewRows(snapshot)
    var change = TraceOrdering.Change()
    var changed = touched + settled(now)
    if joinsTraces { changed = regrouping.wholeRequests(of: changed, in: snapshot) }
    for number in changed where number >= decidedFrom {
      reconsider(number, snapshot, now, &change)
    }
    let wasComplete = isComplete
    if !isComplete { scanHistory(snapshot, atMost: historyRows, now, &change) }
    for number in gone.update(to: snapshot) {
      // Of those that were forgotten nothing tells whether they were selected.
      if number < snapshot.chunks.base || matched.contains(number) { change.remove(number) }
      matched.remove(number)
      failed.remove(number)
      unsettled[number] = nil
    }
    if order.sort != sort || order.isWorthless {
      sortAnew(snapshot, now)
    } else {
      order.apply(&change)
    }
    return result(snapshot, now, windowEnd, hasNews: !touched.isEmpty || !wasComplete)
  }

  private func result(
    _ snapshot: Snapshot, _ now: UnixNanos, _ windowEnd: UnixNanos?, hasNews: Bool
  ) -> QueryResult {
    var result = QueryResult()
    result.traces = order.numbers
    result.tracesHeld = Int(snapshot.statistics.tracesHeld)
    if joinsTraces {
      result.followersHeld = result.tracesHeld - snapshot.requestsHeld
      result.joinedRows = matched.count(in: snapshot.requests.joined)
    }
    result.isComplete = isComplete
    result.work = work.work
    result.unknownKeys = unknownKeys(in: snapshot, hasNews: hasNews)
    result.failed = failed.count
    result.traffic = meter.measure(
      snapshot, now: now, windowEnd: windowEnd, selected: matched, joinsTraces: joinsTraces)
    result.scaled = scaling.counts(
      snapshot, now: now, matched, failed, joinsTraces: joinsTraces, isComplete: isComplete)
    if let next = scaling.nextChange {
      result.traffic.nextChange = min(result.traffic.nextChange ?? next, next)
    }
    if let next = unsettled.values.min() {
      result.traffic.nextChange = min(result.traffic.nextChange ?? UnixNanos(next), UnixNanos(next))
    }
    return result
  }

  /// Whether a trace is selected, by the last snapshot that ``update(to:now:historyRows:)`` was given.
  public func isSelected(_ trace: TraceNumber) -> Bool { matched.contains(trace.rawValue) }

  /// All of them; of requests the leading traces.
  public var selection: GroupSelection { .traces(matched) }

  // MARK: - Rows

  /// Looks at what arrived and returns the traces it belongs to, each once, as far as they are decided.
  private func scanNewRows(_ snapshot: Snapshot) -> [UInt64] {
    defer { scannedTo = snapshot.rowEnd }
    guard let seen = scannedTo else {
      plan.begin(snapshot)
      (scannedFrom, decidedFrom) = (snapshot.rowEnd, snapshot.chunks.end)
      return []
    }
    var touched: [UInt64] = []
    var known = TraceBits()
    snapshot.forEachPiece(from: seen) { view, rows in
      plan.scan(view, rows, snapshot)
      for row in rows {
        let number = snapshot.chunks.number(low: view.segment.rows.trace[row])
        if number >= decidedFrom, known.insert(number) { touched.append(number) }
      }
    }
    return touched
  }

  /// Looks at segments before those that were seen, the newest first.
  private func scanHistory(
    _ snapshot: Snapshot, atMost limit: Int, _ now: UnixNanos, _ change: inout TraceOrdering.Change
  ) {
    var left = limit
    // Traces with this number or a later one have no rows before those that were seen.
    var first: UInt64 = 0
    isComplete = true
    for view in snapshot.segments.reversed() where view.segment.serial << 16 < scannedFrom {
      guard left > 0 else {
        isComplete = false
        break
      }
      let start = view.segment.serial << 16
      let end = min(UInt64(view.count), scannedFrom - start)
      plan.scanHistory(view, 0..<Int(end), snapshot)
      left -= Int(end)
      scannedFrom = start
      first = view.segment.serial > snapshot.firstSerial ? view.segment.firstTrace : 0
    }
    decide(from: isComplete ? 0 : first, snapshot, now, &change)
    if isComplete { plan.endHistory() }
  }

  // MARK: - Traces

  /// Asks about the traces from a number on whose rows have now all been seen.
  private func decide(
    from first: UInt64, _ snapshot: Snapshot, _ now: UnixNanos,
    _ change: inout TraceOrdering.Change
  ) {
    let low = max(first, snapshot.chunks.base)
    guard low < decidedFrom else { return decidedFrom = min(first, decidedFrom) }
    let joined = joinsTraces ? snapshot.requests.joined : TraceBits()
    let range = low..<decidedFrom
    plan.narrow(range, joined: joined, snapshot)
    // Read from here: a property would be copied for every 64 traces.
    let decided = plan
    // Where a trace's bit decides, its record need not be read.
    let isPlain = isDecidedByMarks && among == nil && sort.column == .time && order.sort == sort
    let words = range.words
    let candidates = decided.candidates(words)
    for index in words {
      let asked = range.word(index)
      let possible = candidates[Int(index - words.lowerBound)]
      let alone = Bits(possible & asked & ~joined.word(index), from: index << 6)
      if isPlain, let figures = unsafe snapshot.chunks.figures(from: index << 6) {
        for number in alone {
          // Safe: 64 of them stand side by side.
          unsafe take(number, figures[Int(number & 63)], snapshot, now, &change)
        }
      } else {
        for number in alone {
          guard let record = snapshot.traceRecord(number) else { continue }
          let isMatch = isDecidedByMarks || decided.matches(number, record, snapshot, now: now)
          take(number, record, isMatch: isMatch, snapshot, now, &change)
        }
      }
      for number in Bits(asked & joined.word(index), from: index << 6) {
        let members = snapshot.members(of: number)
        // With the lowest of its numbers the whole request has been seen.
        guard members.min() == number, let record = snapshot.requestRecord(members) else {
          continue
        }
        let isMatch = decided.matches(members, record, snapshot, now: now)
        take(members[0], record, isMatch: isMatch, snapshot, now, &change)
      }
    }
    decidedFrom = first
  }

  /// Asks again about a trace that changed, and with it about its whole request.
  private func reconsider(
    _ number: UInt64, _ snapshot: Snapshot, _ now: UnixNanos,
    _ change: inout TraceOrdering.Change
  ) {
    // It may have been touched and be due to settle at once, or be one request with another.
    guard !change.isTaken(number) else { return }
    drop(number, &change)
    let isJoined = joinsTraces && snapshot.requests.joined.contains(number)
    let members = isJoined ? snapshot.members(of: number) : [number]
    for other in members where other != number && !change.isTaken(other) { drop(other, &change) }
    // Of a request the trace that leads has a row, once all of them were seen.
    guard let lead = members.first, members.allSatisfy({ $0 >= decidedFrom }),
      let record = snapshot.requestRecord(members)
    else { return }
    plan.narrow(members, snapshot)
    let isMatch = plan.matches(members, record, snapshot, now: now)
    take(lead, record, isMatch: isMatch, snapshot, now, &change)
  }

  /// Forgets what was found of a trace.
  private func drop(_ number: UInt64, _ change: inout TraceOrdering.Change) {
    if matched.contains(number) {
      change.remove(number)
      matched.remove(number)
      failed.remove(number)
    }
    if !unsettled.isEmpty { unsettled[number] = nil }
  }

  /// Takes a trace that stands alone, is selected, and is sorted by its start.
  @inline(__always)
  private func take(
    _ number: UInt64, _ figure: TraceFigure, _ snapshot: Snapshot, _ now: UnixNanos,
    _ change: inout TraceOrdering.Change
  ) {
    guard figure.has(TraceFigure.isUnit) else { return }
    matched.insert(number)
    if figure.has(TraceFigure.hasFailed) { failed.insert(number) } else { failed.remove(number) }
    order.add(number, start: figure.has(TraceFigure.hasStart) ? figure.start : 0, to: &change)
    if !unsettled.isEmpty { unsettled[number] = nil }
    guard !figure.has(TraceFigure.isWhole), let record = snapshot.traceRecord(number),
      !record.isSettled(now: now.rawValue)
    else { return }
    unsettled[number] = record.touched + TraceRecord.settleTime.rawValue
  }

  private func take(
    _ number: UInt64, _ record: TraceRecord, isMatch: Bool, _ snapshot: Snapshot,
    _ now: UnixNanos, _ change: inout TraceOrdering.Change
  ) {
    let isMatch = isMatch && among?.contains(TraceNumber(number)) ?? true
    if isMatch {
      matched.insert(number)
      if record.hasFailed { failed.insert(number) } else { failed.remove(number) }
      order.add(number, record, to: &change, snapshot, now)
    } else {
      matched.remove(number)
      failed.remove(number)
    }
    let isWhole = record.rootRow > 0 && record.missingParents == 0
    let isWatched = isMatch || plan.dependsOnTime
    if !isWhole, isWatched, !record.isSettled(now: now.rawValue) {
      unsettled[number] = record.touched + TraceRecord.settleTime.rawValue
    } else if !unsettled.isEmpty {
      unsettled[number] = nil
    }
  }

  /// Puts all that are selected in another order, or in the same without what it kept of gone traces.
  private func sortAnew(_ snapshot: Snapshot, _ now: UnixNanos) {
    order = TraceOrdering(sort)
    var change = TraceOrdering.Change()
    matched.forEachReversed { number in
      let record =
        joinsTraces
        ? snapshot.requestRecord(snapshot.members(of: number)) : snapshot.traceRecord(number)
      if let record { order.add(number, record, to: &change, snapshot, now) }
      return true
    }
    order.apply(&change)
  }

  /// Traces that stopped arriving: their verdict may be another one now.
  private func settled(_ now: UnixNanos) -> [UInt64] {
    let due = unsettled.filter { $0.value <= now.rawValue }.map(\.key)
    for number in due { unsettled[number] = nil }
    return due
  }

  // MARK: - Keys

  private func unknownKeys(in snapshot: Snapshot, hasNews: Bool) -> [String] {
    guard let filter, hasNews else { return unknownKeys }
    let segments = snapshot.segments
    unknownKeys = filter.keysOfSpans.filter { key in
      !segments.reversed().contains { view in
        view.column(of: key) != nil
          || (view.directory.resources + view.directory.scopes).contains { origin in
            origin.attributes.contains { view.strings[$0.key].elementsEqual(key) }
          }
      }
    }
    return unknownKeys
  }
}

extension Filter {
  /// The attribute keys that it asks spans, resources and scopes for; what events have is not known.
  fileprivate var keysOfSpans: [String] {
    let ofEvents = Set(
      predicates.compactMap { predicate -> String? in
        if case .attribute(let key, in: .event) = predicate.field { key } else { nil }
      })
    return attributeKeys.filter { !ofEvents.contains($0) }
  }
}

extension WireBytes {
  /// Whether the bytes are the text's UTF-8.
  func elementsEqual(_ text: String) -> Bool {
    withSpan { Comparison.order($0, text.utf8.span) == 0 }
  }
}
