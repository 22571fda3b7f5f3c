/// The records of all traces held, by number: a chunk shrinks when most of its traces are gone, and the
/// oldest chunks go when all of theirs are.
struct TraceChunks: Sendable {
  private(set) var chunks: [TraceChunk] = []
  /// The number of the first trace of the first chunk.
  private(set) var base: UInt64 = 0
  /// One more than the last number given.
  private(set) var end: UInt64 = 0

  private var recordBytes = 0

  var bytes: Int { recordBytes + chunks.count * 8 }

  /// The full number whose low half a row holds; right as long as numbers held lie less than 2^31 apart.
  /// A row of a trace that went long ago has one that is not held.
  @inline(__always)
  func number(low: UInt32) -> UInt64 {
    let offset = Int32(bitPattern: low &- UInt32(truncatingIfNeeded: base))
    return base &+ UInt64(bitPattern: Int64(offset))
  }

  /// The chunk of some numbers, the first of which is its first; nil where they are none's.
  func chunk(of numbers: Range<UInt64>) -> TraceChunk? {
    guard numbers.lowerBound >= base, numbers.upperBound <= end else { return nil }
    let index = Int(truncatingIfNeeded: numbers.lowerBound &- base)
    guard index & (TraceChunk.size - 1) == 0, numbers.count <= TraceChunk.size else { return nil }
    return chunks[index >> 8]
  }

  func contains(_ number: UInt64) -> Bool { number >= base && number < end }

  /// Whether a number is that of a trace that was not evicted.
  @inline(__always)
  func isHeld(_ number: UInt64) -> Bool { contains(number) && !self[number].isEvicted }

  /// The record of a number that ``contains(_:)`` accepts.
  @inline(__always)
  subscript(number: UInt64) -> TraceRecord {
    let index = Int(truncatingIfNeeded: number &- base)
    precondition(number >= base && number < end, "no trace has this number")
    return chunks[index >> 8][index & 255]
  }

  /// Whether the trace of a number that is held has this id.
  @inline(__always)
  func hasID(_ id: TraceID, at number: UInt64) -> Bool {
    let index = Int(truncatingIfNeeded: number &- base)
    precondition(number >= base && number < end, "no trace has this number")
    return borrow(index >> 8) { $0[index & 255].id == id }
  }

  /// Calls `body` with a chunk without counting a reference: each span does it twice.
  @inline(__always)
  private func borrow<Result>(_ index: Int, _ body: (TraceChunk) -> Result) -> Result {
    // Safe: the array holds the chunk, and nobody changes the array before `body` returns.
    unsafe Unmanaged.passUnretained(chunks[index])._withUnsafeGuaranteedRef(body)
  }

  /// Where the record of a number stands, to be changed; a chunk that a snapshot holds is copied first.
  @inline(__always)
  mutating func place(_ number: UInt64) -> RecordPlace {
    let index = Int(truncatingIfNeeded: number &- base)
    precondition(number >= base && number < end, "no trace has this number")
    makeOwn(index >> 8)
    return borrow(index >> 8) { $0.place(index & 255) }
  }

  @inline(__always)
  private mutating func makeOwn(_ chunk: Int) {
    if !isKnownUniquelyReferenced(&chunks[chunk]) {
      chunks[chunk] = TraceChunk(copying: chunks[chunk])
    }
  }

  /// Changes a record.
  @inline(__always)
  mutating func update<Result>(
    _ number: UInt64, _ body: (inout TraceRecord) -> Result
  ) -> Result {
    body(&place(number).record)
  }

  /// Gives a new trace its number.
  mutating func append(_ record: TraceRecord) -> UInt64 {
    let index = Int(truncatingIfNeeded: end &- base)
    if index >> 8 == chunks.count {
      chunks.append(TraceChunk())
      recordBytes += chunks[index >> 8].bytes
    }
    end += 1
    update(end - 1) { $0 = record }
    chunks[index >> 8].count(1)
    return end - 1
  }

  /// Notes that a trace is not held any more; its record stays until its chunk shrinks.
  mutating func evict(_ number: UInt64) {
    let place = place(number)
    place.record.isEvicted = true
    place.record.lastRow = 0
    place.record.lastLog = 0
    let chunk = Int(truncatingIfNeeded: number &- base) >> 8
    chunks[chunk].count(-1)
    let isFull = chunk < chunks.count - 1
    let isThin = chunks[chunk].live <= TraceChunk.sparseCount
    guard isFull, isThin, chunks[chunk].live * 2 <= chunks[chunk].capacity else { return }
    recordBytes -= chunks[chunk].bytes
    chunks[chunk] = TraceChunk(keepingLiveOf: chunks[chunk])
    recordBytes += chunks[chunk].bytes
  }

  /// Lets go of the oldest chunks whose traces are all evicted.
  mutating func dropEvicted() {
    var gone = 0
    while gone < chunks.count - 1, chunks[gone].live == 0 {
      recordBytes -= chunks[gone].bytes
      gone += 1
    }
    guard gone > 0 else { return }
    chunks.removeFirst(gone)
    base += UInt64(gone * TraceChunk.size)
  }
}
