import Glibc
import Synchronization

/// Values appended by one writer and read by many threads, in chunks that double and never move.
///
/// Elements below ``count`` never change again, so who has loaded `count` reads them without a lock.
@safe struct ChunkedColumn<Element: BitwiseCopyable>: ~Copyable {
  /// The first chunk's elements; chunk k holds `first << (k - 1)` for k >= 1.
  static var first: Int { 32 }
  private static var maximumChunks: Int { 24 }

  /// The writer's place, apart from the value that threads share: a reader only ever looks at the
  /// count and at what stands below it.
  @safe private struct Head {
    // Safe to begin nowhere: never written to while `room` is zero.
    var tail = unsafe UnsafeMutablePointer<Element>(bitPattern: 16).unsafelyUnwrapped
    var room = 0
    var chunkCount = 0
    var bytes = 0
  }

  private let head: UnsafeMutablePointer<Head>
  private let chunks: UnsafeMutablePointer<UnsafeMutablePointer<Element>?>
  private let published = Atomic<Int>(0)

  init() {
    unsafe chunks = .allocate(capacity: Self.maximumChunks)
    unsafe chunks.initialize(repeating: nil, count: Self.maximumChunks)
    unsafe head = .allocate(capacity: 1)
    unsafe head.initialize(to: Head())
    unsafe head.pointee.bytes = Self.maximumChunks * 8 + MemoryLayout<Head>.stride
  }

  deinit {
    for index in 0..<(unsafe head.pointee.chunkCount) { unsafe chunks[index]?.deallocate() }
    unsafe chunks.deallocate()
    unsafe head.deinitialize(count: 1)
    unsafe head.deallocate()
  }

  var count: Int { published.load(ordering: .acquiring) }

  /// Bytes allocated; the writer's to ask.
  var bytes: Int { unsafe head.pointee.bytes }

  @inline(__always)
  func append(_ element: Element) {
    if unsafe head.pointee.room == 0 { addChunk() }
    // Safe: there is room.
    unsafe head.pointee.tail.pointee = element
    unsafe head.pointee.tail += 1
    unsafe head.pointee.room -= 1
    let count = published.load(ordering: .relaxed)
    published.store(count + 1, ordering: .releasing)
  }

  private func addChunk() {
    let number = unsafe head.pointee.chunkCount
    precondition(number < Self.maximumChunks, "a column outgrew its chunks")
    let size = number == 0 ? Self.first : Self.first << (number - 1)
    let chunk = UnsafeMutablePointer<Element>.allocate(capacity: size)
    unsafe chunks[number] = chunk
    unsafe head.pointee.tail = chunk
    unsafe head.pointee.room = size
    unsafe head.pointee.chunkCount = number + 1
    unsafe head.pointee.bytes += size * MemoryLayout<Element>.stride
  }

  /// The element at a position below a `count` that the caller has loaded.
  @inline(__always)
  subscript(index: Int) -> Element {
    let (chunk, offset) = Self.place(index)
    // Safe: below the published count, so the chunk is there and filled to here.
    return unsafe chunks[chunk].unsafelyUnwrapped[offset]
  }

  @inline(__always)
  private static func place(_ index: Int) -> (chunk: Int, offset: Int) {
    let group = index / first
    if group == 0 { return (0, index) }
    let chunk = Int.bitWidth - group.leadingZeroBitCount
    return (chunk, index - first << (chunk - 1))
  }

  /// Whether the elements from a position on have the same bits as these; all of them stand below a
  /// `count` that the caller has loaded.
  func holds(_ run: UnsafeBufferPointer<Element>, at start: Int) -> Bool {
    guard let wanted = run.baseAddress else { return true }
    var done = 0
    while done < run.count {
      let (chunk, offset) = Self.place(start + done)
      let size = chunk == 0 ? Self.first : Self.first << (chunk - 1)
      let part = min(size - offset, run.count - done)
      // Safe: below the published count, so the chunk is there and filled to here.
      let known = unsafe chunks[chunk].unsafelyUnwrapped + offset
      let bytes = part * MemoryLayout<Element>.stride
      guard unsafe memcmp(known, wanted + done, bytes) == 0 else { return false }
      done += part
    }
    return true
  }

  /// Writes all elements behind each other.
  func copy(to target: UnsafeMutablePointer<Element>) {
    unsafe forEachRun(below: count) { start, run in
      if let source = run.baseAddress {
        unsafe (target + start).update(from: source, count: run.count)
      }
    }
  }

  /// Calls `body` with each run of the first `limit` elements, in order, with the position it begins at.
  @inline(__always)
  func forEachRun(
    below limit: Int, _ body: (_ start: Int, _ run: UnsafeBufferPointer<Element>) -> Void
  ) {
    var start = 0
    var chunk = 0
    while start < limit {
      let size = chunk == 0 ? Self.first : Self.first << (chunk - 1)
      let run = min(size, limit - start)
      unsafe body(start, UnsafeBufferPointer(start: chunks[chunk], count: run))
      start += size
      chunk += 1
    }
  }
}
