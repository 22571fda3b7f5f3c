/// The records of all traces held, by number: chunks of which the oldest go when all their traces are gone.
struct TraceChunks: Sendable {
  private(set) var chunks: [TraceChunk] = []
  /// The number of the first trace of the first chunk.
  private(set) var base: UInt64 = 0
  /// One more than the last number given.
  private(set) var end: UInt64 = 0

  static let bytesPerTrace = MemoryLayout<TraceRecord>.stride

  var bytes: Int { chunks.count * TraceChunk.size * TraceChunks.bytesPerTrace }

  /// The full number whose low half a row holds; right as long as fewer than 2^32 traces are held.
  @inline(__always)
  func number(low: UInt32) -> UInt64 {
    base &+ UInt64(low &- UInt32(truncatingIfNeeded: base))
  }

  func contains(_ number: UInt64) -> Bool { number >= base && number < end }

  /// The record of a number that ``contains(_:)`` accepts.
  @inline(__always)
  subscript(number: UInt64) -> TraceRecord {
    let index = Int(truncatingIfNeeded: number &- base)
    precondition(number >= base && number < end, "no trace has this number")
    return chunks[index >> 8][index & 255]
  }

  /// Where the record of a number stands, to be changed; a chunk that a snapshot holds is copied first.
  @inline(__always)
  mutating func place(_ number: UInt64) -> RecordPlace {
    let index = Int(truncatingIfNeeded: number &- base)
    precondition(number >= base && number < end, "no trace has this number")
    if !isKnownUniquelyReferenced(&chunks[index >> 8]) {
      chunks[index >> 8] = TraceChunk(copying: chunks[index >> 8])
    }
    return chunks[index >> 8].place(index & 255)
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
    if index >> 8 == chunks.count { chunks.append(TraceChunk()) }
    end += 1
    update(end - 1) { $0 = record }
    return end - 1
  }

  /// Lets go of the oldest chunks whose traces are all evicted.
  mutating func dropEvicted() {
    var gone = 0
    while gone < chunks.count - 1 {
      let chunk = chunks[gone]
      var isGone = true
      for index in 0..<TraceChunk.size where !chunk[index].isEvicted {
        isGone = false
        break
      }
      guard isGone else { break }
      gone += 1
    }
    guard gone > 0 else { return }
    chunks.removeFirst(gone)
    base += UInt64(gone * TraceChunk.size)
  }
}
