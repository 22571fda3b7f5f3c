/// Finds the number of a trace by its id: open addressing, the writer's alone.
///
/// The upper half of an id's hash says where its slot is looked for first and stands in the slot, so
/// that a trace can be taken out, and the table can grow, without a look at any record.
struct TraceIndex: ~Copyable {
  /// The upper half of the id's hash above the low half of the number plus one; zero is free. As many as
  /// a power of two.
  private var slots = WordPages(count: TraceIndex.smallest)
  private(set) var count = 0

  private static let smallest = 1 << 10

  var bytes: Int { slots.count * 8 }

  @inline(__always)
  private static func tag(_ id: TraceID) -> UInt64 {
    Bytes.mix(id.high ^ Bytes.seed, id.low ^ 0xe703_7ed1_a0b4_28db) >> 32
  }

  @inline(__always)
  private static func entry(_ tag: UInt64, _ number: UInt64) -> UInt64 {
    // The low half is zero for no number whose plus one is a multiple of 2^32; the tag stands above it.
    tag << 32 | UInt64(UInt32(truncatingIfNeeded: number) &+ 1)
  }

  /// The slot where an entry is looked for first.
  @inline(__always)
  private func home(_ tag: UInt64) -> Int {
    Int(truncatingIfNeeded: (tag &* UInt64(truncatingIfNeeded: slots.count)) >> 32)
  }

  @inline(__always)
  func find(_ id: TraceID, in chunks: TraceChunks) -> UInt64? {
    let tag = TraceIndex.tag(id)
    var slot = home(tag)
    while true {
      let entry = slots[slot]
      if entry == 0 { return nil }
      if entry >> 32 == tag {
        let number = chunks.number(low: UInt32(truncatingIfNeeded: entry) &- 1)
        if chunks.hasID(id, at: number) { return number }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
  }

  /// Has the processor fetch the slot where an id is looked for first, so that finding it a little later
  /// does not wait for it.
  @inline(__always)
  func prefetch(_ id: TraceID) { slots.prefetch(home(TraceIndex.tag(id))) }

  mutating func insert(_ id: TraceID, _ number: UInt64) {
    if (count + 1) * 3 > slots.count * 2 { resize(slots.count * 2) }
    place(TraceIndex.entry(TraceIndex.tag(id), number))
    count += 1
  }

  private mutating func place(_ entry: UInt64) {
    var slot = home(entry >> 32)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = entry
  }

  /// Forgets a trace; costs a few slots, however many there are.
  mutating func remove(_ id: TraceID, _ number: UInt64) {
    let mask = slots.count - 1
    let wanted = TraceIndex.entry(TraceIndex.tag(id), number)
    var hole = home(wanted >> 32)
    while slots[hole] != wanted {
      guard slots[hole] != 0 else { return }
      hole = (hole + 1) & mask
    }
    count -= 1
    // Entries behind the hole move up, unless that would put them before their first slot.
    var next = (hole + 1) & mask
    while slots[next] != 0 {
      let distance = (next - home(slots[next] >> 32)) & mask
      if distance >= (next - hole) & mask {
        slots[hole] = slots[next]
        hole = next
      }
      next = (next + 1) & mask
    }
    slots[hole] = 0
    if slots.count > TraceIndex.smallest, count * 8 < slots.count { resize(slots.count / 2) }
  }

  private mutating func resize(_ size: Int) {
    var old = WordPages(count: size)
    swap(&old, &slots)
    for slot in 0..<old.count where old[slot] != 0 { place(old[slot]) }
  }
}
