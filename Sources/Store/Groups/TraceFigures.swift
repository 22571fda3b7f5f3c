/// The figures of all traces held, those of a request as one: read from the chunks of records, but for chunks
/// with a trace that is a request with others, whose figures are kept here and read again when one changed.
///
/// They are those of the snapshot that was followed last, until ``rest()``. Confined to the thread that asks.
final class TraceFigures {
  /// Whether the traces of a request count as one.
  let joinsTraces: Bool
  /// What is read; none at rest, for chunks hold much memory.
  private var chunks = TraceChunks()
  /// By chunk the figures that are kept here; empty where the chunk says them.
  private var kept: [[TraceFigure]] = []
  /// The number of the first trace; that of a chunk's first.
  private(set) var base: UInt64 = 0
  /// The traces that lead the requests of others.
  private(set) var leads: [UInt64: UInt64] = [:]
  private var seen: UInt64?
  private var regrouping = RegroupingReader()
  private var gone = GoneTraces()
  /// Traces that are held and for how many they stand is not decided yet: that changes though nothing
  /// arrives for them.
  private var undecided: Set<UInt64> = []
  private var isThinned = false

  init(joinsTraces: Bool) { self.joinsTraces = joinsTraces }

  var bytes: Int {
    kept.reduce(kept.capacity * 8) { $0 + $1.capacity * MemoryLayout<TraceFigure>.stride }
      + leads.capacity * 24
  }

  /// One more than the last trace's number.
  var end: UInt64 { chunks.end }

  @inline(__always)
  subscript(number: UInt64) -> TraceFigure {
    guard number >= base, number < chunks.end else { return TraceFigure() }
    let index = Int(number - base)
    let (place, trace) = (index >> 8, index & (TraceChunk.size - 1))
    if !kept[place].isEmpty { return kept[place][trace] }
    // Safe: there is one for each trace of a chunk.
    if let figures = unsafe chunks.chunks[place].figures { return unsafe figures[trace] }
    return TraceFigures.figure(of: chunks.chunks[place][trace])
  }

  /// The figures of a chunk's traces, the first of which has this number.
  func chunk(from number: UInt64) -> [TraceFigure] {
    let place = Int(number - base) >> 8
    if !kept[place].isEmpty { return kept[place] }
    // Safe: there is one for each trace of a chunk.
    if let figures = unsafe chunks.chunks[place].figures {
      return unsafe Array(UnsafeBufferPointer(start: figures, count: TraceChunk.size))
    }
    return (0..<TraceChunk.size).map { Self.figure(of: chunks.chunks[place][$0]) }
  }

  private static func figure(of record: TraceRecord) -> TraceFigure {
    record.isHeld ? TraceFigure(record) : TraceFigure()
  }

  /// Calls `body` with the figures of each chunk's traces, which are good until it returns.
  @inline(__always)
  func forEachChunk(_ body: (ChunkFigures) -> Void) {
    let none = [TraceFigure](repeating: TraceFigure(), count: TraceChunk.size)
    for (place, chunk) in chunks.chunks.enumerated() {
      let first = base + UInt64(place * TraceChunk.size)
      // Safe: all of these have one for each trace of a chunk.
      if kept[place].isEmpty, let figures = unsafe chunk.figures {
        unsafe body(ChunkFigures(first, figures))
        continue
      }
      var own = kept[place]
      if own.isEmpty {
        own = none
        chunk.forEachLive { own[$0] = Self.figure(of: chunk[$0]) }
      }
      unsafe own.withUnsafeBufferPointer {
        if let figures = $0.baseAddress { unsafe body(ChunkFigures(first, figures)) }
      }
    }
  }

  /// Lets go of what was read; until the next update there are no figures.
  func rest() { chunks = TraceChunks() }

  /// Takes in what is new and returns the traces that changed; nil for all of them.
  func update(to snapshot: Snapshot) -> [UInt64]? {
    let touched = follow(snapshot)
    refresh(touched ?? [], snapshot)
    return touched
  }

  /// Does the same but for reading the traces that changed, which the caller has ``refresh(_:_:)`` do, those of
  /// a request in any order.
  func follow(_ snapshot: Snapshot) -> [UInt64]? {
    cover(snapshot)
    guard let seen else {
      self.seen = snapshot.rowEnd
      regrouping.begin(snapshot)
      _ = gone.update(to: snapshot)
      readRequests(snapshot)
      followDecisions(snapshot, [])
      return nil
    }
    dropEvicted(snapshot)
    var touched = snapshot.traces(ofRowsFrom: seen)
    if joinsTraces { touched = regrouping.wholeRequests(of: touched, in: snapshot) }
    self.seen = snapshot.rowEnd
    followDecisions(snapshot, touched)
    return touched
  }

