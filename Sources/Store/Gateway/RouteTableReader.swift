/// Keeps a ``RouteTable`` current: reads each trace once, again when it changed, and adds up what was
/// read whenever a table is asked for.
///
/// Reading a trace costs a look at every attribute of its spans; adding up a reading costs next to
/// nothing. So readings are kept, the newest traces are read first, and the caller says how long
/// reading may go on: what is not read yet is said in the table. Confined to the thread that asks.
public final class RouteTableReader {
  /// The newest traces of the window that are counted. A reading is some 400 bytes.
  public static let maximumTraces = 100_000
  /// A trace that takes longer than this to read and keeps growing is not read again for so many
  /// times what it took.
  static let slowReading = Nanoseconds.milliseconds(10)
  static let rereadFactor: UInt64 = 20
  /// Rows that nothing uses any more are looked for this often at most.
  static let cleaningInterval = Nanoseconds.seconds(10)

  private struct Entry {
    var reading: RouteReading
    /// When it may be read again, by the moments of ``update``.
    var notBefore: UInt64
  }

  private var entries: [UInt64: Entry] = [:]
  private var catalogs = RouteTableCatalogs()
  /// The traces of the last table, the newest first.
  private var chosen: [UInt64] = []
  private var gone: UInt64 = 0
  /// Whether a trace that leads a request is read with the request's other traces.
  private var joinsTraces = false
  private var cleanedAt = UnixNanos(0)

  public init() {}

  /// The table for a snapshot that is the last one's or newer.
  ///
  /// - Parameters:
  ///   - windowEnd: where the window ends, where that is not now.
  ///   - joinsTraces: whether selected traces stand for whole requests, as in ``LiveQuery``.
  ///   - isTimeUp: asked before each trace is read; at least one is read in any case.
  public func update(
    to snapshot: Snapshot, window: RouteWindow, now: UnixNanos, windowEnd: UnixNanos? = nil,
    joinsTraces: Bool = false, isSelected: (TraceNumber) -> Bool, isTimeUp: () -> Bool
  ) -> RouteTable {
    if joinsTraces != self.joinsTraces {
      self.joinsTraces = joinsTraces
      entries = [:]
    }
    forgetEvicted(snapshot)
    let walk = choose(snapshot, window, windowEnd ?? now, now, isSelected)
    chosen = walk.numbers
    // A window that stands still is left by nothing.
    var next = windowEnd == nil ? walk.nextChange : nil
    for (index, number) in walk.stale.enumerated() {
      if index > 0, isTimeUp() { break }
      read(number, snapshot, now)
    }
    for number in walk.waiting { next = min(next ?? .max, entries[number]?.notBefore ?? .max) }
    let scale = CountScale(snapshot)
    var sums = RouteTableSums(window: window, catalogs, scale)
    for number in chosen {
      guard let entry = entries[number] else { continue }
      let units = snapshot.traceRecord(number).map { scale.units(of: $0) } ?? scale.one
      sums.add(entry.reading, of: number, units: units, catalogs)
    }
    var table = sums.finished()
    table.selected = chosen.count
    table.isCut = walk.isCut
    table.nextChange = next.map { UnixNanos($0) }
    fillExamples(of: &table, snapshot, now)
    clean(now)
    return table
  }

  /// The traces of the last table that a cell counts, the one that started first first.
  public func traces(of cell: RouteTable.Cell, in snapshot: Snapshot) -> [TraceNumber] {
    let row: Int32? =
      switch cell.row {
      case .route(let key): catalogs.routes.known(key)
      case .step(let key): catalogs.steps.known(key)
      case .denial(let key): catalogs.denials.known(key)
      case .change(let key): catalogs.switches.known(key)
      }
    guard let row else { return [] }
    let found = chosen.compactMap { number -> (start: UInt64, number: UInt64)? in
      guard let record = snapshot.traceRecord(number),
        entries[number]?.reading.isCounted(by: cell.part, ofRow: row, cell.row) ?? false
      else { return nil }
      return (record.start == .max ? 0 : record.start, number)
    }
    return found.sorted { ($0.start, $0.number) < ($1.start, $1.number) }
      .map { TraceNumber($0.number) }
  }

  // MARK: - Which traces

