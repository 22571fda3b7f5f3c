/// The records of 256 traces, copied by the writer when a snapshot holds them too.
///
/// When most of them are evicted the few that are left stand close together: one trace that is kept
/// for long does not hold the memory of those that came with it.
@safe final class TraceChunk: @unchecked Sendable {
  // @unchecked: written only by the store's writer, and only while it alone holds the chunk.
  static let size = 256
  /// A chunk with this many traces or fewer keeps no room for the others.
  static let sparseCount = size / 4
  private let records: UnsafeMutablePointer<TraceRecord>
  /// For how many records there is room.
  let capacity: Int
  /// Records of traces that were not evicted.
  private(set) var live: Int
  /// Which records a chunk without room for all of them has, a bit each.
  private let kept: SIMD4<UInt64>
  private let digest = TraceDigest()

  init() {
    unsafe records = .allocate(capacity: TraceChunk.size)
    unsafe records.initialize(repeating: TraceRecord(), count: TraceChunk.size)
    (capacity, live, kept) = (TraceChunk.size, 0, SIMD4())
  }

  init(copying other: TraceChunk) {
    unsafe records = .allocate(capacity: max(1, other.capacity))
    unsafe records.initialize(from: other.records, count: other.capacity)
    (capacity, live, kept) = (other.capacity, other.live, other.kept)
  }

  /// The traces of another chunk that are not evicted, and no room for more.
  init(keepingLiveOf other: TraceChunk) {
    unsafe records = .allocate(capacity: max(1, other.live))
    var kept = SIMD4<UInt64>()
    var count = 0
    for index in 0..<TraceChunk.size where count < other.live && !other[index].isEvicted {
      unsafe (records + count).initialize(to: other[index])
      kept[index >> 6] |= 1 << UInt64(index & 63)
      count += 1
    }
    (capacity, live, self.kept) = (count, count, kept)
  }

  deinit { unsafe records.deallocate() }

  var bytes: Int {
    capacity * MemoryLayout<TraceRecord>.stride + (capacity == Self.size ? TraceDigest.bytes : 0)
  }

  /// What is read of its traces most often; nil where there is no room for all of them, and few are held.
  @inline(__always) var figures: UnsafePointer<TraceFigure>? {
    capacity == Self.size ? unsafe digest.figures(of: records) : nil
  }

  /// The first rows of its traces; nil as for ``figures``.
  @inline(__always) var earliestRows: TraceDigest.EarliestRows? {
    capacity == Self.size ? unsafe digest.earliestRows(of: records) : nil
  }

  /// Whether its figures stand ready, or are made from its few records each time.
  var isDigested: Bool { capacity != Self.size || digest.hasFigures }

  /// Makes the figures, so that they stand ready.
  func digestFigures() { _ = unsafe figures }

  /// The values of its traces for a dimension; nil as for ``figures``.
  @inline(__always)
  func column(_ dimension: Int) -> TraceDigest.Column? {
    capacity == Self.size ? unsafe digest.column(dimension, of: records) : nil
  }

  /// A record; one of an evicted trace where there is no room for it any more.
  @inline(__always)
  subscript(index: Int) -> TraceRecord {
    // Read through one address, so that who wants a field reads no more. Safe: within the chunk.
    unsafe address(index).pointee
  }

  @inline(__always)
  private func address(_ index: Int) -> UnsafePointer<TraceRecord> {
    precondition(index >= 0 && index < TraceChunk.size, "index is outside of a chunk")
    if capacity == TraceChunk.size { return unsafe UnsafePointer(records + index) }
    return unsafe sparseAddress(index)
  }

  private func sparseAddress(_ index: Int) -> UnsafePointer<TraceRecord> {
    // Safe: the bit says that the record is there.
    if kept[index >> 6] >> UInt64(index & 63) & 1 == 1 {
      return unsafe UnsafePointer(records + position(index))
    }
    return unsafe UnsafePointer(TraceChunk.evicted)
  }

  /// Calls `body` with the index of each trace that may be held: all of them where there is room for all.
  func forEachLive(_ body: (Int) -> Void) {
    for word in 0..<4 {
      let bits = capacity == TraceChunk.size ? .max : kept[word]
      for index in Bits(bits, from: UInt64(word) << 6) { body(Int(index)) }
    }
  }

  /// What stands for every trace that there is no room for any more.
  nonisolated(unsafe) private static let evicted = {
    // Never written to once it is made.
    let record = UnsafeMutablePointer<TraceRecord>.allocate(capacity: 1)
    unsafe record.initialize(to: TraceRecord())
    unsafe record.pointee.isEvicted = true
    return unsafe record
  }()

  /// How many records stand before one.
  private func position(_ index: Int) -> Int {
    var count = (kept[index >> 6] & (1 << UInt64(index & 63) - 1)).nonzeroBitCount
    for word in 0..<index >> 6 { count += kept[word].nonzeroBitCount }
    return count
  }

  /// Where a record stands, of a trace that is not evicted; the writer's alone.
  @inline(__always)
  func place(_ index: Int) -> RecordPlace {
    digest.dropIfMade()
    precondition(index >= 0 && index < TraceChunk.size, "index is outside of a chunk")
    if capacity == TraceChunk.size { return unsafe RecordPlace(records + index) }
    precondition(kept[index >> 6] >> UInt64(index & 63) & 1 == 1, "the trace is evicted")
    return unsafe RecordPlace(records + position(index))
  }

  /// Counts a trace that came or went; the writer's alone.
  func count(_ change: Int) { live += change }
}

/// The place of a record that the writer is busy with: fields are read and changed where they stand,
/// and no record is copied for one of them. Good until the writer forgets a trace or publishes.
@safe struct RecordPlace {
  private let pointer: UnsafeMutablePointer<TraceRecord>

  init(_ pointer: UnsafeMutablePointer<TraceRecord>) { unsafe self.pointer = pointer }

  /// A dimension's slot where it stands.
  @inline(__always)
  func dimension(_ number: Int) -> UnsafeMutablePointer<TraceRecord.DimensionSlot> {
    // Their number is a constant; that of ``TraceRecord`` is counted once, which each use would ask for.
    precondition(number >= 0 && number < TraceRecord.Dimensions.count, "no such dimension")
    // Safe: an inline array is its elements, one behind the other; as for the record.
    return unsafe withUnsafeMutablePointer(to: &pointer.pointee.dimensions) {
      unsafe UnsafeMutableRawPointer($0).assumingMemoryBound(to: TraceRecord.DimensionSlot.self)
        + number
    }
  }

  @inline(__always) var record: TraceRecord {
    // Safe: the writer holds the chunk for as long as it holds its lock.
    unsafeAddress { unsafe UnsafePointer(pointer) }
    nonmutating unsafeMutableAddress { unsafe pointer }
  }
}
