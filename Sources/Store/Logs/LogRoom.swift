/// The logs of a store: segments of records, and who waits for a trace. The writer's alone.
///
/// The records of a trace are a chain from the last one back, which begins in the trace's record, so
/// they are found and let go with it, and a snapshot sees those of its moment.
struct LogRoom {
  /// What was counted since the store began, and what is held.
  struct Counts: Equatable {
    var held = 0
    var evicted = 0
    var expired = 0
  }

  let budgetBytes: Int
  private var sealed: [LogSegment] = []
  private var sealedBytes = 0
  /// Made when the first record comes: a store without logs pays nothing.
  private var open: LogSegment?
  private var serials: UInt64 = 0
  private var known: Set<UInt64> = []
  private var waiting = WaitingLogs()
  private(set) var counts = Counts()
  private var scratch = WireWriter()

  init(budgetBytes: Int) { self.budgetBytes = budgetBytes }

  /// Bytes of memory that logs take.
  var bytes: Int {
    sealedBytes + (open?.bytes ?? 0) + known.capacity * 12 + (open == nil ? 0 : waiting.bytes)
  }

  /// Records whose trace has not come yet.
  var waitingRecords: Int { waiting.records }

  func view() -> LogsView {
    LogsView(segments: (sealed + (open.map { [$0] } ?? [])).map { $0.view() })
  }

  // MARK: - Taking in

  /// Whether a record with this hash is held; if not it is from now on.
  mutating func isKnown(_ hash: UInt64) -> Bool { !known.insert(hash).inserted }

  /// Writes a record behind the one whose number plus one is `last`, and returns its number plus one.
  mutating func append(
    _ entry: SpanBatch.SpanEntry, of batch: SpanBatch, hash: UInt64, after last: UInt64
  ) -> UInt64 {
    let segment = segmentWithRoom()
    let strings = segment.strings
    var row = LogRow()
    row.hash = hash
    row.time = entry.start
    row.observed = entry.end
    row.spanID = entry.spanID
    row.severity = entry.kind
    row.flags = entry.flags
    row.content = strings.intern(entry.extras)
    row.resource = origin(batch.resources[entry.resource], strings)
    row.scope = origin(batch.scopes[entry.scope], strings)
    row.attributes = UInt32(truncatingIfNeeded: segment.attributes.count)
    row.attributeCount = UInt16(
      clamping: min(entry.attributeEnd - entry.attributes, Int(UInt16.max)))
    for position in 0..<Int(row.attributeCount) {
      scratch.removeAll()
      batch.writeAttribute(entry.attributes + position, into: &scratch)
      segment.attributes.append(strings.intern(scratch.bytes))
    }
    let own = segment.serial << 16 | UInt64(segment.rows.count)
    // A chain that reaches back further than the number can say is cut: those records are long gone.
    row.previous = last == 0 ? 0 : UInt32(exactly: own + 1 - last) ?? 0
    counts.held += 1
    return segment.append(row) + 1
  }

  /// The message and `schema_url` of a resource or scope, as fields 1 and 3: where both `ResourceLogs`
  /// and `ScopeLogs` have them.
  private mutating func origin(_ entry: SpanBatch.OriginEntry, _ strings: StringTable) -> UInt32 {
    scratch.removeAll()
    scratch.bytes(1, entry.message.bytes)
    if entry.schemaURL.length > 0 { scratch.bytes(3, entry.schemaURL.bytes) }
    return strings.intern(scratch.bytes)
  }

  private mutating func segmentWithRoom() -> LogSegment {
    if let open {
      let isFull = open.rows.count == LogSegment.maximumRows
      guard isFull || open.bytes > LogLimits.segmentBytes(ofBudget: budgetBytes) else {
        return open
      }
      open.strings.compact()
      sealed.append(open)
      sealedBytes += open.bytes
    }
    serials += 1
    let made = LogSegment(serial: serials, expectedStrings: open?.strings.count ?? 0)
    open = made
    return made
  }

  // MARK: - Waiting

  /// The number plus one of the last record that waits for a trace; zero for none.
  func lastWaiting(_ id: TraceID) -> UInt64 { waiting.last(of: id) }

  mutating func wait(_ id: TraceID, last: UInt64, now: UInt64) {
    waiting.add(id, last: last, now: now)
  }

  /// The last record that waited for a trace which has come; zero for none.
  @inline(__always)
  mutating func claim(_ id: TraceID) -> UInt64 { waiting.isEmpty ? 0 : waiting.claim(id) }

  /// Lets go of what waited too long, or is too much.
  mutating func giveUpWaiting(now: UInt64) {
    var lost: [UInt64] = []
    waiting.giveUp(limit: LogLimits.waiting, now: now) { lost.append($0.last) }
    for last in lost { counts.expired += release(last) }
    if !lost.isEmpty { dropEmpty() }
  }

  // MARK: - Letting go

  /// The trace is evicted whose last record this is.
  mutating func evict(_ last: UInt64) {
    guard last > 0 else { return }
    counts.evicted += release(last)
  }

  /// Lets go of a chain; returns how many records that were.
  private mutating func release(_ last: UInt64) -> Int {
    var count = 0
    var next = last
    while next > 0, let segment = segment(of: next - 1) {
      let row = segment.rows[Int((next - 1) & 0xFFFF)]
      segment.live -= 1
      known.remove(row.hash)
      count += 1
      next = row.previous == 0 ? 0 : next - UInt64(row.previous)
    }
    counts.held -= count
    return count
  }

  /// The segment of a record; nil where it is not held any more.
  private func segment(of number: UInt64) -> LogSegment? {
    let serial = number >> 16
    if let open, open.serial == serial { return open }
    let place = sealed.indices.bisect { sealed[$0].serial >= serial }
    return place < sealed.count && sealed[place].serial == serial ? sealed[place] : nil
  }

  /// Drops segments of which nothing is held any more.
  mutating func dropEmpty() {
    guard sealed.contains(where: { $0.live == 0 }) else { return }
    for segment in sealed where segment.live == 0 { sealedBytes -= segment.bytes }
    sealed.removeAll { $0.live == 0 }
  }

  /// Drops the oldest segments while logs take more than their share.
  mutating func dropOverShare() {
    let share = LogLimits.share(ofBudget: budgetBytes)
    guard bytes > share, !sealed.isEmpty else { return }
    dropEmpty()
    while bytes > share, let oldest = sealed.first {
      sealed.removeFirst()
      sealedBytes -= oldest.bytes
      counts.evicted += oldest.live
      counts.held -= oldest.live
      for position in 0..<oldest.rows.count { known.remove(oldest.rows[position].hash) }
    }
    let first = (sealed.first ?? open).map { $0.serial << 16 } ?? 0
    let view = view()
    waiting.forget(before: first) { entry in
      var count = 0
      view.forEach(fromLast: entry.last) { _, _, _ in
        count += 1
        return true
      }
      return count
    }
  }
}
