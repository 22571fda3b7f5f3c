/// How many spans of each trace were looked at, for traces that were held when it was made: a byte each.
struct SeenSpans {
  /// A trace with so many spans or more is never seen whole.
  private static let most = UInt8.max
  private let base: UInt64
  private var counts: [UInt8]

  init(_ chunks: TraceChunks) {
    base = chunks.base
    counts = [UInt8](repeating: 0, count: Int(chunks.end - chunks.base))
  }

  /// Counts a span for each of the traces, which may repeat; by the low halves of their numbers.
  mutating func count(_ traces: [UInt32], _ chunks: TraceChunks) {
    for low in traces {
      let number = chunks.number(low: low)
      guard number >= base, number - base < UInt64(counts.count) else { continue }
      let index = Int(number - base)
      if counts[index] < SeenSpans.most { counts[index] += 1 }
    }
  }

  /// Whether all spans of a trace were counted.
  @inline(__always)
  func isWhole(_ number: UInt64, _ chunks: TraceChunks) -> Bool {
    guard number >= base, number - base < UInt64(counts.count), chunks.contains(number) else {
      return false
    }
    let seen = counts[Int(number - base)]
    return seen < SeenSpans.most && UInt32(seen) == chunks[number].spans
  }
}
