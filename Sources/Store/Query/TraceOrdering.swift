/// The traces that a filter selects in an order: what comes first in a list stands last.
struct TraceOrdering {
  fileprivate struct Entry: BitwiseCopyable {
    /// See ``SortKeys/key(_:)``; of a trace that is to be put in, for words, the code plus one.
    var key: UInt64
    /// Of traces with one key the one that started last comes first.
    var start: UInt64
    var number: UInt64

    static func < (left: Entry, right: Entry) -> Bool {
      if left.key != right.key { return left.key < right.key }
      return left.start != right.start ? left.start < right.start : left.number < right.number
    }
  }

  /// What becomes of an ordering in one update.
  struct Change {
    fileprivate var added: [Entry] = []
    fileprivate var removed = TraceBits()
    fileprivate var removals = 0
    private var taken = TraceBits()

    /// Whether the trace was asked about already.
    mutating func isTaken(_ number: UInt64) -> Bool { !taken.insert(number) }

    mutating func remove(_ number: UInt64) {
      if removed.insert(number) { removals += 1 }
    }
  }

  private var keys: SortKeys
  private var entries: [Entry] = []

  init(_ sort: TraceSort) { keys = SortKeys(sort) }

  var sort: TraceSort { keys.sort }

  var numbers: [TraceNumber] { entries.map { TraceNumber($0.number) } }

  /// Whether it keeps many more texts of traces that are gone than of those that are there.
  var isWorthless: Bool { keys.textCount > 2 * entries.count + 10_000 }

  /// Has a trace put in with the next change that is applied.
  mutating func add(
    _ number: UInt64, _ record: TraceRecord, to change: inout Change, _ snapshot: Snapshot,
    _ now: UnixNanos
  ) {
    let value = keys.value(of: record, snapshot, now)
    change.added.append(
      Entry(
        key: sort.column.isText ? value.map { $0 + 1 } ?? 0 : keys.key(value),
        start: record.start == .max ? 0 : record.start, number: number))
  }

  /// The same of a trace whose start is known, where that is what they are sorted by. Mutating, so that
  /// the ordering is used where it stands and not copied for each trace.
  @inline(__always)
  mutating func add(_ number: UInt64, start: UInt64, to change: inout Change) {
    change.added.append(
      Entry(key: keys.key(start == 0 ? nil : start), start: start, number: number))
  }

  /// Takes traces out, then puts others in where they belong.
  mutating func apply(_ change: inout Change) {
    remove(change.removed, count: change.removals)
    if sort.column.isText, let renewed = keys.settle() {
      for index in entries.indices { entries[index].key = renewed(entries[index].key) }
    }
    guard !change.added.isEmpty else { return }
    if sort.column.isText {
      for index in change.added.indices {
        let code = change.added[index].key
        change.added[index].key = keys.key(ofCode: code == 0 ? nil : code - 1)
      }
    }
    change.added.sort { $0 < $1 }
    insert(change.added)
  }

  /// Looks for them from the end: what changes mostly started last.
  private mutating func remove(_ gone: TraceBits, count: Int) {
    var left = count
    var index = entries.count
    while left > 0, index > 0 {
      index -= 1
      if gone.contains(entries[index].number) { left -= 1 }
    }
    guard left < count else { return }
    var kept = index
    for place in index..<entries.count where !gone.contains(entries[place].number) {
      entries[kept] = entries[place]
      kept += 1
    }
    entries.removeLast(entries.count - kept)
  }

  /// Puts sorted entries in; those before the first of them stay where they are.
  private mutating func insert(_ added: [Entry]) {
    var left = entries.count
    var next = added.count
    entries += added
    // From the end, so that each entry moves once.
    var place = entries.count
    while next > 0 {
      place -= 1
      if left > 0, added[next - 1] < entries[left - 1] {
        left -= 1
        entries[place] = entries[left]
      } else {
        next -= 1
        entries[place] = added[next]
      }
    }
  }
}
