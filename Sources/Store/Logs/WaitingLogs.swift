/// Log records whose trace has not come yet: for each trace id the last of them.
///
/// A trace id that is waited for stands in ``order`` from its first record on; what was claimed
/// meanwhile is passed over when its turn comes.
struct WaitingLogs {
  struct Entry {
    /// The number of its last record plus one.
    var last: UInt64
    var records: Int
    let since: UInt64
    let ticket: UInt64
  }

  private var entries: [TraceID: Entry] = [:]
  private var order: [(id: TraceID, ticket: UInt64)] = []
  /// How many of ``order`` are done with.
  private var done = 0
  private var nextTicket: UInt64 = 0
  /// Records of all entries.
  private(set) var records = 0

  var isEmpty: Bool { entries.isEmpty }

  var bytes: Int { entries.capacity * 64 + order.capacity * 24 }

  /// The number plus one of the last record that waits for a trace; zero for none.
  func last(of id: TraceID) -> UInt64 { entries[id]?.last ?? 0 }

  mutating func add(_ id: TraceID, last: UInt64, now: UInt64) {
    records += 1
    if var entry = entries[id] {
      entry.last = last
      entry.records += 1
      entries[id] = entry
      return
    }
    entries[id] = Entry(last: last, records: 1, since: now, ticket: nextTicket)
    order.append((id, nextTicket))
    nextTicket += 1
  }

  /// The trace has come: its records wait no longer.
  mutating func claim(_ id: TraceID) -> UInt64 {
    guard let entry = entries.removeValue(forKey: id) else { return 0 }
    records -= entry.records
    return entry.last
  }

  /// Gives up those that have waited longest, while there are too many or they waited too long.
  mutating func giveUp(limit: Int, now: UInt64, _ body: (Entry) -> Void) {
    while done < order.count {
      let (id, ticket) = order[done]
      guard let entry = entries[id], entry.ticket == ticket else {
        done += 1
        continue
      }
      let waited = UnixNanos(now).since(UnixNanos(entry.since))
      guard records > limit || waited > LogLimits.waitingTime else { break }
      entries[id] = nil
      records -= entry.records
      done += 1
      body(entry)
    }
    if done > 1_024, done * 2 > order.count {
      order.removeFirst(done)
      done = 0
    }
  }

  /// Forgets those all of whose records stood before a number and are gone; `left` counts what is
  /// still there of the others.
  mutating func forget(before first: UInt64, left: (Entry) -> Int) {
    for (id, entry) in entries {
      let count = entry.last > first ? left(entry) : 0
      guard count != entry.records else { continue }
      records -= entry.records - count
      if count == 0 { entries[id] = nil } else { entries[id]?.records = count }
    }
  }
}
