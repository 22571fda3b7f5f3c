import Synchronization

/// Where a string table looks for a hash: slots of (upper half of the hash, id plus one); zero is free.
///
/// The upper half also says where to look first, so a table grows without hashing anything again. A
/// snapshot holds the table of its moment; the writer goes on filling that one until it grows.
@safe final class SlotTable: @unchecked Sendable {
  // @unchecked: slots are atomics; the pointer and the capacity never change.
  let slots: UnsafeMutablePointer<Atomic<UInt64>>
  let capacity: UInt64

  init(capacity: Int) {
    self.capacity = UInt64(capacity)
    // Safe: zeroed pages are free slots.
    unsafe slots = Pages.allocate(capacity * 8).assumingMemoryBound(to: Atomic<UInt64>.self)
  }

  deinit { unsafe Pages.free(slots, Int(capacity) * 8) }

  var bytes: Int { Int(capacity) * 8 }

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
