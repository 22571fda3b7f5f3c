/// Codes by a number of 64 bits: open addressing, for lookups that happen once a span or trace.
struct CodeMap {
  private var keys = [UInt64](repeating: .max, count: 256)
  private var codes = [UInt32](repeating: 0, count: 256)
  private(set) var count = 0

  @inline(__always)
  private func place(_ key: UInt64) -> Int {
    let mask = keys.count - 1
    var place = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while keys[place] != key, keys[place] != .max { place = (place + 1) & mask }
    return place
  }

  /// The code of a key, which must not be the largest number; nil for one that is not there.
  @inline(__always)
  subscript(key: UInt64) -> UInt32? {
    let place = place(key)
    return keys[place] == key ? codes[place] : nil
  }

  /// Adds a key that is not there.
  mutating func insert(_ key: UInt64, _ code: UInt32) {
    if count * 2 >= keys.count { grow() }
    let place = place(key)
    keys[place] = key
    codes[place] = code
    count += 1
  }

  private mutating func grow() {
    let before = (keys, codes)
    keys = [UInt64](repeating: .max, count: before.0.count * 4)
    codes = [UInt32](repeating: 0, count: keys.count)
    for index in before.0.indices where before.0[index] != .max {
      let place = place(before.0[index])
      keys[place] = before.0[index]
      codes[place] = before.1[index]
    }
  }
}
