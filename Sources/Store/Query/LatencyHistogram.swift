/// Counts of durations in buckets that are 1/32 of an octave wide, so that a quantile is at most 1.6 % off.
struct LatencyHistogram {
  static let bitsPerOctave = 5
  static let bucketCount = 61 << bitsPerOctave
  /// How far off a quantile may be, as a share of it: half the width of a bucket.
  static let quantileError = 1.0 / 64
  private var counts = [UInt32](repeating: 0, count: bucketCount)
  private(set) var total = 0

  mutating func add(_ duration: Nanoseconds, times: Int = 1) {
    let bucket = LatencyHistogram.bucket(duration.rawValue)
    counts[bucket] = UInt32(clamping: Int(counts[bucket]) + times)
    total += times
  }

  /// The duration below which this share of all lies; nil where there are none.
  func quantile(_ share: Double) -> Nanoseconds? {
    guard total > 0 else { return nil }
    let wanted = max(1, Int((Double(total) * share).rounded(.up)))
    var seen = 0
    for (bucket, count) in counts.enumerated() {
      seen += Int(count)
      if seen >= wanted { return Nanoseconds(LatencyHistogram.middle(bucket)) }
    }
    return nil
  }

  static func bucket(_ value: UInt64) -> Int {
    guard value >= 32 else { return Int(value) }
    let octave = UInt64.bitWidth - 1 - value.leadingZeroBitCount - bitsPerOctave
    return (octave + 1) << bitsPerOctave | Int(value >> UInt64(octave) & 31)
  }

  static func middle(_ bucket: Int) -> UInt64 {
    guard bucket >= 32 else { return UInt64(bucket) }
    let octave = bucket >> bitsPerOctave - 1
    let low = UInt64(bucket & 31 | 32) << UInt64(octave)
    return low + (1 << UInt64(octave)) / 2
  }
}
