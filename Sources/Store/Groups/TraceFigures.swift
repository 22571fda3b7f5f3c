/// What groups and facets add up of a trace, in 32 bytes, so that a million spans are summed in a
/// millisecond; the records have ten times as much.
struct TraceFigure: BitwiseCopyable {
  /// When it began; when it arrived, where no span has a start.
  var start: UInt64 = 0
  var tokens: UInt64 = 0
  var costUSD: Double = 0
  /// What it counts as: more than one where requests are thinned and it stands for others.
  var weight: Float = 1
  /// The bucket of its duration in a ``LatencyHistogram``.
  var bucket: UInt16 = 0
  var flags: UInt8 = 0
  /// How it ended; unfinished where time tells whether it is that or partial.
  var verdict: UInt8 = 0

  /// It is held, and leads its request where traces are joined.
  static let isUnit: UInt8 = 1
  /// It ended in an error, a denial, or its client gone.
  static let hasFailed: UInt8 = 2
  static let hasTokens: UInt8 = 4
  static let hasCost: UInt8 = 8
  /// It stands for other traces of its request, too.
  static let isJoined: UInt8 = 16
  /// It is one request with others, as its record says.
  static let hasPeer: UInt8 = 32
  /// Its root came, and every parent.
  static let isWhole: UInt8 = 64
  /// ``start`` is what its spans say.
  static let hasStart: UInt8 = 128

  @inline(__always) func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

  init() {}

  init(_ record: TraceRecord) {
    start = record.start == .max ? record.firstTouched : record.start
    tokens = record.tokens
    costUSD = record.costUSD
    let began = record.start == .max ? 0 : record.start
    bucket = UInt16(
      truncatingIfNeeded: LatencyHistogram.bucket(record.end > began ? record.end - began : 0))
    flags = Self.isUnit
    if record.start != .max { flags |= Self.hasStart }
    if record.peer != 0 { flags |= Self.hasPeer }
    if record.rootRow > 0, record.missingParents == 0 { flags |= Self.isWhole }
    weight = record.weight == 0 ? 1 : record.weight
    let failing = Evidence.denial.union(.departure).union(.failure).rawValue
    if record.evidence & failing != 0 { flags |= Self.hasFailed }
    verdict = record.verdict(now: 0).rawValue
    if record.measured & 16 != 0 { flags |= Self.hasTokens }
    if record.measured & 4 != 0 { flags |= Self.hasCost }
  }
}

/// The figures of all traces held, kept current: a trace is read again when it changed, no other.
///
/// Confined to the thread that asks.
final class TraceFigures {
  /// Whether the traces of a request count as one.
  let joinsTraces: Bool
  private(set) var base: UInt64 = 0
  private(set) var figures: [TraceFigure] = []
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

  var bytes: Int { figures.capacity * MemoryLayout<TraceFigure>.stride + leads.capacity * 24 }
  var end: UInt64 { base + UInt64(figures.count) }

  @inline(__always)
  subscript(number: UInt64) -> TraceFigure {
    number >= base && number < end ? figures[Int(number - base)] : TraceFigure()
  }

  /// Takes in what is new and returns the traces that changed; nil for all of them.
  func update(to snapshot: Snapshot) -> [UInt64]? {
    let touched = follow(snapshot)
    refresh(touched ?? [], snapshot)
    return touched
  }

  /// Does the same but for reading the traces that changed, which the caller has ``refresh(_:_:)`` do, those of
  /// a request in any order.
  func follow(_ snapshot: Snapshot) -> [UInt64]? {
    guard let seen else {
      self.seen = snapshot.rowEnd
      regrouping.begin(snapshot)
      _ = gone.update(to: snapshot)
      refreshAll(snapshot)
      followDecisions(snapshot, Array(snapshot.traceNumbers))
      return nil
    }
    forget(snapshot)
    cover(snapshot)
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

  private func refreshAll(_ snapshot: Snapshot) {
    figures = snapshot.chunks.figures()
    base = snapshot.chunks.base
    guard joinsTraces else { return }
    var read = TraceBits()
    snapshot.requests.joined.forEachReversed { number in
      refresh(number, snapshot, &read)
      return true
    }
  }

  /// Reads the records of some traces again, and those of their requests.
  func refresh(_ numbers: some Sequence<UInt64>, _ snapshot: Snapshot) {
    var read = TraceBits()
    for number in numbers { refresh(number, snapshot, &read) }
  }

  private func refresh(_ number: UInt64, _ snapshot: Snapshot, _ read: inout TraceBits) {
    guard snapshot.chunks.contains(number), number >= base, !read.contains(number) else { return }
    let index = Int(number - base)
    guard snapshot.chunks[number].isHeld else { return figures[index] = TraceFigure() }
    guard joinsTraces, snapshot.chunks[number].peer != 0 else {
      if !leads.isEmpty { leads[number] = nil }
      return figures[index] = TraceFigure(snapshot.chunks[number])
    }
    let members = snapshot.members(of: number)
    guard let lead = members.first, let whole = snapshot.requestRecord(members) else { return }
    for member in members where member >= base {
      read.insert(member)
      leads[member] = member == lead ? nil : lead
      figures[Int(member - base)] = TraceFigure()
    }
    guard lead >= base else { return }
    figures[Int(lead - base)] = TraceFigure(whole)
    figures[Int(lead - base)].flags |= TraceFigure.isJoined
  }

  // MARK: - Extent

  private func cover(_ snapshot: Snapshot) {
    if figures.isEmpty { base = snapshot.chunks.base }
    let missing = Int(snapshot.chunks.end - base) - figures.count
    if missing > 0 { figures.append(contentsOf: repeatElement(TraceFigure(), count: missing)) }
  }

  private func forget(_ snapshot: Snapshot) {
    let first = snapshot.chunks.base
    guard first > base, first - base > 4_096 else { return }
    figures.removeFirst(min(Int(first - base), figures.count))
    base = first
    leads = leads.filter { $0.key >= first }
  }

  private func dropEvicted(_ snapshot: Snapshot) {
    for number in gone.update(to: snapshot) where number >= base && number < end {
      figures[Int(number - base)] = TraceFigure()
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

  /// The figures of all traces from ``base`` on.
  func figures() -> [TraceFigure] {
    let count = Int(end - base)
    return unsafe [TraceFigure](unsafeUninitializedCapacity: count) { target, filled in
      for (place, chunk) in chunks.enumerated() {
        let first = place * TraceChunk.size
        let size = min(TraceChunk.size, count - first)
        guard let start = target.baseAddress, size > 0 else { continue }
        // Safe: chunks stand behind each other, and only the last has fewer numbers.
        if let figures = unsafe chunk.figures {
          unsafe (start + first).initialize(from: figures, count: size)
          continue
        }
        for index in 0..<size {
          let record = chunk[index]
          unsafe (start + first + index).initialize(
            to: record.isHeld ? TraceFigure(record) : TraceFigure())
        }
      }
      filled = count
    }
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
