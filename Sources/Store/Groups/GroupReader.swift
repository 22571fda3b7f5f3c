/// Keeps traces grouped by a key, as spans arrive: each row is looked at once, and a trace's figures
/// are read again when it changed.
///
/// A key that the records of traces answer needs no look at rows at all. What is kept is a code a trace.
/// Confined to the thread that asks.
public final class GroupReader {
  public let key: GroupKey
  public let joinsTraces: Bool
  private let figures: TraceFigures
  private var rows: KeyRows
  private var records: KeyRecords
  private var values = GroupValues()
  private var codes = TraceCodes()
  /// The values of whole requests, by the trace that leads.
  private var ofRequests: [UInt64: [UInt32]] = [:]
  /// Rows before this one are still to be looked at.
  private var scannedFrom: UInt64 = 0
  private var scannedTo: UInt64?
  private var rowsScanned: UInt64 = 0
  /// Every row of the traces with this number or a later one was seen.
  private var decidedFrom: UInt64 = 0
  private var isComplete = false
  /// Traces whose verdict changes with time alone, with the moment it does.
  private var unsettled: [UInt64: UInt64] = [:]
  /// Traces evicted when values were first told apart.
  private var evictedBefore: UInt64 = 0

  public init(_ key: GroupKey, joinsTraces: Bool) {
    self.key = key
    self.joinsTraces = joinsTraces
    figures = TraceFigures(joinsTraces: joinsTraces)
    rows = KeyRows(key.field)
    records = KeyRecords(key.field)
  }

  /// Bytes of memory taken, the texts of values with them.
  public var bytes: Int { figures.bytes + codes.bytes + values.bytes }

  /// The table for a snapshot that is the last one's or newer.
  ///
  /// - Parameters:
  ///   - selection: the traces to group; where traces are joined those that lead.
  ///   - since: only traces with a span that began at this moment or later.
  ///   - limit: how many rows stand alone; the rest is one row.
  ///   - isTimeUp: asked after each segment of history; what is not looked at yet is said.
  public func update(
    to snapshot: Snapshot, selection: GroupSelection = .all, since: UnixNanos? = nil,
    now: UnixNanos, limit: Int = GroupReader.maximumRows, isTimeUp: () -> Bool = { false }
  ) -> GroupTable {
    look(at: snapshot, now, isTimeUp)
    defer { figures.rest() }
    var table = GroupTable()
    table.key = "\(key)"
    table.isComplete = key.isOfRecord || isComplete
    table.rowsScanned = rowsScanned
    add(up: &table, snapshot, selection, since, now, limit: limit)
    return table
  }

  private func look(at snapshot: Snapshot, _ now: UnixNanos, _ isTimeUp: () -> Bool) {
    startOverIfCrowded(snapshot)
    codes.forget(below: snapshot.chunks.base)
    codes.cover(snapshot.traceNumbers)
    let touched = figures.update(to: snapshot)
    if key.isOfRecord {
      readRecords(touched, snapshot, now)
    } else {
      scan(snapshot, isTimeUp)
      joinCodes(touched, snapshot)
    }
  }

  /// More rows than these nobody reads.
  public static let maximumRows = 10_000

  // MARK: - Values

  /// A full table of values keeps those of traces that are long gone: it is made anew when as many
  /// were evicted as are held.
  private func startOverIfCrowded(_ snapshot: Snapshot) {
    let evicted = snapshot.statistics.tracesGone
    guard values.isFull, evicted - evictedBefore > snapshot.statistics.tracesHeld else { return }
    evictedBefore = evicted
    values = GroupValues()
    codes = TraceCodes()
    ofRequests = [:]
    rows = KeyRows(key.field)
    records = KeyRecords(key.field)
    scannedTo = nil
    isComplete = false
    isReadAgain = true
  }

  /// Whether all records are to be read, whatever changed.
  private var isReadAgain = true

  private func readRecords(_ touched: [UInt64]?, _ snapshot: Snapshot, _ now: UnixNanos) {
    let due = unsettled.filter { $0.value <= now.rawValue }.map(\.key)
    for number in due { unsettled[number] = nil }
    if isReadAgain || touched == nil {
      isReadAgain = false
      readAll(snapshot, now)
    } else {
      var finder = RowFinder(snapshot)
      for number in (touched ?? []) + due { read(number, snapshot, &finder, now) }
    }
  }

  /// Reads the records of all traces: those that are no request with others at once, field by field.
  private func readAll(_ snapshot: Snapshot, _ now: UnixNanos) {
    if let dimension = records.dimension { return readAll(dimension, snapshot, now) }
    var finder = RowFinder(snapshot)
    guard records.isOfPlainTraces else {
      for number in snapshot.traceNumbers { read(number, snapshot, &finder, now) }
      return
    }
    let isVerdict = key.field == .intrinsic(.verdict)
    for number in snapshot.traceNumbers {
      let figure = figures[number]
      guard figure.has(TraceFigure.isUnit), !figure.has(TraceFigure.isJoined),
        !isVerdict || snapshot.chunks[number].verdict(now: now.rawValue) != .unfinished
      else {
        read(number, snapshot, &finder, now)
        continue
      }
      codes.clear(number)
      if isVerdict, !unsettled.isEmpty { unsettled[number] = nil }
      records.forEach(ofTrace: number, snapshot, &finder, now, &values) {
        codes.insert($0, of: number)
      }
    }
  }

