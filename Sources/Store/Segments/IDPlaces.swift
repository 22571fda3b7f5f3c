/// Where each span id of a segment stands, while it is sealed.
struct IDPlaces {
  /// A row plus one; zero is free.
  private var slots: [UInt32]
  private let mask: Int

  init(_ count: Int) {
    var capacity = 1_024
    while capacity < count * 2 { capacity *= 2 }
    slots = [UInt32](repeating: 0, count: capacity)
    mask = capacity - 1
  }

  /// Ids that were given at random need no hashing, and others do no harm but to speed.
  @inline(__always)
  private func first(_ id: UInt64) -> Int {
    Int(truncatingIfNeeded: (id ^ Bytes.seed) &* 0x9E37_79B9_7F4A_7C15 >> 40) & mask
  }

  @inline(__always)
  mutating func insert(_ id: UInt64, _ row: Int) {
    var slot = first(id)
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = UInt32(row + 1)
  }

  @inline(__always)
  func find(_ id: UInt64, _ ids: RowColumn<UInt64>) -> Int? {
    var slot = first(id)
    while slots[slot] != 0 {
      let row = Int(slots[slot]) - 1
      if ids[row] == id { return row }
      slot = (slot + 1) & mask
    }
    return nil
  }
}
