import Synchronization

/// Values appended by one writer and read by many threads, in chunks that double and never move.
///
/// Elements below ``count`` never change again, so who has loaded `count` reads them without a lock.
@safe struct ChunkedColumn<Element: BitwiseCopyable>: ~Copyable {
  /// The first chunk's elements; chunk k holds `first << (k - 1)` for k >= 1.
  static var first: Int { 32 }
  private static var maximumChunks: Int { 24 }

  private let chunks: UnsafeMutablePointer<UnsafeMutablePointer<Element>?>
  private var tail: UnsafeMutablePointer<Element>
  private var room = 0
  private var chunkCount = 0
  private let published = Atomic<Int>(0)
  /// Bytes allocated.
  private(set) var bytes = 0

  init() {
    unsafe chunks = .allocate(capacity: Self.maximumChunks)
    unsafe chunks.initialize(repeating: nil, count: Self.maximumChunks)
    // Safe: never written while `room` is zero.
    unsafe tail = UnsafeMutablePointer(bitPattern: 16).unsafelyUnwrapped
    bytes = Self.maximumChunks * 8
  }

  deinit {
    for index in 0..<chunkCount { unsafe chunks[index]?.deallocate() }
    unsafe chunks.deallocate()
  }

  var count: Int { published.load(ordering: .acquiring) }

  @inline(__always)
  mutating func append(_ element: Element) {
    if room == 0 { addChunk() }
    // Safe: there is room.
    unsafe tail.pointee = element
    unsafe tail += 1
    room -= 1
    published.store(published.load(ordering: .relaxed) + 1, ordering: .releasing)
  }

  private mutating func addChunk() {
    precondition(chunkCount < Self.maximumChunks, "a column outgrew its chunks")
    let size = chunkCount == 0 ? Self.first : Self.first << (chunkCount - 1)
    let chunk = UnsafeMutablePointer<Element>.allocate(capacity: size)
    unsafe chunks[chunkCount] = chunk
    unsafe tail = chunk
    room = size
    chunkCount += 1
    bytes += size * MemoryLayout<Element>.stride
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
