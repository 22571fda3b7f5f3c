/// Finds the traces that went since it last looked, by the counts that their chunks keep, so that it
/// costs what went and not what is held.
struct GoneTraces {
  private var gone: UInt64 = 0
  private var base: UInt64 = 0
  private var end: UInt64 = 0
  /// How many traces of each chunk were held, from the chunk of ``base`` on.
  private var live: [UInt16] = []

  /// The traces that were held when this was last called, or may have been, and are not any more.
  mutating func update(to snapshot: Snapshot) -> [UInt64] {
    let chunks = snapshot.chunks
    defer { (base, end) = (chunks.base, chunks.end) }
    guard snapshot.statistics.tracesGone != gone else {
      if (chunks.base, chunks.end) != (base, end) || live.isEmpty { note(chunks) }
      return []
    }
    gone = snapshot.statistics.tracesGone
    var found = Array(base..<max(base, min(chunks.base, end)))
    let dropped = Int(truncatingIfNeeded: chunks.base &- base) / TraceChunk.size
    for place in chunks.chunks.indices {
      let first = chunks.base + UInt64(place * TraceChunk.size)
      guard first < end else { break }
      // Traces were added to what was the last chunk, so its count tells nothing.
      let isWhole = first + UInt64(TraceChunk.size) <= end
      let before = place + dropped
      if isWhole, before < live.count, live[before] == chunks.chunks[place].live { continue }
      for number in first..<min(first + UInt64(TraceChunk.size), end) where !chunks.isHeld(number) {
        found.append(number)
      }
    }
    note(chunks)
    return found
  }

  private mutating func note(_ chunks: TraceChunks) {
    live = chunks.chunks.map { UInt16(truncatingIfNeeded: $0.live) }
  }
}
