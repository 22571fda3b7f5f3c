/// Everything of a store that changes on append; lives under the store's mutex.
struct StoreWriter: ~Copyable, @unchecked Sendable {
  // @unchecked: it lives inside the store's mutex and nothing of it that changes leaves it.
  /// A segment is closed early when it is larger than this share of the budget, so that eviction has small steps.
  static let segmentsPerBudget = 16
  /// Nor smaller than this, or a small budget would make nothing but segments.
  static let smallestSegmentLimit = 1 << 20

  let budgetBytes: Int
  /// A segment is closed when it has so many rows; tests take fewer.
  var rowsPerSegment = SegmentRows.maximum
  let policy: RetentionPolicy
  var statistics = StoreStatistics()
  var version: UInt64 = 0
  /// Whether older spans may have been appended behind newer ones.
  var isBackfilled = false

  /// Full segments, oldest first, as readers see them.
  var sealed: [SegmentView] = []
  var sealedBytes = 0
  var open: Segment
  var chunks = TraceChunks()
  var index = TraceIndex()
  var large: [UInt64: LargeTrace] = [:]
  var largeBytes = 0
  /// What thins requests, where they are thinned here.
  var sampler: Sampler?
  /// What was let go by thinning, here or elsewhere; nil where nothing is thinned.
  var forgotten: ForgottenRequests?
  /// When the batch that is being appended came.
  private var clock: UInt64 = 0
  /// What was decided and not told yet; kept only where somebody wants to be told.
  var decisions: [SamplingDecision] = []
  var reportsDecisions = false
  /// The share by which the store thins whose decisions are followed here.
  var followedShare: Double?
  /// Whether what another store holds is coming in, and the how manieth time.
  var isCatchingUp = false
  var catchUps: UInt32 = 0
  /// The weights of traces that have not come yet.
  var foretold: [TraceID: Float] = [:]
  /// What tells which requests are slow.
  var gauges = LatencyGauges()
  /// The segments that are being made one, and how often any were.
  var merge: SegmentMerge?
  var moves = 0
  /// Whether a sealed segment may be thin, may be empty; whether one holds only what was spared.
  var hasThinned = false
  var hasEmptied = false
  var hasSpared = false
  /// The bytes of the largest segment sealed so far.
  var largestSealed = 0
  /// The keys of request ids.
  var requestKeys = Vocabulary.standard.dimensions[.request] ?? []
  var requests = RequestGroups()
  var logs: LogRoom
  var foreignParents = ForeignParents()
  /// The rows below this number were looked at for what makes traces one request.
  var requestsJoined: UInt64 = 0
  /// How many traces had gone then.
  var requestsGone: UInt64 = 0
  /// Whether what was published last had rows that were not looked at yet.
  var wasBehind = false
  /// Columns of the span being appended; kept for its memory.
  var shapeScratch = GrowingBuffer<UInt32>(capacity: 256)
  /// The values of the span being appended, as the open segment refers to them.
  var valueScratch = GrowingBuffer<UInt32>(capacity: 256)
  let sealer = SegmentSealer()
  /// Who packs full segments; ``Store`` has it done aside.
  var sealing = Sealing.inPlace
  /// Full segments that nobody packs yet, oldest first, and the one that is being packed.
  var waiting: [Segment] = []
  var packing: Segment?
  /// Whether somebody goes on packing until none waits.
  var isSealing = false
  var resourceNumbers = GrowingBuffer<Int32>(capacity: 64)
  var scopeNumbers = GrowingBuffer<Int32>(capacity: 64)

  init(budgetBytes: Int, policy: RetentionPolicy = .standard) {
    self.budgetBytes = budgetBytes
    self.policy = policy
    logs = LogRoom(budgetBytes: budgetBytes)
    open = Segment(serial: 1)
    if let share = policy.sampling {
      sampler = Sampler(share: share)
      forgotten = ForgottenRequests(budgetBytes: budgetBytes)
    }
    statistics.memoryBudgetBytes = budgetBytes
  }

  /// Whether no batch has come yet.
  var hasTakenNothing: Bool { version == 0 && statistics.spansReceived == 0 }

  /// Bytes of memory that the spans take.
  var bytes: Int {
    sealedBytes + open.bytes + chunks.bytes + index.bytes + requests.bytes + foreignParents.bytes
      + largeBytes + gauges.bytes + (merge?.bytes ?? 0)
      + (forgotten?.bytes ?? 0) + (sampler?.bytes ?? 0) + logs.bytes
  }

  /// Everything that is held, with all requests joined.
  mutating func snapshot() -> Snapshot {
    _ = joinRequests()
    return view()
  }

