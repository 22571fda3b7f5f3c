/// The distinct values of a column while it is packed, as long as they are few.
@safe final class CodeTable {
  /// More distinct values than these are packed as they are.
  static let maximum = 4_096

  private(set) var values: [UInt32] = []
  /// How many entries have each value, by code; as long as the largest table.
  private let tallies: UnsafeMutablePointer<UInt32>
  /// A value above its code plus one; zero is free.
  private let slots: UnsafeMutablePointer<UInt64>
  private var capacity = CodeTable.smallest

  private static let smallest = 256

  init() {
    unsafe tallies = .allocate(capacity: CodeTable.maximum)
    unsafe slots = .allocate(capacity: CodeTable.maximum * 2)
  }

  deinit {
    unsafe tallies.deallocate()
    unsafe slots.deallocate()
  }

  /// How many entries have each value.
  var counts: [UInt32] { values.indices.map { unsafe tallies[$0] } }

  func removeAll() {
    values.removeAll(keepingCapacity: true)
    capacity = CodeTable.smallest
    unsafe slots.update(repeating: 0, count: capacity)
  }

  /// Writes the code of each entry; false, and nothing of use written, where too many are distinct.
  /// `seen` entries went before these.
  func encode(
    _ source: UnsafeBufferPointer<UInt32>, into target: UnsafeMutablePointer<UInt64>, seen: Int
  ) -> Bool {
    guard var last = unsafe source.first else { return true }
    guard var code = self.code(of: last, seen: seen) else { return false }
    for index in 0..<source.count {
      let value = unsafe source[index]
      if value != last {
        guard let next = self.code(of: value, seen: seen + index) else { return false }
        (last, code) = (value, next)
      }
      unsafe tallies[code] &+= 1
      unsafe target[index] = UInt64(truncatingIfNeeded: code)
    }
    return true
  }

  @inline(__always)
  private func code(of value: UInt32, seen: Int) -> Int? {
    let mask = capacity - 1
    var slot = CodeTable.slot(value) & mask
    // Safe: slots go round below the capacity; a code's tally stands below its maximum.
    while true {
      let entry = unsafe slots[slot]
      if entry == 0 { return insert(value, slot, seen: seen) }
      if UInt32(truncatingIfNeeded: entry >> 32) == value {
        return Int(UInt32(truncatingIfNeeded: entry)) &- 1
      }
      slot = (slot + 1) & mask
    }
  }

  private func insert(_ value: UInt32, _ slot: Int, seen: Int) -> Int? {
    // What is nearly always new so far will be so to the end.
    if values.count == CodeTable.maximum || values.count > 512 && values.count * 2 > seen {
      return nil
    }
    let code = values.count
    values.append(value)
    unsafe tallies[code] = 0
    unsafe slots[slot] = UInt64(value) << 32 | UInt64(code + 1)
    if values.count * 4 > capacity * 3 { grow() }
    return code
  }

  private func grow() {
    capacity = min(capacity * 4, CodeTable.maximum * 2)
    unsafe slots.update(repeating: 0, count: capacity)
    let mask = capacity - 1
    for (code, value) in values.enumerated() {
      var slot = CodeTable.slot(value) & mask
      while unsafe slots[slot] != 0 { slot = (slot + 1) & mask }
      unsafe slots[slot] = UInt64(value) << 32 | UInt64(code + 1)
    }
  }

  @inline(__always)
  private static func slot(_ value: UInt32) -> Int {
    Int(truncatingIfNeeded: UInt64(value) &* 0x9E37_79B9_7F4A_7C15 >> 40)
  }

  /// Whether codes for so many entries take less than the values themselves, as far as that is known
  /// without packing them: a value of the dictionary takes eight bytes with its count.
  func isWorthwhile(for entries: Int) -> Bool { values.count <= 16 || values.count * 16 <= entries }
}
