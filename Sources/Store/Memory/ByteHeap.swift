import Synchronization

/// Bytes that are written once and stay at their address until the heap goes.
///
/// One writer appends; readers may read any run whose offset was published to them. An offset is 18
/// bits inside a chunk below the chunk's number, so a heap reaches 4 GiB.
@safe final class ByteHeap: @unchecked Sendable {
  /// A page run's worth: small enough for an idle store, large enough that a search runs over few.
  static let chunkBytes = 1 << 18
  /// Longer runs get a chunk of their own, so that no chunk wastes more than a quarter.
  static let largestShared = chunkBytes / 4
  static let maximumChunks = 1 << 14

  // @unchecked: `chunks` and `sizes` are filled by the single writer before an offset into them is
  // published; entries are never changed after that.
  private let chunks: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  private let sizes: UnsafeMutablePointer<Int>
  private var chunkCount = 0
  private var current = 0
  private var used = ByteHeap.chunkBytes
  /// Bytes taken from the system.
  private(set) var bytes = 0

  init() {
    unsafe chunks = .allocate(capacity: ByteHeap.maximumChunks)
    unsafe sizes = .allocate(capacity: ByteHeap.maximumChunks)
  }

  deinit {
    for index in 0..<chunkCount { unsafe Pages.free(chunks[index], sizes[index]) }
    unsafe chunks.deallocate()
    unsafe sizes.deallocate()
  }

  /// Whether another run of this length fits.
  func hasRoom(for count: Int) -> Bool {
    chunkCount + 2 < ByteHeap.maximumChunks && count < 1 << 31
  }

  /// Copies bytes in behind a varint of their length, and returns where they are.
  @inline(__always)
  func append(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
    let needed = count + 5
    if needed > ByteHeap.largestShared { return unsafe appendLarge(start, count) }
    if used + needed > ByteHeap.chunkBytes { addChunk() }
    // Safe: the chunk has room for the length and the bytes.
    var target = unsafe chunks[current] + used
    let offset = UInt32(truncatingIfNeeded: current << 18 | used)
    unsafe write(length: count, at: &target)
    unsafe target.update(from: start, count: count)
    used = unsafe target + count - chunks[current]
    return offset
  }

  private func appendLarge(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
    let index = map(count + 5)
    var target = unsafe chunks[index]
    unsafe write(length: count, at: &target)
    unsafe target.update(from: start, count: count)
    return UInt32(truncatingIfNeeded: index << 18)
  }

  private func addChunk() {
    current = map(ByteHeap.chunkBytes)
    used = 0
  }

  /// Gives back the pages behind the last run; nothing is appended afterwards.
  func trim() {
    guard chunkCount > 0, current < chunkCount, unsafe sizes[current] == ByteHeap.chunkBytes else {
      return
    }
    let kept = Pages.rounded(used)
    guard kept > 0, kept < ByteHeap.chunkBytes else { return }
    // Safe: readers look at runs alone, and none reaches into these pages.
    unsafe Pages.free(UnsafeMutableRawPointer(chunks[current]) + kept, ByteHeap.chunkBytes - kept)
    unsafe sizes[current] = kept
    bytes -= ByteHeap.chunkBytes - kept
    used = ByteHeap.chunkBytes
  }

  /// Calls `body` with all bytes of each chunk, in the order of offsets, those never written included;
  /// for a heap that is not appended to any more.
  func forEachChunk(_ body: (_ number: Int, _ bytes: WireBytes) -> Void) {
    for index in 0..<chunkCount {
      unsafe body(index, WireBytes(UnsafePointer(chunks[index]), count: sizes[index]))
    }
  }

  private func map(_ count: Int) -> Int {
    precondition(chunkCount < ByteHeap.maximumChunks, "a segment outgrew its heap")
    // The first chunk of a store that may stay empty waits until it is needed.
    unsafe chunks[chunkCount] = Pages.allocate(count, isFilledSoon: chunkCount > 0)
      .assumingMemoryBound(to: UInt8.self)
    unsafe sizes[chunkCount] = count
    bytes += count
    chunkCount += 1
    return chunkCount - 1
  }

  @inline(__always)
  private func write(length: Int, at target: inout UnsafeMutablePointer<UInt8>) {
    var rest = length
    while rest >= 0x80 {
      unsafe target.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
      unsafe target += 1
      rest >>= 7
    }
    unsafe target.pointee = UInt8(truncatingIfNeeded: rest)
    unsafe target += 1
  }

  /// The run at an offset that ``append(_:_:)`` returned.
  @inline(__always)
  func bytes(at offset: UInt32) -> WireBytes {
    var cursor = unsafe UnsafePointer(chunks[Int(offset >> 18)]) + Int(offset & 0x3FFFF)
    var length = unsafe Int(cursor.pointee & 0x7F)
    var shift = 7
    while unsafe cursor.pointee >= 0x80 {
      unsafe cursor += 1
      length |= unsafe Int(cursor.pointee & 0x7F) << shift
      shift += 7
    }
    return unsafe WireBytes(cursor + 1, count: length)
  }
}