  /// What is counted of everything that is held.
  func counted() -> StoreStatistics {
    var statistics = statistics
    statistics.memoryBytes = bytes
    statistics.tracesHeld = UInt64(index.count)
    statistics.spansSpared = sealed.reduce(0) {
      $1.segment.isSwept ? $0 + UInt64($1.segment.liveRows) : $0
    }
    statistics.sampledShare = sampler?.share ?? followedShare
    statistics.memory = memoryParts
    countLogs(in: &statistics)
    return statistics
  }

  /// Everything that is held, joined as far as it is.
  func view() -> Snapshot {
    Snapshot(
      version: version, statistics: counted(), sealed: sealed, open: open.view(), chunks: chunks,
      requests: requests.counts, isBackfilled: isBackfilled, moves: moves, logs: logs.view())
  }

  /// What ``bytes`` are made of.
  private var memoryParts: MemoryParts {
    var parts = MemoryParts()
    parts.traces = chunks.bytes
    parts.strings = sealed.reduce(open.strings.bytes) { $0 + $1.segment.strings.bytes }
    parts.columns = max(0, sealedBytes + open.bytes - parts.strings)
    parts.indexes = max(0, bytes - parts.traces - parts.strings - parts.columns)
    return parts
  }

  // MARK: - Append

  mutating func append(
    _ batch: SpanBatch, now: UInt64, isHistory: Bool = false
  ) -> AppendResult {
    version += 1
    clock = now
    statistics.spansReceived += UInt64(batch.count + batch.rejected)
    statistics.spansRejected += UInt64(batch.rejected)
    statistics.stringsRepaired += UInt64(batch.repairedStrings)
    var duplicates = 0
    batch.late.removeAll()
    var newest: UInt64 = 0
    resetNumbers(of: batch)
    // Held here, so that no span counts references to it.
    var segment = open
    var last: TouchedTrace?
    for position in 0..<batch.count {
      fetchAhead(position + StoreWriter.spansAhead, of: batch)
      if open.count >= rowsPerSegment || isOpenFull() {
        seal()
        segment = open
        resetNumbers(of: batch)
      }
      let span = batch.spans[position]
      newest = max(newest, span.end)
      let arrived = isHistory && span.end > 0 ? min(span.end, now) : now
      switch append(span, of: batch, to: segment, &last, now: arrived) {
      case .held: break
      case .duplicate: duplicates += 1
      case .late:
        countLate(span)
        batch.late.append(position)
      }
    }
    statistics.lastArrival = UnixNanos(now)
    if newest > 0 {
      // What was sent long ago says nothing of the way it took.
      if !isHistory { statistics.ingestLag = UnixNanos(now).since(UnixNanos(newest)) }
      statistics.newestSpan = max(statistics.newestSpan, UnixNanos(min(newest, now)))
    }
    statistics.spansDuplicate += UInt64(duplicates)
    statistics.spansHeld += UInt64(batch.count - duplicates - batch.late.count)
    if sampler != nil { settle(now: now) }
    keepWithinBudget(rows: batch.count)
    return AppendResult(
      accepted: batch.count, duplicates: duplicates, rejected: batch.rejected,
      reason: batch.rejection)
  }

  /// How many spans before its turn a trace is looked for: some hundreds of nanoseconds.
  private static let spansAhead = 4

  /// Has the index's slot for the trace of a span fetched, where it is another trace than the one before.
  @inline(__always)
  private func fetchAhead(_ position: Int, of batch: SpanBatch) {
    guard position < batch.count else { return }
    // Safe: both are spans of the batch, since no span has a place below zero.
    let span = unsafe batch.spans.elements + position
    let id = unsafe TraceID(high: span.pointee.traceHigh, low: span.pointee.traceLow)
    if unsafe position > 0 && span[-1].traceLow == id.low { return }
    index.prefetch(id)
  }

  /// Asked before each row: the heap, which one row can make much larger, is looked at each time, the
  /// rest now and then.
  private func isOpenFull() -> Bool {
    let limit = max(
      budgetBytes / StoreWriter.segmentsPerBudget, StoreWriter.smallestSegmentLimit)
    if open.strings.heap.bytes > limit { return open.count > 0 }
    return open.count & 63 == 63 && open.bytes > limit
  }

  /// Forgets which numbers the batch's resources, scopes and keys have in the open segment.
  private mutating func resetNumbers(of batch: SpanBatch) {
    resourceNumbers.removeAll()
    for _ in 0..<batch.resources.count { resourceNumbers.append(-1) }
    scopeNumbers.removeAll()
    for _ in 0..<batch.scopes.count { scopeNumbers.append(-1) }
    let owner = (segment: open.identity, generation: batch.keys.generation)
    if batch.keys.columnsOwner != owner {
      batch.keys.columns.removeAll()
      batch.keys.columnsOwner = owner
    }
    while batch.keys.columns.count < batch.keys.count { batch.keys.columns.append(-1) }
  }

  /// What became of a span: its trace may have it already, or may have been thinned away.
  private enum Outcome { case held, duplicate, late }

