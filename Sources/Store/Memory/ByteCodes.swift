/// The numbers of runs of bytes, counted from zero in the order in which they came: found by a hash that the
/// caller has made already, and told apart byte by byte.
struct ByteCodes {
  /// The upper half of a hash above a number plus one; zero where there is none.
  private var slots: [UInt64] = []
  private var heap: [UInt8] = []
  /// Where each run ends in the heap, behind the one before it.
  private var ends: [UInt32] = []
  private var numbers: [UInt32] = []

  /// What runs are found by, and whether one is plain ASCII.
  @inline(__always)
  static func digest(of bytes: WireBytes) -> (hash: UInt64, isASCII: Bool) {
    unsafe Bytes.digest(bytes.address, bytes.count)
  }

  /// Calls `body` with the bytes of a text, which are there for as long as that takes.
  static func withBytes<Result>(of text: String, _ body: (WireBytes) -> Result) -> Result {
    var text = text
    return text.withUTF8 { unsafe body(WireBytes(UnsafeRawBufferPointer($0))) }
  }

  /// The number that was given to a run; nil for one that is new.
  @inline(__always)
  func number(of bytes: WireBytes, hash: UInt64) -> UInt32? {
    guard !slots.isEmpty else { return nil }
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place] != 0 {
      let entry = slots[place]
      if entry >> 32 == hash >> 32 {
        let run = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) - 1
        if isRun(run, bytes) { return numbers[run] }
      }
      place = (place + 1) & mask
    }
    return nil
  }

  @inline(__always)
  private func isRun(_ run: Int, _ bytes: WireBytes) -> Bool {
    let start = run == 0 ? 0 : Int(ends[run - 1])
    guard Int(ends[run]) - start == bytes.count else { return false }
    return unsafe heap.withUnsafeBufferPointer { heap in
      // Safe: the run lies within the heap; one of no bytes is not read.
      guard let base = heap.baseAddress else { return true }
      return unsafe Bytes.equal(base + start, bytes.address, bytes.count)
    }
  }

  /// Notes the number of a run that is new.
  mutating func insert(_ bytes: WireBytes, hash: UInt64, _ number: UInt32) {
    if ends.count * 2 >= slots.count { grow() }
    unsafe heap.append(contentsOf: bytes.buffer)
    ends.append(UInt32(heap.count))
    numbers.append(number)
    put(UInt64(ends.count) | (hash & ~0xFFFF_FFFF), hash)
  }

  private mutating func put(_ entry: UInt64, _ hash: UInt64) {
    let mask = slots.count - 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while slots[place] != 0 { place = (place + 1) & mask }
    slots[place] = entry
  }

  private mutating func grow() {
    let before = slots
    slots = [UInt64](repeating: 0, count: max(64, before.count * 4))
    unsafe heap.withUnsafeBufferPointer { heap in
      guard let base = heap.baseAddress else { return }
      for entry in before where entry != 0 {
        let run = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) - 1
        let start = run == 0 ? 0 : Int(ends[run - 1])
        // Safe: as above.
        put(entry, unsafe Bytes.hash(base + start, Int(ends[run]) - start))
      }
    }
  }
}