  /// Reads a dimension of all traces from their chunks' digests; the few with several values, and those
  /// that are a request with others, from their records.
  private func readAll(_ dimension: Dimension, _ snapshot: Snapshot, _ now: UnixNanos) {
    let chunks = snapshot.chunks
    var found = [UInt32](repeating: GroupValues.none, count: snapshot.traceNumbers.count)
    var apart: [UInt64] = []
    for (place, chunk) in chunks.chunks.enumerated() {
      let first = place * TraceChunk.size
      let size = min(TraceChunk.size, found.count - first)
      guard let column = chunk.column(Int(dimension.rawValue)) else {
        for index in 0..<size where chunk[index].isHeld {
          apart.append(chunks.base + UInt64(first + index))
        }
        continue
      }
      var codes: [UInt32] = [GroupValues.none]
      for number in 0..<column.slotCount {
        codes.append(records.code(at: column.slot(number), snapshot, &values))
      }
      for index in 0..<size {
        let slot = column[index]
        if slot == TraceDigest.Column.isElsewhere {
          apart.append(chunks.base + UInt64(first + index))
        } else if slot != 0 {
          found[first + index] = codes[Int(slot)]
        }
      }
    }
    codes.replaceAll(found, from: chunks.base)
    if joinsTraces {
      snapshot.requests.joined.forEachReversed { number in
        if chunks.contains(number) { apart.append(number) }
        return true
      }
    }
    var finder = RowFinder(snapshot)
    for number in apart { read(number, snapshot, &finder, now) }
  }

  private func read(
    _ number: UInt64, _ snapshot: Snapshot, _ finder: inout RowFinder, _ now: UnixNanos
  ) {
    codes.clear(number)
    let figure = figures[number]
    guard figure.has(TraceFigure.isUnit) else {
      if !unsettled.isEmpty { unsettled[number] = nil }
      return
    }
    let members = figure.has(TraceFigure.isJoined) ? snapshot.members(of: number) : [number]
    for code in records.codes(of: members, snapshot, &finder, now, &values) {
      codes.insert(code, of: number)
    }
    guard key.field == .intrinsic(.verdict), let record = snapshot.requestRecord(members) else {
      return
    }
    unsettled[number] =
      record.verdict(now: now.rawValue) == .unfinished
      ? record.touched + TraceRecord.settleTime.rawValue : nil
  }

  // MARK: - Rows

  private func scan(_ snapshot: Snapshot, _ isTimeUp: () -> Bool) {
    if let seen = scannedTo {
      snapshot.forEachPiece(from: seen) { view, rows in look(view, rows, snapshot) }
    } else {
      scannedFrom = snapshot.rowEnd
      decidedFrom = snapshot.chunks.end
    }
    scannedTo = snapshot.rowEnd
    guard !isComplete else { return }
    for view in snapshot.segments.reversed() where view.segment.serial << 16 < scannedFrom {
      let first = view.segment.serial << 16
      look(view, 0..<Int(min(UInt64(view.count), scannedFrom - first)), snapshot)
      scannedFrom = first
      decidedFrom = view.segment.firstTrace
      if isTimeUp(), first > snapshot.firstSerial << 16 { return }
    }
    isComplete = true
    decidedFrom = 0
    isReadAgain = true
  }

  private func look(_ view: SegmentView, _ range: Range<Int>, _ snapshot: Snapshot) {
    rowsScanned += UInt64(range.count)
    let traces = view.segment.rows.trace
    let chunks = snapshot.chunks
    var found = codes
    codes = TraceCodes()
    rows.forEach(view, range, &values) { row, code in
      let number = chunks.number(low: traces[row])
      if chunks.contains(number) { found.insert(code, of: number) }
    }
    codes = found
  }

  /// What the traces of a request say together.
  private func joinCodes(_ touched: [UInt64]?, _ snapshot: Snapshot) {
    guard joinsTraces, isComplete else { return }
    func join(_ number: UInt64) {
      guard figures[number].has(TraceFigure.isJoined) else { return ofRequests[number] = nil }
      var union: Set<UInt32> = []
      for member in snapshot.members(of: number) {
        codes.forEach(of: member) { if $0 != GroupValues.none { union.insert($0) } }
      }
      ofRequests[number] = union.sorted()
    }
    if isReadAgain || touched == nil {
      isReadAgain = false
      ofRequests = [:]
      snapshot.requests.joined.forEachReversed { number in
        if snapshot.chunks.contains(number) { join(number) }
        return true
      }
    } else {
      for number in touched ?? [] { join(number) }
    }
  }

