import Synchronization

/// The entries of a column that is being written: rows and values side by side, in chunks that double and
/// never move.
///
/// Entries below ``count`` never change again, so who has loaded `count` reads them without a lock.
@safe final class OpenEntries: @unchecked Sendable {
  // @unchecked: one writer appends; readers look at the count and at what stands below it.

  /// The first chunk's entries; chunk k holds `first << (k - 1)` for k >= 1.
  private static let first = 32
  private static let maximumChunks = 24

  /// Where the next entry goes; one line of memory, since each attribute of a span is another column.
  @safe struct Head: ~Copyable {
    // Never written to while `room` is zero.
    var values = unsafe UnsafeMutablePointer<UInt32>(bitPattern: 16).unsafelyUnwrapped
    var rows = unsafe UnsafeMutablePointer<UInt16>(bitPattern: 16).unsafelyUnwrapped
    var room = 0
    let published = Atomic<Int>(0)
    /// Each chunk's values, which its rows stand behind.
    let chunks: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>
    var chunkCount = 0

    init() { unsafe chunks = .allocate(capacity: OpenEntries.maximumChunks) }

    deinit {
      for index in 0..<chunkCount { unsafe chunks[index].deallocate() }
      unsafe chunks.deallocate()
    }

    /// Makes room and returns how many bytes of memory that took.
    mutating func addChunk() -> Int {
      precondition(chunkCount < OpenEntries.maximumChunks, "a column outgrew its chunks")
      let size = OpenEntries.size(ofChunk: chunkCount)
      // A row is half as wide as a value.
      let chunk = UnsafeMutablePointer<UInt32>.allocate(capacity: size * 3 / 2)
      unsafe chunks[chunkCount] = chunk
      unsafe values = chunk
      unsafe rows = OpenEntries.rows(of: chunk, size)
      room = size
      chunkCount += 1
      return size * 6
    }
  }

  let head: UnsafeMutablePointer<Head>

  init() {
    unsafe head = .allocate(capacity: 1)
    unsafe head.initialize(to: Head())
  }

  deinit {
    unsafe head.deinitialize(count: 1)
    unsafe head.deallocate()
  }

  /// Appends an entry and returns how many bytes of memory that took.
  @inline(__always)
  static func append(
    row: Int, _ value: ValueReference, to head: UnsafeMutablePointer<Head>
  ) -> Int {
    var taken = 0
    if unsafe head.pointee.room == 0 { taken = unsafe head.pointee.addChunk() }
    // Safe: there is room.
    unsafe head.pointee.values.pointee = value.rawValue
    unsafe head.pointee.rows.pointee = UInt16(truncatingIfNeeded: row)
    unsafe head.pointee.values += 1
    unsafe head.pointee.rows += 1
    unsafe head.pointee.room &-= 1
    let count = unsafe head.pointee.published.load(ordering: .relaxed)
    // Last, so that whoever sees the entry sees its row and value.
    unsafe head.pointee.published.store(count &+ 1, ordering: .releasing)
    return taken
  }

  // MARK: - Reading

  var count: Int { unsafe head.pointee.published.load(ordering: .acquiring) }

  @inline(__always)
  fileprivate static func size(ofChunk chunk: Int) -> Int {
    chunk == 0 ? first : first << (chunk - 1)
  }

  @inline(__always)
  fileprivate static func rows(
    of values: UnsafeMutablePointer<UInt32>, _ size: Int
  ) -> UnsafeMutablePointer<UInt16> {
    // Safe: a chunk has room for so many of both.
    unsafe UnsafeMutableRawPointer(values + size).assumingMemoryBound(to: UInt16.self)
  }

  @inline(__always)
  private static func place(_ position: Int) -> (chunk: Int, offset: Int) {
    let group = position / first
    if group == 0 { return (0, position) }
    let chunk = Int.bitWidth - group.leadingZeroBitCount
    return (chunk, position - first << (chunk - 1))
  }

  /// The row of an entry below a count that the caller has loaded.
  @inline(__always)
  func row(at position: Int) -> Int {
    let (chunk, offset) = OpenEntries.place(position)
    // Safe: below the count, so the chunk is there and filled to here.
    let values = unsafe head.pointee.chunks[chunk]
    return unsafe Int(OpenEntries.rows(of: values, OpenEntries.size(ofChunk: chunk))[offset])
  }

  /// The value of an entry below a count that the caller has loaded.
  @inline(__always)
  func value(at position: Int) -> UInt32 {
    let (chunk, offset) = OpenEntries.place(position)
    // Safe: as for the row.
    return unsafe head.pointee.chunks[chunk][offset]
  }

  /// The place of the first entry at or past a row, among those below `count`.
  func position(of row: Int, below count: Int) -> Int {
    (0..<count).bisect { self.row(at: $0) >= row }
  }

  /// Calls `body` with the rows and the values of entries, as runs that stand side by side in memory.
  @inline(__always)
  func forEachRun(
    places: Range<Int>,
    _ body: (UnsafeBufferPointer<UInt16>, UnsafeBufferPointer<UInt32>) -> Void
  ) {
    var position = places.lowerBound
    while position < places.upperBound {
      let (chunk, offset) = OpenEntries.place(position)
      let size = OpenEntries.size(ofChunk: chunk)
      let count = min(size - offset, places.upperBound - position)
      // Safe: as for the row; the places end below a count that was loaded.
      let values = unsafe head.pointee.chunks[chunk]
      unsafe body(
        UnsafeBufferPointer(start: OpenEntries.rows(of: values, size) + offset, count: count),
        UnsafeBufferPointer(start: values + offset, count: count))
      position += count
    }
  }
}
