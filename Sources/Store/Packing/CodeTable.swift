/// The distinct values of a column while it is packed, as long as codes for them take less than they do.
@safe final class CodeTable {
  /// More distinct values than these are packed as they are.
  static let maximum = 4_096
  /// Entries are counted in turn in so many lanes: the count of a value that repeats is not waited for.
  private static let lanes = 4

  private var values = GrowingBuffer<UInt32>(capacity: 256)
  /// How many entries have each value, by lane and code; as long as the largest table.
  private let tallies: UnsafeMutablePointer<UInt32>
  /// A value above its code; all bits are set in one that is free.
  private let slots: UnsafeMutablePointer<UInt64>
  private var capacity = CodeTable.smallest
  /// More values than these are not worth their codes.
  private var limit = 0

  private static let smallest = 256

  init() {
    unsafe tallies = .allocate(capacity: CodeTable.maximum * CodeTable.lanes)
    unsafe slots = .allocate(capacity: CodeTable.maximum * 2)
  }

  deinit {
    unsafe tallies.deallocate()
    unsafe slots.deallocate()
  }

  var count: Int { values.count }

  /// The values in the order of their codes, with the number of entries that have each.
  func dictionary() -> PackedEntries.Dictionary {
    let distinct = (0..<values.count).map { values[$0] }
    let counts = (0..<values.count).map { code in
      (0..<CodeTable.lanes).reduce(UInt32(0)) { sum, lane in
        unsafe sum + tallies[lane * CodeTable.maximum + code]
      }
    }
    return PackedEntries.Dictionary(values: distinct, counts: counts)
  }

  /// Begins with a column of so many entries: a value of the dictionary takes eight bytes with its
  /// count, so those that pay are few.
  func begin(entries: Int) {
    values.removeAll()
    limit = min(CodeTable.maximum, max(16, entries / 16))
    capacity = CodeTable.smallest
    clear()
  }

  /// Writes the code of each entry; false, and nothing of use written, where too many are distinct.
  /// `seen` entries went before these.
  func encode(
    _ source: UnsafeBufferPointer<UInt32>, into target: UnsafeMutablePointer<UInt16>, seen: Int
  ) -> Bool {
    let tallies = unsafe tallies
    for index in 0..<source.count {
      let code = self.code(of: unsafe source[index], seen: seen &+ index)
      guard code < CodeTable.maximum else { return false }
      let lane = index & (CodeTable.lanes - 1)
      // Safe: each lane has a tally for every code; the target has room for every entry.
      unsafe tallies[lane &* CodeTable.maximum &+ code] &+= 1
      unsafe target[index] = UInt16(truncatingIfNeeded: code)
    }
    return true
  }

  /// The code of a value, new or known; ``maximum`` where there are too many.
  @inline(__always)
  private func code(of value: UInt32, seen: Int) -> Int {
    let mask = capacity &- 1
    let wanted = UInt64(value) &<< 32
    var slot = CodeTable.slot(value) & mask
    // Safe: slots go round below the capacity.
    while true {
      let entry = unsafe slots[slot]
      // Another value's differs above, and so does a free one below.
      let code = entry ^ wanted
      if code < UInt64(CodeTable.maximum) { return Int(truncatingIfNeeded: code) }
      if entry == .max { return insert(value, slot, seen: seen) }
      slot = (slot &+ 1) & mask
    }
  }

  @inline(never)
  private func insert(_ value: UInt32, _ slot: Int, seen: Int) -> Int {
    let code = values.count
    // What is nearly always new so far will be so to the end.
    if code == limit || code > 512 && code * 2 > seen { return CodeTable.maximum }
    values.append(value)
    for lane in 0..<CodeTable.lanes { unsafe tallies[lane * CodeTable.maximum + code] = 0 }
    unsafe slots[slot] = UInt64(value) << 32 | UInt64(code)
    if values.count * 2 > capacity { grow() }
    return code
  }

  private func clear() { unsafe slots.update(repeating: .max, count: capacity) }

  private func grow() {
    guard capacity < CodeTable.maximum * 2 else { return }
    capacity = min(capacity * 4, CodeTable.maximum * 2)
    clear()
    let mask = capacity - 1
    for code in 0..<values.count {
      let value = values[code]
      var slot = CodeTable.slot(value) & mask
      while unsafe slots[slot] != .max { slot = (slot + 1) & mask }
      unsafe slots[slot] = UInt64(value) << 32 | UInt64(code)
    }
  }

  @inline(__always)
  private static func slot(_ value: UInt32) -> Int {
    Int(truncatingIfNeeded: UInt64(value) &* 0x9E37_79B9_7F4A_7C15 &>> 40)
  }
}
