/// A filter kept current: history is looked at once, then only what arrived since.
///
/// Confined to the thread that asks. A new filter is a new query.
public final class LiveQuery {
  private struct Entry {
    var start: UInt64
    var number: UInt64

    static func < (left: Entry, right: Entry) -> Bool {
      left.start != right.start ? left.start < right.start : left.number < right.number
    }
  }

  private let filter: Filter?
  private var plan: FilterPlan
  /// The rows below this number were scanned.
  private var scanned: UInt64 = 0
  private var order: [Entry] = []
  private var matched = TraceBits()
  private var evicted: UInt64 = 0
  /// Traces that were still arriving when last looked at, with the moment they settle.
  private var unsettled: [UInt64: UInt64] = [:]
  private var meter = TrafficMeter()
  private var unknownKeys: [String] = []

  public init(filter: Filter?) {
    self.filter = filter
    plan = FilterPlan(filter)
  }

  /// The answer for a snapshot that is the last one's or newer.
  public func update(to snapshot: Snapshot, now: UnixNanos) -> QueryResult {
    if scanned == 0 { plan = FilterPlan(filter, vocabulary: snapshot.vocabulary) }
    let touched = scanNewRows(snapshot)
    reconsider(touched + settled(snapshot, now), snapshot, now)
    var result = QueryResult()
    result.traces = order.map { TraceNumber($0.number) }
    result.tracesHeld = Int(snapshot.statistics.tracesHeld)
    result.unknownKeys = unknownKeys(in: snapshot, hasNews: !touched.isEmpty)
    result.traffic = meter.measure(snapshot, now: now) { self.matched.contains($0) }
    if let next = unsettled.values.min() {
      result.traffic.nextChange = min(result.traffic.nextChange ?? UnixNanos(next), UnixNanos(next))
    }
    return result
  }

  /// Scans what arrived and returns the traces it belongs to, each once.
  private func scanNewRows(_ snapshot: Snapshot) -> [UInt64] {
    var touched: [UInt64] = []
    var seen = TraceBits()
    plan.forget(below: snapshot.chunks.base)
    matched.forget(below: snapshot.chunks.base)
    for view in snapshot.segments where view.segment.serial >= scanned >> 16 {
      let from = view.segment.serial == scanned >> 16 ? Int(scanned & 0xFFFF) : 0
      guard from < view.count else { continue }
      plan.scan(view, from..<view.count, snapshot)
      for row in from..<view.count {
        let number = snapshot.chunks.number(low: view.segment.rows.trace[row])
        if seen.insert(number) { touched.append(number) }
      }
      // A full segment's end is the next one's beginning.
      scanned = view.segment.serial << 16 + UInt64(view.count)
    }
    return touched
  }

  /// Traces that stopped arriving: their verdict may be another one now.
  private func settled(_ snapshot: Snapshot, _ now: UnixNanos) -> [UInt64] {
    let due = unsettled.filter { $0.value <= now.rawValue }.map(\.key)
    for number in due { unsettled[number] = nil }
    return due
  }

  /// Asks the filter again for traces that changed, and puts them where they belong.
  private func reconsider(_ traces: [UInt64], _ snapshot: Snapshot, _ now: UnixNanos) {
    let hasEvicted = snapshot.statistics.tracesEvicted != evicted
    evicted = snapshot.statistics.tracesEvicted
    guard !traces.isEmpty || hasEvicted else { return }
    var moved = TraceBits()
    var added: [Entry] = []
    for number in traces {
      // A trace may have been touched and be due to settle at once.
      guard moved.insert(number) else { continue }
      guard let record = snapshot.traceRecord(number) else {
        unsettled[number] = nil
        matched.remove(number)
        continue
      }
      note(unfinished: record, number, now)
      if plan.matches(number, record, snapshot, now: now) {
        matched.insert(number)
        added.append(Entry(start: record.start == .max ? 0 : record.start, number: number))
      } else {
        matched.remove(number)
      }
    }
    added.sort { $0 < $1 }
    merge(added, without: moved, evictedIn: hasEvicted ? snapshot : nil)
  }

  private func note(unfinished record: TraceRecord, _ number: UInt64, _ now: UnixNanos) {
    let isWhole = record.rootRow > 0 && record.missingParents == 0
    unsettled[number] =
      isWhole || record.isSettled(now: now.rawValue)
      ? nil : record.touched + TraceRecord.settleTime.rawValue
  }

  private func merge(_ added: [Entry], without moved: TraceBits, evictedIn snapshot: Snapshot?) {
    var merged: [Entry] = []
    merged.reserveCapacity(order.count + added.count)
    var next = 0
    for entry in order {
      if moved.contains(entry.number) { continue }
      if let snapshot, snapshot.traceRecord(entry.number) == nil {
        matched.remove(entry.number)
        continue
      }
      while next < added.count, added[next] < entry {
        merged.append(added[next])
        next += 1
      }
      merged.append(entry)
    }
    merged.append(contentsOf: added[next...])
    order = merged
  }

  private func unknownKeys(in snapshot: Snapshot, hasNews: Bool) -> [String] {
    guard let filter else { return [] }
    if hasNews || unknownKeys.isEmpty {
      unknownKeys = filter.attributeKeys.filter { key in
        !snapshot.segments.contains { view in
          view.column(of: key) != nil
            || (view.directory.resources + view.directory.scopes).contains { origin in
              origin.attributes.contains { view.strings[$0.key].text == key }
            }
        }
      }
    }
    return unknownKeys
  }
}
