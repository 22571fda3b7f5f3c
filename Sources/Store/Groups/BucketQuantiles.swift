/// Quantiles of the latency buckets under each code: those that were counted by code, and others that are
/// sorted by code once and then read code by code.
struct BucketQuantiles {
  /// The three that tables show.
  struct Three {
    var p50: Nanoseconds?
    var p95: Nanoseconds?
    var p99: Nanoseconds?
  }

  /// Bits of a bucket's number, below which a code stands.
  static let bucketBits: UInt32 = 11
  static let bucketMask: UInt32 = 1 << bucketBits - 1

  /// By code and bucket; empty where none were counted.
  private let counted: [UInt32]
  private var starts: [Int]
  private var sorted: [UInt16]
  /// As sorted as the buckets; empty where all are one.
  private var weights: [Float]
  /// Counts by bucket, empty between two questions.
  private var counts = [Double](repeating: 0, count: 1 << Int(bucketBits))

  /// - Parameters:
  ///   - counted: how many there are, by bucket with its code above it.
  ///   - pairs: buckets with their codes above them, one for each that was not counted.
  init(_ counted: [UInt32], _ pairs: [UInt32], weights: [Float], codeCount: Int) {
    self.counted = counted
    var starts = [Int](repeating: 0, count: codeCount + 1)
    for pair in pairs { starts[Int(pair >> Self.bucketBits) + 1] += 1 }
    for code in 0..<codeCount { starts[code + 1] += starts[code] }
    self.starts = starts
    var sorted = [UInt16](repeating: 0, count: pairs.count)
    var sortedWeights = [Float](repeating: 1, count: weights.count)
    for (index, pair) in pairs.enumerated() {
      let code = Int(pair >> Self.bucketBits)
      sorted[starts[code]] = UInt16(truncatingIfNeeded: pair & Self.bucketMask)
      if !weights.isEmpty { sortedWeights[starts[code]] = weights[index] }
      starts[code] += 1
    }
    (self.sorted, self.weights) = (sorted, sortedWeights)
  }

  mutating func of(_ codes: [Int]) -> Three {
    var (low, high, total) = (counts.count, -1, 0.0)
    var tally = counts
    counts = []
    defer { counts = tally }
    for code in codes {
      if !counted.isEmpty {
        let first = code << Int(Self.bucketBits)
        for bucket in tally.indices where counted[first + bucket] > 0 {
          let count = Double(counted[first + bucket])
          tally[bucket] += count
          total += count
          low = min(low, bucket)
          high = max(high, bucket)
        }
      }
      for index in starts[code]..<starts[code + 1] {
        let bucket = Int(sorted[index])
        let weight = weights.isEmpty ? 1 : Double(weights[index])
        tally[bucket] += weight
        total += weight
        low = min(low, bucket)
        high = max(high, bucket)
      }
    }
    guard total > 0 else { return Three() }
    // Weights are sums of binary fractions, so whole counts stay whole.
    let isWhole = weights.isEmpty
    func wanted(_ share: Double) -> Double {
      isWhole ? max(1, (total * share).rounded(.up)) : total * share
    }
    let limits = (wanted(0.50), wanted(0.95), wanted(0.99))
    var three = Three()
    var seen = 0.0
    for bucket in low...high where tally[bucket] > 0 {
      seen += tally[bucket]
      tally[bucket] = 0
      let middle = Nanoseconds(LatencyHistogram.middle(bucket))
      if three.p50 == nil, seen >= limits.0 || bucket == high { three.p50 = middle }
      if three.p95 == nil, seen >= limits.1 || bucket == high { three.p95 = middle }
      if three.p99 == nil, seen >= limits.2 || bucket == high { three.p99 = middle }
    }
    return three
  }
}
