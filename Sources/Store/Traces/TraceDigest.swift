import Synchronization

/// What groups, facets and lists read of the traces of a chunk, close together: a ninth of its records, and
/// in their order, where the records themselves lie 288 bytes apart.
///
/// Made when it is first asked for, by a reader or by whoever packs segments, and dropped by the writer
/// when it changes a record of the chunk. The memory is counted with the chunk's, made or not.
@safe struct TraceDigest: ~Copyable {
  /// The values that the traces of a chunk have for a dimension: each slot that occurs once, and which of
  /// them a trace has.
  @safe struct Column {
    /// A trace whose record has to be asked: it has several values, or the slots were too many.
    static let isElsewhere: UInt8 = 255
    private let places: UnsafePointer<UInt8>
    private let slots: UnsafePointer<UInt64>
    let slotCount: Int

    init(_ places: UnsafePointer<UInt8>, _ slots: UnsafePointer<UInt64>, slotCount: Int) {
      unsafe (self.places, self.slots) = (places, slots)
      self.slotCount = slotCount
    }

    /// What a trace of the chunk has: 0 for no value, ``isElsewhere``, else the number of its slot plus one.
    @inline(__always)
    subscript(trace: Int) -> UInt8 {
      // Safe: there is one for each trace of a chunk.
      unsafe places[trace & (TraceChunk.size - 1)]
    }

    /// A slot, as ``TraceRecord/DimensionSlot/place`` says.
    func slot(_ number: Int) -> UInt64 {
      precondition(number >= 0 && number < slotCount, "a column has no such slot")
      return unsafe slots[number]
    }
  }

  /// The first rows of the traces of a chunk, as they are read for the names of roots.
  @safe struct EarliestRows {
    /// Behind the figures: the lowest of them, and each one's distance from it plus one.
    private let lowest: UInt64
    private let distances: UnsafePointer<UInt32>
    /// One whose distance is too long: its record has to be asked.
    fileprivate static let isElsewhere = UInt32.max

    fileprivate init(behind figures: UnsafePointer<TraceFigure>) {
      let end = unsafe UnsafeRawPointer(figures + TraceChunk.size)
      lowest = unsafe end.load(as: UInt64.self)
      unsafe distances = (end + 8).assumingMemoryBound(to: UInt32.self)
    }

    /// A trace's, as its record has it, zero for none; nil where the record has to be asked.
    @inline(__always)
    subscript(trace: Int) -> UInt64? {
      // Safe: there is one for each trace of a chunk.
      let distance = unsafe distances[trace & (TraceChunk.size - 1)]
      if distance == Self.isElsewhere { return nil }
      return distance == 0 ? 0 : lowest + UInt64(distance) - 1
    }
  }

  /// What is counted for it in a chunk's memory: figures, first rows, and columns of a dimension or two.
  static let bytes = TraceChunk.size * 56

  /// The addresses of the figures and of each dimension's column; zero for what was not made.
  private let made: UnsafeMutablePointer<Atomic<UInt>>
  private static let count = 1 + TraceRecord.Dimensions.count
  /// Whether anything may have been made.
  private let isMade = Atomic<Bool>(false)

  init() {
    unsafe made = .allocate(capacity: TraceDigest.count)
    for index in 0..<TraceDigest.count { unsafe (made + index).initialize(to: Atomic(0)) }
  }

  deinit {
    drop()
    unsafe made.deallocate()
  }

  /// Forgets everything; the writer's alone, while it alone holds the chunk.
  @inline(__always)
  func dropIfMade() { if isMade.load(ordering: .relaxed) { drop() } }

  private func drop() {
    for index in 0..<TraceDigest.count {
      let address = unsafe made[index].exchange(0, ordering: .acquiring)
      unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }
    isMade.store(false, ordering: .relaxed)
  }

  /// What stands at a place; made by `make` where nothing does. Of two that make it at once one is kept.
  @inline(__always)
  private func block(
    _ place: Int, _ make: () -> UnsafeMutableRawPointer
  ) -> UnsafeMutableRawPointer {
    let known = unsafe made[place].load(ordering: .acquiring)
    if let known = unsafe UnsafeMutableRawPointer(bitPattern: known) { return unsafe known }
    let own = unsafe make()
    isMade.store(true, ordering: .relaxed)
    let (isOwn, other) = unsafe made[place].compareExchange(
      expected: 0, desired: UInt(bitPattern: own), ordering: .acquiringAndReleasing)
    guard !isOwn, let other = unsafe UnsafeMutableRawPointer(bitPattern: other) else {
      return unsafe own
    }
    unsafe own.deallocate()
    return unsafe other
  }

  // MARK: - Figures

  var hasFigures: Bool { unsafe made[0].load(ordering: .relaxed) != 0 }

  /// The figures of the records of a chunk.
  @inline(__always)
  func figures(of records: UnsafePointer<TraceRecord>) -> UnsafePointer<TraceFigure> {
    unsafe UnsafePointer(
      block(0) { unsafe TraceDigest.make(figuresOf: records) }
        .assumingMemoryBound(to: TraceFigure.self))
  }

