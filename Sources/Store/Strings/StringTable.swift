import Synchronization

/// The distinct strings of a segment: bytes in, a small number out, and back.
///
/// One writer interns; readers look up and read numbers below the count that was published to them.
/// An open-addressing table of (hash tag, id); it grows by replacing, and replaced tables stay until
/// the segment goes, because a reader may be looking at one.
@safe final class StringTable: @unchecked Sendable {
  // @unchecked: the writer alone changes `heap`, `retired` and the slots; a reader loads `table`
  // and slots atomically and ignores ids that were not published to it.
  let heap = ByteHeap()
  private var offsets = ChunkedColumn<UInt32>()
  private let table: Atomic<UnsafeMutablePointer<SlotTable>>
  private var retired: [UnsafeMutablePointer<SlotTable>]
  private(set) var tableBytes = 0

  /// A table of slots, each the upper half of a hash above an id plus one; zero is free. That half
  /// also says where to look, so that a table grows without hashing anything again.
  @safe struct SlotTable {
    let mask: Int
    let slots: UnsafeMutablePointer<Atomic<UInt64>>
    var capacity: Int { mask + 1 }
  }

  static let initialSlots = 1 << 12

  init() {
    unsafe table = Atomic(StringTable.makeTable(StringTable.initialSlots))
    unsafe retired = []
    tableBytes = StringTable.initialSlots * 8
  }

  deinit {
    unsafe StringTable.free(table.load(ordering: .relaxed))
    for index in 0..<(unsafe retired.count) { unsafe StringTable.free(retired[index]) }
  }

  /// Bytes of memory taken.
  var bytes: Int { heap.bytes + offsets.bytes + tableBytes }

  var count: Int { offsets.count }

  /// The id of a string, new or known. `hash` is ``Bytes/hash(_:_:)`` of it.
  @inline(__always)
  func intern(_ start: UnsafePointer<UInt8>, _ length: Int, hash: UInt64) -> UInt32 {
    let current = unsafe table.load(ordering: .relaxed).pointee
    let tag = hash >> 32
    var slot = Int(tag) & current.mask
    while true {
      let entry = unsafe current.slots[slot].load(ordering: .relaxed)
      if entry == 0 { break }
      if entry >> 32 == tag {
        let id = UInt32(truncatingIfNeeded: entry) &- 1
        let known = heap.bytes(at: offsets[Int(id)])
        if unsafe known.count == length && Bytes.equal(known.base, start, length) { return id }
      }
      slot = (slot + 1) & current.mask
    }
    let id = offsets.count
    offsets.append(unsafe heap.append(start, length))
    unsafe current.slots[slot].store(tag << 32 | UInt64(id + 1), ordering: .releasing)
    if (id + 1) * 3 > current.capacity * 2 { grow(current) }
    return UInt32(truncatingIfNeeded: id)
  }

  /// The id of a string that is below `limit`, or nil.
  func find(_ text: WireBytes, below limit: Int) -> UInt32? {
    let hash = unsafe Bytes.hash(text.base, text.count)
    let current = unsafe table.load(ordering: .acquiring).pointee
    var slot = Int(hash >> 32) & current.mask
    while true {
      let entry = unsafe current.slots[slot].load(ordering: .acquiring)
      if entry == 0 { return nil }
      let id = Int(UInt32(truncatingIfNeeded: entry)) - 1
      if entry >> 32 == hash >> 32, id < limit, self[UInt32(id)].elementsEqual(text) {
        return UInt32(id)
      }
      slot = (slot + 1) & current.mask
    }
  }

  func find(_ text: String, below limit: Int) -> UInt32? {
    var text = text
    return text.withUTF8 { unsafe find(WireBytes(UnsafeRawBufferPointer($0)), below: limit) }
  }

  /// The bytes of a string.
  @inline(__always)
  subscript(id: UInt32) -> WireBytes { heap.bytes(at: offsets[Int(id)]) }

  private func grow(_ old: SlotTable) {
    let larger = unsafe StringTable.makeTable(old.capacity * 2)
    let target = unsafe larger.pointee
    for index in 0..<old.capacity {
      let entry = unsafe old.slots[index].load(ordering: .relaxed)
      guard entry != 0 else { continue }
      var slot = Int(entry >> 32) & target.mask
      while unsafe target.slots[slot].load(ordering: .relaxed) != 0 {
        slot = (slot + 1) & target.mask
      }
      unsafe target.slots[slot].store(entry, ordering: .relaxed)
    }
    unsafe retired.append(table.load(ordering: .relaxed))
    tableBytes += target.capacity * 8
    unsafe table.store(larger, ordering: .releasing)
  }

  private static func makeTable(_ capacity: Int) -> UnsafeMutablePointer<SlotTable> {
    let block = unsafe Pages.allocate(capacity * 8)
    // Safe: zeroed pages are a table of free slots.
    let slots = unsafe block.assumingMemoryBound(to: Atomic<UInt64>.self)
    let table = UnsafeMutablePointer<SlotTable>.allocate(capacity: 1)
    unsafe table.initialize(to: SlotTable(mask: capacity - 1, slots: slots))
    return unsafe table
  }

  private static func free(_ table: UnsafeMutablePointer<SlotTable>) {
    unsafe Pages.free(table.pointee.slots, table.pointee.capacity * 8)
    unsafe table.deallocate()
  }
}