  // MARK: - Looking up

  /// The traces that a row of ``update(to:selection:since:now:limit:isTimeUp:)`` counts: those of a value,
  /// or with nil those without the key. The oldest first.
  public func traces(
    of value: String?, in snapshot: Snapshot, selection: GroupSelection = .all,
    since: UnixNanos? = nil, now: UnixNanos
  ) -> [TraceNumber] {
    look(at: snapshot, now) { false }
    defer { figures.rest() }
    var known = values
    let wanted = value.map { known.code(of: $0) } ?? GroupValues.none
    var found: [TraceNumber] = []
    forEach(in: selection, snapshot) { number in
      guard let figure = grouped(number, snapshot, since) else { return }
      var isOfRow = false
      forEachCode(of: number, figure) { if $0 == wanted { isOfRow = true } }
      if isOfRow { found.append(TraceNumber(number)) }
    }
    return found.sorted()
  }

  /// Traces before this one were not looked at whole.
  private var decided: UInt64 { max(decidedFrom, figures.base) }

  private func forEach(
    in selection: GroupSelection, _ snapshot: Snapshot, _ body: (UInt64) -> Void
  ) {
    switch selection {
    case .all: for number in snapshot.traceNumbers { body(number) }
    case .traces(let bits):
      bits.forEachReversed { number in
        body(number)
        return true
      }
    }
  }

  /// The figures of a trace that counts: one that leads, was looked at whole and is in the window.
  private func grouped(
    _ number: UInt64, _ snapshot: Snapshot, _ since: UnixNanos?
  ) -> TraceFigure? {
    guard number >= decided else { return nil }
    let figure = figures[number]
    let first = since?.rawValue ?? 0
    guard figure.has(TraceFigure.isUnit),
      figure.start >= first || snapshot.isStillBeginning(number, figure, since: first)
    else { return nil }
    return figure
  }

  private func forEachCode(of number: UInt64, _ figure: TraceFigure, _ body: (UInt32) -> Void) {
    guard figure.has(TraceFigure.isJoined), let union = ofRequests[number] else {
      return codes.forEach(of: number, body)
    }
    if union.isEmpty { body(GroupValues.none) }
    for code in union { body(code) }
  }

  // MARK: - Adding up

  private func add(
    up table: inout GroupTable, _ snapshot: Snapshot, _ selection: GroupSelection,
    _ since: UnixNanos?, _ now: UnixNanos, limit: Int
  ) {
    var sums = GroupSums(codeCount: values.codeCount)
    var (traces, errors) = (0.0, 0.0)
    var oldest = UInt64.max
    let (figures, codes) = (figures, codes)
    let decided = decided
    func take(_ number: UInt64) {
      guard let figure = grouped(number, snapshot, since) else { return }
      oldest = min(oldest, figure.start)
      traces += Double(figure.weight)
      if figure.has(TraceFigure.hasFailed) { errors += Double(figure.weight) }
      forEachCode(of: number, figure) { sums.add(figure, under: $0) }
    }
    if since == nil {
      // Most traces have one value, stand alone and count once.
      var apart: [UInt64] = []
      figures.forEachChunk { chunk in
        guard decided < chunk.end else { return }
        let own = max(decided, chunk.first)..<min(chunk.end, snapshot.chunks.end)
        switch selection {
        case .all: sums.add(chunk, own, codes, in: { _ in .max }) { apart.append($0) }
        case .traces(let bits):
          sums.add(chunk, own, codes, in: { bits.word($0) }) { apart.append($0) }
        }
      }
      (traces, errors) = sums.totals
      for number in apart { take(number) }
    } else {
      forEach(in: selection, snapshot) { take($0) }
    }
    sums.finish(&table, values, limit: limit)
    table.traces = Int(traces.rounded())
    table.errors = Int(errors.rounded())
    table.nextChange = unsettled.values.min().map { UnixNanos($0) }
    if let since, traces > 0 {
      // The oldest trace leaves the window next; one that began before it may do so any moment.
      let leaves = UnixNanos(oldest) + now.since(since) + Nanoseconds(1)
      let next = max(leaves, now + .seconds(1))
      table.nextChange = min(table.nextChange ?? next, next)
    }
  }
}

/// The traces that groups and facets are made of.
public enum GroupSelection: Sendable {
  case all
  case traces(TraceBits)
}

extension Snapshot {
  /// Whether a trace that began before a moment has a span that began at it or later.
  func isStillBeginning(_ number: UInt64, _ figure: TraceFigure, since: UInt64) -> Bool {
    let members = figure.has(TraceFigure.isJoined) ? members(of: number) : [number]
    return members.contains { member in
      guard let record = traceRecord(member), record.end >= since else { return false }
      return hasSpan(of: TraceNumber(member), startedSince: UnixNanos(since))
    }
  }
}
