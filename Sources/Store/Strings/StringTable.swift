import CPrefetch
import Synchronization

/// The distinct strings of a segment: bytes in, a small number out, and back.
///
/// One writer interns; readers look up through the ``SlotTable`` that their snapshot holds and read
/// numbers below the count that was published to them.
@safe final class StringTable: @unchecked Sendable {
  // @unchecked: everything that changes is the writer's; readers use ids published to them.
  let heap: ByteHeap
  private let offsets = ChunkedColumn<UInt32>()
  /// The offsets of a sealed segment's strings.
  private let packed: PackedColumn?
  private let block: PackedBlock?
  /// Whether it is sealed and its strings stand in the heap in the order of their ids.
  private let isOrdered: Bool
  /// The table in force; a snapshot takes a reference to it.
  private(set) var table: SlotTable
  // The table's own fields once more, so that looking up counts no references.
  private var slots: UnsafeMutablePointer<Atomic<UInt64>>
  private var capacity: UInt64

  static let initialSlots = 1 << 12

  /// `expected` is how many strings it will hold if it is like one before; it grows as needed.
  init(expected: Int = 0) {
    heap = ByteHeap()
    (packed, block, isOrdered) = (nil, nil, false)
    table = SlotTable(capacity: max(StringTable.initialSlots, expected * 3 / 2))
    unsafe slots = table.slots
    capacity = table.capacity
  }

  /// The strings of another table that is not written any more: its heap, and slots half as wide.
  /// `isOrdered` says that the offsets ascend.
  init(sealing other: StringTable, offsets: PackedColumn, isOrdered: Bool, in block: PackedBlock) {
    heap = other.heap
    packed = offsets
    self.block = block
    self.isOrdered = isOrdered
    table = SlotTable(narrowing: other.table, count: offsets.count)
    unsafe slots = table.slots
    capacity = 0
  }

  /// Bytes of memory taken, beside a sealed segment's packed block.
  var bytes: Int { heap.bytes + offsets.bytes + table.bytes }

  var count: Int { packed?.count ?? offsets.count }

  /// Where a string stands in the heap.
  @inline(__always)
  func offset(_ id: Int) -> UInt32 {
    packed.map { UInt32(truncatingIfNeeded: $0[id]) } ?? offsets[id]
  }

  /// Writes where all strings stand in the heap, of a table that is not sealed.
  func copyOffsets(to target: UnsafeMutablePointer<UInt32>) { unsafe offsets.copy(to: target) }

  /// The id of a string, new or known. `hash` is ``Bytes/hash(_:_:)`` of it.
  @inline(__always)
  func intern(_ start: UnsafePointer<UInt8>, _ length: Int, hash: UInt64) -> UInt32 {
    let tag = hash >> 32
    let capacity = self.capacity
    var slot = SlotTable.first(tag, capacity)
    while true {
      let entry = unsafe slots[slot].load(ordering: .relaxed)
      if entry == 0 { break }
      if entry >> 32 == tag {
        let id = UInt32(truncatingIfNeeded: entry) &- 1
        let known = heap.bytes(at: offsets[Int(id)])
        if unsafe known.count == length && Bytes.equal(known.base, start, length) { return id }
      }
      slot += 1
      if slot == Int(capacity) { slot = 0 }
    }
    let id = offsets.count
    offsets.append(unsafe heap.append(start, length))
    unsafe slots[slot].store(tag << 32 | UInt64(id + 1), ordering: .releasing)
    if (id + 1) * 4 > Int(capacity) * 3 { resize(to: Int(capacity) * 2) }
    return UInt32(truncatingIfNeeded: id)
  }

  /// Has the processor fetch the slot where a hash is looked for first, so that interning a little
  /// later does not wait for it.
  @inline(__always)
  func prefetchSlot(_ hash: UInt64) {
    unsafe tracetop_prefetch(slots + SlotTable.first(hash >> 32, capacity))
  }

  /// The id of a string that is below `limit`, or nil; `table` is the one the reader's snapshot holds.
  func find(_ text: WireBytes, below limit: Int, in table: SlotTable) -> UInt32? {
    let tag = unsafe Bytes.hash(text.base, text.count) >> 32
    var slot = SlotTable.first(tag, table.capacity)
    while let id = table.candidate(tag, &slot) {
      if id < limit, self[UInt32(id)].elementsEqual(text) { return UInt32(id) }
    }
    return nil
  }

  func find(_ text: String, below limit: Int, in table: SlotTable) -> UInt32? {
    var text = text
    return text.withUTF8 {
      unsafe find(WireBytes(UnsafeRawBufferPointer($0)), below: limit, in: table)
    }
  }

  /// The bytes of a string.
  @inline(__always)
  subscript(id: UInt32) -> WireBytes { heap.bytes(at: offset(Int(id))) }

  /// Calls `body` with the id of each string that contains a needle; false, without a call, where that
  /// takes a look at each string. What lies between the strings is searched along with them.
  func forEachString(with needle: ByteNeedle, _ body: (UInt32) -> Void) -> Bool {
    guard let packed, isOrdered, needle.count > 1 else { return false }
    heap.forEachChunk { number, bytes in
      var from = 0
      while let place = needle.place(in: bytes, from: from) {
        from = place + 1
        // The last string that begins at the place or before it; a long one has a chunk of its own.
        let wanted = UInt64(number) << 18 | UInt64(min(place, ByteHeap.chunkBytes - 1))
        let next = (0..<packed.count).bisect { packed[$0] > wanted }
        guard next > 0, packed[next - 1] >> 18 == UInt64(number) else { continue }
        let id = UInt32(next - 1)
        let text = self[id]
        let start = unsafe text.address - bytes.address
        guard place >= start, place + needle.count <= start + text.count else { continue }
        body(id)
        from = start + text.count
      }
    }
    return true
  }

  /// Gives back the slots that a table which is full has to spare.
  func compact() { resize(to: count * 4 / 3 + 16) }

  private func resize(to capacity: Int) {
    table = table.resized(to: capacity)
    unsafe slots = table.slots
    self.capacity = table.capacity
  }
}
