/// Spans whose parent is not in their own trace: the ones just seen, and the ones that wait.
///
/// Children mostly come before their parents, so most of what is noted here is settled a moment
/// later by the span's own trace.
struct ForeignParents {
  /// The traces whose spans lack a parent, by the parent's id; a trace as often as it has such spans.
  private var young: [UInt64: [UInt64]] = [:]
  private var old: [UInt64: [UInt64]] = [:]
  /// One bit for some ids of ``young`` and ``old``: where it is not set, nobody waits.
  private var filter = IDFilter(bits: 18)

  var bytes: Int { (young.capacity + old.capacity) * 72 }

  /// Whether a span with the id may be waited for.
  @inline(__always) func mayWait(for id: UInt64) -> Bool { filter.mayContain(id) }

  mutating func wait(for parent: UInt64, _ traces: [UInt64]) {
    if young.count >= RequestLimits.waitingParents / 2 {
      old = young
      young = [:]
      filter = IDFilter(bits: 18)
      for id in old.keys { filter.insert(id) }
    }
    young[parent, default: []].append(contentsOf: traces)
    filter.insert(parent)
  }

  /// The traces that waited for a span; they wait no more.
  mutating func take(_ id: UInt64) -> [UInt64] {
    (young.removeValue(forKey: id) ?? []) + (old.removeValue(forKey: id) ?? [])
  }
}

/// A set of ids that may say "perhaps" of one that is not in it, and never "no" of one that is.
struct IDFilter {
  private var words: [UInt64]
  private let shift: UInt64

  init(bits: UInt64) {
    words = [UInt64](repeating: 0, count: 1 << Int(bits - 6))
    shift = 64 - bits
  }

  @inline(__always)
  private func place(_ id: UInt64) -> (word: Int, bit: UInt64) {
    let hash = (id &* 0x9e37_79b9_7f4a_7c15) >> shift
    return (Int(hash >> 6), 1 << (hash & 63))
  }

  mutating func insert(_ id: UInt64) {
    let (word, bit) = place(id)
    words[word] |= bit
  }

  @inline(__always)
  func mayContain(_ id: UInt64) -> Bool {
    let (word, bit) = place(id)
    return words[word] & bit != 0
  }
}