  private struct Walk {
    /// Selected and in the window, the newest first.
    var numbers: [UInt64] = []
    /// Of those, the ones to be read.
    var stale: [UInt64] = []
    /// Of those, the ones that changed but are not due to be read again.
    var waiting: [UInt64] = []
    var isCut = false
    var nextChange: UInt64?
  }

  /// Walks back from the newest trace, as far as the window goes.
  private func choose(
    _ snapshot: Snapshot, _ window: RouteWindow, _ end: UnixNanos, _ now: UnixNanos,
    _ isSelected: (TraceNumber) -> Bool
  ) -> Walk {
    var walk = Walk()
    var number = snapshot.chunks.end
    var outside = 0
    var oldest: UInt64?
    while number > snapshot.chunks.base {
      number -= 1
      guard let record = snapshot.traceRecord(number) else { continue }
      if let length = window.length, end.since(UnixNanos(record.firstTouched)) >= length {
        outside += 1
        // Numbers are given in order of arrival, but history may come a little out of order.
        if outside > TrafficMeter.patience, !snapshot.isBackfilled { break }
        continue
      }
      outside = 0
      guard isSelected(TraceNumber(number)) else { continue }
      guard walk.numbers.count < Self.maximumTraces else {
        walk.isCut = true
        break
      }
      walk.numbers.append(number)
      oldest = min(oldest ?? .max, record.firstTouched)
      guard let entry = entries[number] else {
        walk.stale.append(number)
        continue
      }
      guard !entry.reading.isCurrent(whole(record, number, snapshot)) else { continue }
      if entry.notBefore <= now.rawValue {
        walk.stale.append(number)
      } else {
        walk.waiting.append(number)
      }
    }
    if let oldest, let length = window.length {
      walk.nextChange = (UnixNanos(oldest) + length).rawValue
    }
    return walk
  }

  // MARK: - Reading

  private func read(_ number: UInt64, _ snapshot: Snapshot, _ now: UnixNanos) {
    guard let record = snapshot.traceRecord(number) else { return }
    let began = WallClock.now()
    let trace = TraceNumber(number)
    let spans =
      joinsTraces ? snapshot.storySpans(ofRequest: trace) : snapshot.storySpans(of: trace)
    let reading = RouteReading(of: whole(record, number, snapshot), spans, &catalogs)
    let took = UnixNanos(WallClock.now()).since(UnixNanos(began))
    let pause = took > Self.slowReading ? Nanoseconds(took.rawValue &* Self.rereadFactor) : .zero
    entries[number] = Entry(reading: reading, notBefore: (now + pause).rawValue)
  }

  /// The record of all that a trace stands for.
  private func whole(_ record: TraceRecord, _ number: UInt64, _ snapshot: Snapshot) -> TraceRecord {
    guard joinsTraces, record.peer != 0 else { return record }
    return snapshot.requestRecord(snapshot.members(of: number)) ?? record
  }

  private func fillExamples(of table: inout RouteTable, _ snapshot: Snapshot, _ now: UnixNanos) {
    for row in table.denials.indices {
      for place in table.denials[row].examples.indices {
        let number = table.denials[row].examples[place].trace
        let whole =
          joinsTraces
          ? snapshot.requestSummary(of: number, now: now) : snapshot.summary(of: number, now: now)
        guard let summary = whole else { continue }
        table.denials[row].examples[place].tenant = summary.tenant
        table.denials[row].examples[place].user = summary.user
        if table.denials[row].examples[place].name.isEmpty {
          table.denials[row].examples[place].name = summary.rootName
        }
      }
    }
  }

  // MARK: - Forgetting

  private func forgetEvicted(_ snapshot: Snapshot) {
    guard snapshot.statistics.tracesGone != gone else { return }
    gone = snapshot.statistics.tracesGone
    entries = entries.filter { snapshot.traceRecord($0.key) != nil }
  }

  /// Lets go of readings that no table of late wanted, and of rows that none of them uses.
  private func clean(_ now: UnixNanos) {
    let isCrowded = entries.count > 2 * Self.maximumTraces
    guard isCrowded || catalogs.isFull, now.since(cleanedAt) >= Self.cleaningInterval else {
      return
    }
    cleanedAt = now
    if isCrowded {
      let wanted = Set(chosen)
      entries = entries.filter { wanted.contains($0.key) }
    }
    if catalogs.isFull { catalogs.keep(entries.values.lazy.map(\.reading)) }
  }
}