  /// The first rows of the traces of a chunk; made with the figures, for which the records are read anyway.
  @inline(__always)
  func earliestRows(of records: UnsafePointer<TraceRecord>) -> EarliestRows {
    unsafe EarliestRows(behind: figures(of: records))
  }

  private static func make(
    figuresOf records: UnsafePointer<TraceRecord>
  ) -> UnsafeMutableRawPointer {
    let size = TraceChunk.size * MemoryLayout<TraceFigure>.stride
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: size + 8 + TraceChunk.size * 4, alignment: 8)
    // Safe: there is room for a chunk's figures, the lowest row and all distances.
    let figures = unsafe block.bindMemory(to: TraceFigure.self, capacity: TraceChunk.size)
    let distances = unsafe (block + size + 8).bindMemory(
      to: UInt32.self, capacity: TraceChunk.size)
    var rows = InlineArray<256, UInt64>(repeating: 0)
    var lowest = UInt64.max
    for index in 0..<TraceChunk.size {
      let record = unsafe records + index
      let isHeld = unsafe record.pointee.isHeld
      unsafe (figures + index).initialize(
        to: isHeld ? TraceFigure(record.pointee) : TraceFigure())
      rows[index] = isHeld ? unsafe record.pointee.earliestRow : 0
      if rows[index] > 0 { lowest = min(lowest, rows[index]) }
    }
    unsafe block.storeBytes(of: lowest, toByteOffset: size, as: UInt64.self)
    for index in 0..<TraceChunk.size {
      let distance = rows[index] == 0 ? 0 : rows[index] - lowest + 1
      unsafe (distances + index).initialize(
        to: UInt32(clamping: distance))
    }
    return unsafe block
  }

  // MARK: - Dimensions

  /// The column of a dimension of the records of a chunk.
  @inline(__always)
  func column(_ dimension: Int, of records: UnsafePointer<TraceRecord>) -> Column {
    precondition(dimension >= 0 && dimension < TraceRecord.Dimensions.count, "no such dimension")
    let block = unsafe block(1 + dimension) { unsafe TraceDigest.make(dimension, of: records) }
    // Safe: laid out so by `make`: the number of slots, the slots, the places.
    let count = unsafe Int(block.load(as: UInt64.self))
    let slots = unsafe (block + 8).assumingMemoryBound(to: UInt64.self)
    return unsafe Column(
      UnsafePointer((block + 8 + count * 8).assumingMemoryBound(to: UInt8.self)),
      UnsafePointer(slots), slotCount: count)
  }

  private static func make(
    _ dimension: Int, of records: UnsafePointer<TraceRecord>
  ) -> UnsafeMutableRawPointer {
    var slots: [UInt64] = []
    var places = [UInt8](repeating: 0, count: TraceChunk.size)
    // The places of slots by hash, plus one.
    var known = [UInt8](repeating: 0, count: 512)
    for index in 0..<TraceChunk.size {
      // Safe: a chunk has so many records.
      guard unsafe records[index].isHeld else { continue }
      let slot = unsafe records[index].dimensions[dimension]
      guard slot.rank != 255 else { continue }
      guard !slot.hasConflict else {
        places[index] = Column.isElsewhere
        continue
      }
      let wanted = slot.place
      var hash = Int(truncatingIfNeeded: (wanted &* 0x9E37_79B9_7F4A_7C15) >> 40) & 511
      while known[hash] != 0, slots[Int(known[hash]) - 1] != wanted { hash = (hash + 1) & 511 }
      if known[hash] == 0 {
        guard slots.count < Int(Column.isElsewhere) - 1 else {
          places[index] = Column.isElsewhere
          continue
        }
        slots.append(wanted)
        known[hash] = UInt8(truncatingIfNeeded: slots.count)
      }
      places[index] = known[hash]
    }
    let block = UnsafeMutableRawPointer.allocate(
      byteCount: 8 + slots.count * 8 + places.count, alignment: 8)
    // Safe: there is room for all three.
    unsafe block.storeBytes(of: UInt64(slots.count), as: UInt64.self)
    for (index, slot) in slots.enumerated() {
      unsafe block.storeBytes(of: slot, toByteOffset: 8 + index * 8, as: UInt64.self)
    }
    for (index, place) in places.enumerated() {
      unsafe block.storeBytes(of: place, toByteOffset: 8 + slots.count * 8 + index, as: UInt8.self)
    }
    return unsafe block
  }
}

extension TraceRecord.DimensionSlot {
  /// Where its value stands: the segment's serial above the value.
  @inline(__always) var place: UInt64 { UInt64(segment) << 32 | UInt64(value) }

  /// The slot of a value that stands somewhere.
  init(place: UInt64) {
    self.init(
      segment: UInt32(truncatingIfNeeded: place >> 32), value: UInt32(truncatingIfNeeded: place),
      rank: 0)
  }
}
