import Synchronization

/// Where a string table looks for a hash: slots of (upper half of the hash, id plus one); zero is free.
///
/// The upper half also says where to look first, so a table grows without hashing anything again. A
/// snapshot holds the table of its moment; the writer goes on filling that one until it grows. That of a
/// sealed segment has slots half as wide: some bits of the upper half above the id plus one.
@safe final class SlotTable: @unchecked Sendable {
  // @unchecked: slots are atomics; the pointer and the capacity never change.
  let slots: UnsafeMutablePointer<Atomic<UInt64>>
  /// The narrow slots of a sealed segment; `slots` is not used then.
  private let narrow: UnsafeMutablePointer<UInt32>?
  private let idBits: UInt64
  let capacity: UInt64

  init(capacity: Int) {
    self.capacity = UInt64(capacity)
    // Safe: zeroed pages are free slots.
    unsafe slots = Pages.allocate(capacity * 8).assumingMemoryBound(to: Atomic<UInt64>.self)
    unsafe narrow = nil
    idBits = 32
  }

  /// The entries of another table in narrow slots, for ids below `count`.
  init(narrowing other: SlotTable, count: Int) {
    capacity = UInt64(count * 6 / 5 + 16)
    idBits = UInt64(UInt64.bitWidth - UInt64(count).leadingZeroBitCount)
    // Never touched: there are no wide slots.
    unsafe slots = other.slots
    // Safe: zeroed pages are free slots.
    let narrow = unsafe Pages.allocate(Int(capacity) * 4, isFilledSoon: true)
      .assumingMemoryBound(to: UInt32.self)
    unsafe self.narrow = narrow
    // By first slot nearly as they stand, so memory is gone through from one end to the other.
    for index in 0..<Int(other.capacity) {
      let entry = unsafe other.slots[index].load(ordering: .relaxed)
      guard entry != 0 else { continue }
      var slot = SlotTable.first(entry >> 32, capacity)
      while unsafe narrow[slot] != 0 { slot = slot + 1 == Int(capacity) ? 0 : slot + 1 }
      unsafe narrow[slot] = SlotTable.narrow(
        UInt32(truncatingIfNeeded: entry), tag: entry >> 32, idBits)
    }
  }

  private static func narrow(_ number: UInt32, tag: UInt64, _ idBits: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: tag << idBits) | number
  }

  deinit {
    if let narrow = unsafe narrow {
      unsafe Pages.free(narrow, Int(capacity) * 4)
    } else {
      unsafe Pages.free(slots, Int(capacity) * 8)
    }
  }

  var bytes: Int { Int(capacity) * (unsafe narrow == nil ? 8 : 4) }

  /// The id at or behind a slot that may be the one looked for, and the slot to go on with; nil where
  /// there is none.
  @inline(__always)
  func candidate(_ tag: UInt64, _ slot: inout Int) -> Int? {
    while true {
      let place = slot
      let id: Int?
      if let narrow = unsafe narrow {
        let entry = unsafe narrow[place]
        if entry == 0 { return nil }
        let number = entry & (1 << UInt32(truncatingIfNeeded: idBits) &- 1)
        id = SlotTable.narrow(number, tag: tag, idBits) == entry ? Int(number) - 1 : nil
      } else {
        let entry = unsafe slots[place].load(ordering: .acquiring)
        if entry == 0 { return nil }
        id = entry >> 32 == tag ? Int(UInt32(truncatingIfNeeded: entry)) - 1 : nil
      }
      slot = place + 1 == Int(capacity) ? 0 : place + 1
      if let id { return id }
    }
  }

  /// The slot where a hash whose upper half is `tag` is looked for first; any capacity will do.
  @inline(__always)
  static func first(_ tag: UInt64, _ capacity: UInt64) -> Int {
    Int(truncatingIfNeeded: (tag &* capacity) >> 32)
  }

  /// A table of another capacity with the same entries.
  func resized(to capacity: Int) -> SlotTable {
    let larger = SlotTable(capacity: capacity)
    for index in 0..<Int(self.capacity) {
      let entry = unsafe slots[index].load(ordering: .relaxed)
      guard entry != 0 else { continue }
      var slot = SlotTable.first(entry >> 32, larger.capacity)
      while unsafe larger.slots[slot].load(ordering: .relaxed) != 0 {
        slot = slot + 1 == capacity ? 0 : slot + 1
      }
      unsafe larger.slots[slot].store(entry, ordering: .relaxed)
    }
    return larger
  }
}
