/// Where each span id of a segment stands, while it is sealed.
@safe struct IDPlaces: ~Copyable {
  /// A row plus one; zero is free.
  private let slots: UnsafeMutablePointer<UInt32>
  private let mask: Int
  private let ids: UnsafePointer<UInt64>

  /// Places of ids that stay where they are for as long as this is asked; where an id stands twice, one
  /// of its places.
  init(_ ids: UnsafePointer<UInt64>, _ count: Int) {
    var capacity = 1_024
    while capacity < count * 2 { capacity *= 2 }
    mask = capacity - 1
    unsafe self.ids = ids
    unsafe slots = .allocate(capacity: capacity)
    unsafe slots.initialize(repeating: 0, count: capacity)
    for row in 0..<count {
      var slot = unsafe first(ids[row])
      // Safe: slots go round below the capacity, half of which stays free.
      while unsafe slots[slot] != 0 { slot = (slot &+ 1) & mask }
      unsafe slots[slot] = UInt32(truncatingIfNeeded: row &+ 1)
    }
  }

  deinit { unsafe slots.deallocate() }

  /// Ids that were given at random need no hashing, and others do no harm but to speed.
  @inline(__always)
  private func first(_ id: UInt64) -> Int {
    Int(truncatingIfNeeded: (id ^ Bytes.seed) &* 0x9E37_79B9_7F4A_7C15 &>> 40) & mask
  }

  @inline(__always)
  func find(_ id: UInt64) -> Int? {
    var slot = first(id)
    while case let entry = unsafe slots[slot], entry != 0 {
      let row = Int(entry) &- 1
      if unsafe ids[row] == id { return row }
      slot = (slot &+ 1) & mask
    }
    return nil
  }
}
