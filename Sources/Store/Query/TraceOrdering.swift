/// The traces that a filter selects, the one that started first first.
struct TraceOrdering {
  fileprivate struct Entry {
    var start: UInt64
    var number: UInt64

    static func < (left: Entry, right: Entry) -> Bool {
      left.start != right.start ? left.start < right.start : left.number < right.number
    }
  }

  /// What becomes of an ordering in one update.
  struct Change {
    fileprivate var added: [Entry] = []
    fileprivate var removed = TraceBits()
    fileprivate var hasRemoved = false
    private var taken = TraceBits()

    /// Whether the trace was asked about already.
    mutating func isTaken(_ number: UInt64) -> Bool { !taken.insert(number) }

    mutating func remove(_ number: UInt64) {
      removed.insert(number)
      hasRemoved = true
    }

    mutating func add(_ number: UInt64, start: UInt64) {
      added.append(Entry(start: start, number: number))
    }
  }

  private var entries: [Entry] = []

  var numbers: [TraceNumber] { entries.map { TraceNumber($0.number) } }

  mutating func removeAll(where isGone: (UInt64) -> Bool) {
    entries.removeAll { isGone($0.number) }
  }

  /// Takes traces out, then puts others in where they belong.
  mutating func apply(_ change: inout Change) {
    if change.hasRemoved { entries.removeAll { change.removed.contains($0.number) } }
    guard !change.added.isEmpty else { return }
    change.added.sort { $0 < $1 }
    guard let last = entries.last, !(last < change.added[0]) else {
      // What arrives mostly started last.
      entries += change.added
      return
    }
    var merged: [Entry] = []
    merged.reserveCapacity(entries.count + change.added.count)
    var next = 0
    for entry in entries {
      while next < change.added.count, change.added[next] < entry {
        merged.append(change.added[next])
        next += 1
      }
      merged.append(entry)
    }
    merged.append(contentsOf: change.added[next...])
    entries = merged
  }
}