  /// Reads the traces again that are decided by now, where requests are thinned.
  private func followDecisions(_ snapshot: Snapshot, _ touched: [UInt64]) {
    guard snapshot.statistics.sampledShare != nil else { return }
    func isUndecided(_ number: UInt64) -> Bool {
      snapshot.traceRecord(number)?.weight == 0
    }
    // Thinning may begin after traces were read.
    undecided.formUnion(isThinned ? touched : Array(snapshot.traceNumbers))
    isThinned = true
    refresh(undecided.filter { !isUndecided($0) }, snapshot)
    undecided = undecided.filter { isUndecided($0) }
  }

  // MARK: - One trace

  private func readRequests(_ snapshot: Snapshot) {
    guard joinsTraces else { return }
    var read = TraceBits()
    snapshot.requests.joined.forEachReversed { number in
      refresh(number, snapshot, &read)
      return true
    }
  }

  /// Reads the records of some traces again, and those of their requests.
  func refresh(_ numbers: some Sequence<UInt64>, _ snapshot: Snapshot) {
    guard joinsTraces else { return }
    var read = TraceBits()
    for number in numbers { refresh(number, snapshot, &read) }
  }

  private func refresh(_ number: UInt64, _ snapshot: Snapshot, _ read: inout TraceBits) {
    guard snapshot.chunks.contains(number), !read.contains(number) else { return }
    let record = snapshot.chunks[number]
    guard record.isHeld, record.peer != 0 else {
      if record.isHeld, !leads.isEmpty { leads[number] = nil }
      return replace(number, Self.figure(of: record))
    }
    let members = snapshot.members(of: number)
    guard let lead = members.first, let whole = snapshot.requestRecord(members) else { return }
    for member in members where member >= base {
      read.insert(member)
      leads[member] = member == lead ? nil : lead
      keep(member)
      replace(member, TraceFigure())
    }
    guard lead >= base else { return }
    var figure = TraceFigure(whole)
    figure.flags |= TraceFigure.isJoined
    replace(lead, figure)
  }

  /// Changes what is kept here.
  private func replace(_ number: UInt64, _ figure: TraceFigure) {
    let index = Int(number - base)
    guard !kept[index >> 8].isEmpty else { return }
    kept[index >> 8][index & (TraceChunk.size - 1)] = figure
  }

  /// Keeps the figures of a trace's chunk here from now on.
  private func keep(_ number: UInt64) {
    let place = Int(number - base) >> 8
    guard kept[place].isEmpty else { return }
    let chunk = chunks.chunks[place]
    kept[place] = (0..<TraceChunk.size).map { Self.figure(of: chunk[$0]) }
  }

  // MARK: - Extent

  /// Reads another snapshot from here on.
  private func cover(_ snapshot: Snapshot) {
    chunks = snapshot.chunks
    if kept.isEmpty { base = chunks.base }
    if chunks.base > base {
      let left = min(Int(chunks.base - base) / TraceChunk.size, kept.count)
      kept.removeFirst(left)
      base = chunks.base
      leads = leads.filter { $0.key >= base }
    }
    let missing = chunks.chunks.count - kept.count
    if missing > 0 { kept.append(contentsOf: repeatElement([], count: missing)) }
  }

  private func dropEvicted(_ snapshot: Snapshot) {
    for number in gone.update(to: snapshot) where number >= base && number < end {
      replace(number, TraceFigure())
      if !leads.isEmpty { leads[number] = nil }
    }
  }
}

extension TraceChunks {
  /// The figures of 64 traces side by side from a number on that is a multiple of 64; nil where they have
  /// to be made from records. Good for as long as the chunks are held.
  @inline(__always)
  func figures(from number: UInt64) -> UnsafePointer<TraceFigure>? {
    let index = Int(truncatingIfNeeded: number &- base)
    precondition(number >= base && number < end, "no trace has this number")
    // Safe: within the chunk, as is what follows.
    return unsafe chunks[index >> 8].figures.map { unsafe $0 + (index & 255) }
  }

  /// The chunks whose traces all have lower numbers and whose figures are not made yet.
  func undigested(below number: UInt64) -> [TraceChunk] {
    guard number > base else { return [] }
    let whole = Int(truncatingIfNeeded: (number - base) / UInt64(TraceChunk.size))
    return chunks.prefix(whole).filter { !$0.isDigested }
  }
}

extension Snapshot {
  /// One more than the number of the last row.
  var rowEnd: UInt64 { open.segment.serial << 16 + UInt64(open.count) }

  /// The traces of the rows from a number on, each once.
  func traces(ofRowsFrom seen: UInt64) -> [UInt64] {
    var touched: [UInt64] = []
    var known = TraceBits()
    forEachPiece(from: seen) { view, rows in
      for row in rows {
        let number = chunks.number(low: view.segment.rows.trace[row])
        if chunks.contains(number), known.insert(number) { touched.append(number) }
      }
    }
    return touched
  }

  /// Calls `body` with the rows from a number on, segment by segment.
  func forEachPiece(from seen: UInt64, _ body: (SegmentView, Range<Int>) -> Void) {
    for view in segments {
      if let rows = view.rows(from: seen) { body(view, rows) }
    }
  }
}