  /// The trace of the span before: those of one trace often come side by side.
  private struct TouchedTrace {
    var id: TraceID
    var number: UInt64
    /// Good until the end of the batch: nothing is forgotten or published before.
    var place: RecordPlace
  }

  private mutating func append(
    _ span: SpanBatch.SpanEntry, of batch: SpanBatch, to segment: Segment,
    _ last: inout TouchedTrace?, now: UInt64
  ) -> Outcome {
    let id = TraceID(high: span.traceHigh, low: span.traceLow)
    let touched: TouchedTrace
    if let last, last.id == id {
      touched = last
    } else {
      guard let number = number(of: id, now: now) else { return .late }
      touched = TouchedTrace(id: id, number: number, place: chunks.place(number))
      if isCatchingUp { touched.place.record.caughtUp = catchUps }
      last = touched
    }
    let (number, place) = (touched.number, touched.place)
    let lastRow = place.record.lastRow
    guard
      let missing = missingParents(
        afterAdding: span, to: number, spans: place.record.spans, lastRow: lastRow)
    else {
      return .duplicate
    }
    let row = segment.count
    let resource = resourceNumber(span.resource, batch, in: segment)
    let scope = scopeNumber(span.scope, batch, in: segment)
    StoreWriter.writeFixed(span, row, number, after: lastRow, resource, scope, in: segment)
    writeAttributes(span, of: batch, row, in: segment)
    segment.count = row + 1
    summarise(span, of: batch, in: segment, place, row, missing, now, resource: Int(resource))
    return .held
  }

  /// The number of a trace, given where it is new; nil where it was let go.
  private mutating func number(of id: TraceID, now: UInt64) -> UInt64? {
    if let known = index.find(id, in: chunks) { return known }
    guard !isForgotten(id) else { return nil }
    var record = TraceRecord()
    record.id = id
    record.firstTouched = now
    record.lastLog = logs.claim(id)
    let number = chunks.append(record)
    index.insert(id, number)
    // By this machine's clock: a trace of long ago may still have spans to come.
    sampler?.wheel.add(number, due: clock + TraceRecord.settleTime.rawValue)
    return number
  }

  /// How many more (or fewer) of the trace's spans lack their parent with this span; nil for a duplicate.
  ///
  /// Small traces are looked through span by span, newest first; larger ones have a set.
  private mutating func missingParents(
    afterAdding span: SpanBatch.SpanEntry, to number: UInt64, spans: UInt32, lastRow: UInt64
  ) -> Int? {
    if spans >= LargeTrace.threshold {
      let set = largeTrace(number, lastRow: lastRow)
      let before = set.bytes
      let missing = set.insert(span.spanID, parent: span.parentID)
      largeBytes += set.bytes - before
      return missing
    }
    var change = span.parentID == 0 || span.parentID == span.spanID ? 0 : 1
    var row = lastRow
    if let rows = open.rows.written {
      let serial = open.serial
      while row > 0, (row - 1) >> 16 == serial {
        let position = Int((row - 1) & 0xFFFF)
        // Safe: a row of the open segment, which stands below its maximum.
        let known = unsafe rows.spanID[position]
        if known == span.spanID { return nil }
        if known == span.parentID { change -= 1 }
        if unsafe rows.parentID[position] == span.spanID { change -= 1 }
        let back = unsafe UInt64(rows.previous[position])
        row = back == 0 ? 0 : row - back
      }
    }
    while row > 0 {
      let (segment, position) = place(row - 1)
      let known = segment.rows.spanID[position]
      if known == span.spanID { return nil }
      if known == span.parentID { change -= 1 }
      if segment.rows.parentID[position] == span.spanID { change -= 1 }
      let back = UInt64(segment.rows.previous[position])
      row = back == 0 ? 0 : row - back
    }
    return change
  }

  private mutating func largeTrace(_ number: UInt64, lastRow: UInt64) -> LargeTrace {
    if let known = large[number] { return known }
    let made = LargeTrace()
    var row = lastRow
    while row > 0 {
      let (segment, position) = place(row - 1)
      _ = made.insert(segment.rows.spanID[position], parent: segment.rows.parentID[position])
      let back = UInt64(segment.rows.previous[position])
      row = back == 0 ? 0 : row - back
    }
    large[number] = made
    largeBytes += made.bytes
    return made
  }

  /// The segment and row of a row number that is held.
  @inline(__always)
  func place(_ row: UInt64) -> (Segment, Int) {
    if row >> 16 == open.serial { return (open, Int(row & 0xFFFF)) }
    // A row of a trace that is held is always found.
    guard let place = sealed.place(ofSerial: row >> 16),
      let position = sealed[place].segment.row(ofNumber: row)
    else { preconditionFailure("a trace has a row that no segment holds") }
    return (sealed[place].segment, position)
  }
}
