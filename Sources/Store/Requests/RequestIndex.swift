/// Which traces hold a key: open addressing, the writer's alone. Nearly every key has one trace.
struct RequestIndex {
  /// A key that more than one trace holds.
  struct Shared {
    let key: UInt64
    /// By number; of a key that is too common only the last that came.
    var traces: [UInt64]
    /// Whether it was ever held by more traces, or for longer, than one request can be.
    var isTooCommon = false
  }

  /// What an insertion changed.
  enum Change {
    /// The trace is alone with the key, or was known to hold it, or the key joins nothing.
    case none
    /// The traces that share the key now.
    case joined([UInt64])
    /// The key joins nothing from now on; the traces that it joined.
    case parted([UInt64])
  }

  private var keys = [UInt64](repeating: 0, count: 1 << 8)
  /// The trace's number, or with the top bit the key's place in ``shared``.
  private var holders = [UInt64](repeating: 0, count: 1 << 8)
  private(set) var shared: [Shared] = []
  private var used = 0

  private static let sharedBit: UInt64 = 1 << 63

  var bytes: Int { keys.count * 16 + shared.count * 96 }

  private func slot(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: key) & mask
    while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  // MARK: - Writing

  mutating func insert(_ key: RequestKey, _ number: UInt64, _ chunks: TraceChunks) -> Change {
    let key = key.rawValue
    let slot = slot(of: key)
    guard keys[slot] != 0 else {
      add(key, number, at: slot)
      return .none
    }
    let holder = holders[slot]
    if holder == number { return .none }
    guard holder & RequestIndex.sharedBit != 0 else {
      shared.append(Shared(key: key, traces: [holder]))
      holders[slot] = RequestIndex.sharedBit | UInt64(shared.count - 1)
      return share(shared.count - 1, number, chunks)
    }
    return share(Int(holder & ~RequestIndex.sharedBit), number, chunks)
  }

  private mutating func add(_ key: UInt64, _ holder: UInt64, at slot: Int) {
    keys[slot] = key
    holders[slot] = holder
    used += 1
    if used * 3 > keys.count * 2 { resize(keys.count * 2) }
  }

  private mutating func share(_ place: Int, _ number: UInt64, _ chunks: TraceChunks) -> Change {
    if shared[place].traces.contains(number) { return .none }
    guard !shared[place].isTooCommon else {
      shared[place].traces = [number]
      return .none
    }
    let traces = shared[place].traces + [number]
    let arrivals = traces.map { chunks[$0].firstTouched }
    let spread = UnixNanos(arrivals.max() ?? 0).since(UnixNanos(arrivals.min() ?? 0))
    guard traces.count <= RequestLimits.traces, spread <= RequestLimits.arrival else {
      let parted = shared[place].traces
      shared[place].traces = [number]
      shared[place].isTooCommon = true
      return .parted(parted)
    }
    shared[place].traces = traces
    return .joined(traces)
  }

  private mutating func resize(_ capacity: Int) {
    let (oldKeys, oldHolders) = (keys, holders)
    keys = [UInt64](repeating: 0, count: capacity)
    holders = keys
    for old in oldKeys.indices where oldKeys[old] != 0 {
      let slot = slot(of: oldKeys[old])
      keys[slot] = oldKeys[old]
      holders[slot] = oldHolders[old]
    }
  }

  /// Forgets every trace that is not held any more, all at once, and keys that no trace is left for.
  mutating func forget(_ isHeld: (UInt64) -> Bool) {
    let (oldKeys, oldHolders, oldShared) = (keys, holders, shared)
    self = RequestIndex()
    for old in oldKeys.indices where oldKeys[old] != 0 {
      var holder = oldHolders[old]
      if holder & RequestIndex.sharedBit != 0 {
        var entry = oldShared[Int(holder & ~RequestIndex.sharedBit)]
        entry.traces.removeAll { !isHeld($0) }
        guard let first = entry.traces.first else { continue }
        holder = first
        if entry.isTooCommon || entry.traces.count > 1 {
          shared.append(entry)
          holder = RequestIndex.sharedBit | UInt64(shared.count - 1)
        }
      } else if !isHeld(holder) {
        continue
      }
      add(oldKeys[old], holder, at: slot(of: oldKeys[old]))
    }
  }
}
