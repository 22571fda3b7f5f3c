/// Which traces hold a key: open addressing, the writer's alone. Nearly every key has one trace.
///
/// Traces that went are not looked for when they go: a key that is met again forgets them, and a few
/// slots are looked through with each that goes.
struct RequestIndex {
  /// A key that more than one trace holds.
  struct Shared {
    var key: UInt64
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
  /// A place with no traces is free.
  private var shared: [Shared] = []
  private var freePlaces: [Int] = []
  private var used = 0
  /// The slot that is looked at next for keys whose traces went.
  private var cursor = 0

  private static let sharedBit: UInt64 = 1 << 63
  /// Slots looked through for each trace that went: a key has about two.
  private static let slotsPerTrace = 6
  private static let smallest = 1 << 8

  var bytes: Int { keys.count * 16 + shared.count * 96 }

  private func slot(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: key) & mask
    while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & mask }
    return slot
  }

  /// Whether a key joins nothing.
  func isTooCommon(_ key: RequestKey) -> Bool {
    let slot = slot(of: key.rawValue)
    guard keys[slot] != 0, holders[slot] & RequestIndex.sharedBit != 0 else { return false }
    return shared[Int(holders[slot] & ~RequestIndex.sharedBit)].isTooCommon
  }

  /// The traces that share a key, some of which may have gone; none where it joins nothing.
  func traces(ofKey key: UInt64) -> [UInt64] {
    let slot = slot(of: key)
    guard keys[slot] != 0, holders[slot] & RequestIndex.sharedBit != 0 else { return [] }
    let shared = shared[Int(holders[slot] & ~RequestIndex.sharedBit)]
    return shared.isTooCommon ? [] : shared.traces
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
    guard holder & RequestIndex.sharedBit == 0 else {
      return share(Int(holder & ~RequestIndex.sharedBit), number, chunks)
    }
    guard chunks.isHeld(holder) else {
      holders[slot] = number
      return .none
    }
    let place = freePlaces.popLast() ?? shared.count
    let entry = Shared(key: key, traces: [holder])
    if place == shared.count { shared.append(entry) } else { shared[place] = entry }
    holders[slot] = RequestIndex.sharedBit | UInt64(place)
    return share(place, number, chunks)
  }

  private mutating func add(_ key: UInt64, _ holder: UInt64, at slot: Int) {
    keys[slot] = key
    holders[slot] = holder
    used += 1
    if used * 3 > keys.count * 2 { resize(keys.count * 2) }
  }

  private mutating func share(_ place: Int, _ number: UInt64, _ chunks: TraceChunks) -> Change {
    if shared[place].traces.contains(number) { return .none }
    shared[place].traces.removeAll { !chunks.isHeld($0) }
    if shared[place].traces.isEmpty {
      shared[place].isTooCommon = false
      shared[place].traces = [number]
      return .none
    }
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

  /// Looks through some slots, as many as so many traces that went are worth, for keys that no trace
  /// is left for.
  mutating func forgetGone(_ count: Int, _ chunks: TraceChunks) {
    guard used > 0 else { return }
    var left = min(keys.count, count.multipliedReportingOverflow(by: RequestIndex.slotsPerTrace).0)
    while left > 0 {
      left -= 1
      cursor &= keys.count - 1
      // What moves up into a slot that becomes free is looked at next.
      if keys[cursor] == 0 || !forgetIfGone(cursor, chunks) { cursor += 1 }
    }
    if keys.count > RequestIndex.smallest, used * 8 < keys.count { resize(keys.count / 2) }
  }

  private mutating func forgetIfGone(_ slot: Int, _ chunks: TraceChunks) -> Bool {
    let holder = holders[slot]
    if holder & RequestIndex.sharedBit != 0 {
      let place = Int(holder & ~RequestIndex.sharedBit)
      shared[place].traces.removeAll { !chunks.isHeld($0) }
      guard shared[place].traces.isEmpty else { return false }
      freePlaces.append(place)
    } else if chunks.isHeld(holder) {
      return false
    }
    free(slot)
    return true
  }

  /// Frees a slot; entries behind it move up, unless that would put them before their first slot.
  private mutating func free(_ slot: Int) {
    let mask = keys.count - 1
    var hole = slot
    var next = (hole + 1) & mask
    while keys[next] != 0 {
      let home = Int(truncatingIfNeeded: keys[next]) & mask
      if (next - home) & mask >= (next - hole) & mask {
        keys[hole] = keys[next]
        holders[hole] = holders[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    keys[hole] = 0
    used -= 1
  }
}
