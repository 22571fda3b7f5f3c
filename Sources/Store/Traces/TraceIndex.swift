/// Finds the number of a trace by its id: open addressing, the writer's alone.
struct TraceIndex {
  /// The upper half of the id's hash above the low half of the number plus one; zero is free.
  private var slots = [UInt64](repeating: 0, count: 1 << 10)
  private var used = 0

  var bytes: Int { slots.count * 8 }

  @inline(__always)
  private static func hash(_ id: TraceID) -> UInt64 {
    Bytes.mix(id.high ^ Bytes.seed, id.low ^ 0xe703_7ed1_a0b4_28db)
  }

  @inline(__always)
  func find(_ id: TraceID, in chunks: TraceChunks) -> UInt64? {
    let hash = TraceIndex.hash(id)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      if slots[slot] >> 32 == hash >> 32 {
        let number = chunks.number(low: UInt32(truncatingIfNeeded: slots[slot]) &- 1)
        if chunks[number].id == id { return number }
      }
      slot = (slot + 1) & mask
    }
    return nil
  }

  mutating func insert(_ id: TraceID, _ number: UInt64, in chunks: TraceChunks) {
    if (used + 1) * 3 > slots.count * 2 { resize(slots.count * 2, chunks) }
    place(TraceIndex.hash(id), number)
    used += 1
  }

  private mutating func place(_ hash: UInt64, _ number: UInt64) {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = (hash >> 32) << 32 | UInt64(UInt32(truncatingIfNeeded: number) &+ 1)
  }

  /// Forgets every evicted trace at once; cheaper than taking them out one by one.
  mutating func rebuild(_ chunks: TraceChunks, live: Int) {
    var capacity = 1 << 10
    while live * 3 > capacity * 2 { capacity *= 2 }
    resize(capacity, chunks)
  }

  private mutating func resize(_ capacity: Int, _ chunks: TraceChunks) {
    slots = [UInt64](repeating: 0, count: capacity)
    used = 0
    var number = chunks.base
    while number < chunks.end {
      let record = chunks[number]
      if !record.isEvicted, record.spans > 0 {
        place(TraceIndex.hash(record.id), number)
        used += 1
      }
      number += 1
    }
  }
}
