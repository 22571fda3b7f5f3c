/// Adds figures up by code and makes a table of them.
struct GroupSums {
  private struct Sum {
    /// By weight, and so no whole numbers where requests are thinned.
    var traces = 0.0
    var errors = 0.0
    var tokens: UInt64 = 0
    var costUSD = 0.0
    var firstError = UInt64.max
    var flags: UInt8 = 0

    mutating func add(_ figure: TraceFigure) {
      let weight = Double(figure.weight)
      traces += weight
      flags |= figure.flags
      if figure.has(TraceFigure.hasFailed) {
        errors += weight
        firstError = min(firstError, figure.start)
      }
      let scaled = weight == 1 ? figure.tokens : Self.scaled(figure.tokens, weight)
      let (sum, overflow) = tokens.addingReportingOverflow(scaled)
      tokens = overflow ? .max : sum
      costUSD += figure.costUSD * weight
    }

    /// The same of a trace that counts once.
    @inline(__always)
    mutating func addOne(_ figure: UnsafePointer<TraceFigure>) {
      let own = unsafe figure.pointee.flags
      traces += 1
      flags |= own
      if own & TraceFigure.hasFailed != 0 {
        errors += 1
        firstError = unsafe min(firstError, figure.pointee.start)
      }
      if own & TraceFigure.hasTokens != 0 {
        let (sum, overflow) = unsafe tokens.addingReportingOverflow(figure.pointee.tokens)
        tokens = overflow ? .max : sum
      }
      if own & TraceFigure.hasCost != 0 { costUSD += unsafe figure.pointee.costUSD }
    }

    private static func scaled(_ tokens: UInt64, _ weight: Double) -> UInt64 {
      UInt64(exactly: min(Double(tokens) * weight, 1e18).rounded()) ?? .max
    }

    mutating func add(_ other: Sum) {
      traces += other.traces
      errors += other.errors
      firstError = min(firstError, other.firstError)
      flags |= other.flags
      let (sum, overflow) = tokens.addingReportingOverflow(other.tokens)
      tokens = overflow ? .max : sum
      costUSD += other.costUSD
    }
  }

  private var sums: [Sum]
  /// Each trace under each of its codes, in the order they were added: the code above the latency bucket.
  private var pairs: [UInt32] = []
  /// The weights of those, from the first on that is not one; empty where all are one.
  private var weights: [Float] = []

  init(codeCount: Int) { sums = [Sum](repeating: Sum(), count: codeCount) }

  /// How many traces were added, and how many of them failed, as long as none was under several codes.
  var totals: (traces: Double, errors: Double) {
    sums.reduce((0, 0)) { ($0.0 + $1.traces, $0.1 + $1.errors) }
  }

  mutating func add(_ figure: TraceFigure, under code: UInt32) {
    sums[Int(code)].add(figure)
    pairs.append(code << BucketQuantiles.bucketBits | UInt32(figure.bucket))
    if figure.weight != 1 || !weights.isEmpty { note(figure.weight) }
  }

  private mutating func note(_ weight: Float) {
    let missing = pairs.count - 1 - weights.count
    if missing > 0 { weights.append(contentsOf: repeatElement(1, count: missing)) }
    weights.append(weight)
  }

  /// Adds traces of a range of places, which are counted from a multiple of 64 on: those among them that a
  /// bit is set for. Whichever stands for others, or has another number of codes than one, is said.
  ///
  /// - Parameter wanted: 64 places, a bit each, by the number of the first divided by 64.
  @inline(__always)
  mutating func add(
    _ figures: [TraceFigure], _ codes: [UInt32], _ range: Range<Int>,
    in wanted: (UInt64) -> UInt64, apart: (UInt64) -> Void
  ) {
    guard !range.isEmpty else { return }
    precondition(range.upperBound <= figures.count && range.upperBound <= codes.count)
    let known = pairs.count
    let codeCount = sums.count
    var added = 0
    pairs += repeatElement(0, count: range.count)
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      unsafe pairs.withUnsafeMutableBufferPointer { pairs in
        unsafe figures.withUnsafeBufferPointer { figures in
          unsafe codes.withUnsafeBufferPointer { codes in
            for place in range.lowerBound >> 6...(range.upperBound - 1) >> 6 {
              var word = wanted(UInt64(place))
              if place == range.lowerBound >> 6 { word &= .max << UInt64(range.lowerBound & 63) }
              if place == range.upperBound >> 6 { word &= 1 << UInt64(range.upperBound & 63) - 1 }
              while word != 0 {
                let index = place << 6 + word.trailingZeroBitCount
                word &= word &- 1
                // Safe: within the range, which both have; no more pairs than that are written.
                let figure = unsafe figures.baseAddress.unsafelyUnwrapped + index
                let flags = unsafe figure.pointee.flags
                if flags & TraceFigure.isUnit == 0 { continue }
                let code = unsafe codes[index]
                if unsafe Int(code) >= codeCount || flags & TraceFigure.isJoined != 0
                  || figure.pointee.weight != 1
                {
                  apart(UInt64(index))
                  continue
                }
                unsafe sums[Int(code)].addOne(figure)
                unsafe pairs[known + added] =
                  code << BucketQuantiles.bucketBits | UInt32(figure.pointee.bucket)
                added += 1
              }
            }
          }
        }
      }
    }
    pairs.removeLast(range.count - added)
    if !weights.isEmpty { weights += repeatElement(1, count: added) }
  }

  // MARK: - The table

  /// Puts rows, the others and what is not set into a table; at most `limit` rows of their own.
  mutating func finish(_ table: inout GroupTable, _ values: GroupValues, limit: Int) {
    var quantiles = BucketQuantiles(pairs, weights: weights, codeCount: sums.count)
    table.isScaled = !weights.isEmpty
    let found = sums.indices.filter { sums[$0].traces > 0 }
    let named = found.filter { values.text(UInt32($0)) != nil }.sorted { left, right in
      let (one, other) = (sums[left], sums[right])
      if one.errors != other.errors { return one.errors > other.errors }
      if one.traces != other.traces { return one.traces > other.traces }
      return (values.text(UInt32(left)) ?? "") < (values.text(UInt32(right)) ?? "")
    }
    table.rows = named.prefix(limit).map { code in
      row(sums[code], values.text(UInt32(code)), quantiles.of([code]))
    }
    let rest =
      Array(named.dropFirst(limit)) + found.filter { $0 == Int(GroupValues.others) }
    if !rest.isEmpty {
      var sum = Sum()
      for code in rest { sum.add(sums[code]) }
      table.others = row(sum, nil, quantiles.of(rest))
    }
    let none = Int(GroupValues.none)
    if sums[none].traces > 0 { table.notSet = row(sums[none], nil, quantiles.of([none])) }
    table.values = named.count
    table.isAtLeast = sums[Int(GroupValues.others)].traces > 0
  }

  private func row(
    _ sum: Sum, _ value: String?, _ quantiles: BucketQuantiles.Three
  ) -> GroupTable.Row {
    var row = GroupTable.Row(value: value)
    row.traces = Int(sum.traces.rounded())
    row.errors = Int(sum.errors.rounded())
    row.p50 = quantiles.p50
    row.p95 = quantiles.p95
    row.p99 = quantiles.p99
    if sum.flags & TraceFigure.hasTokens != 0 { row.tokens = sum.tokens }
    if sum.flags & TraceFigure.hasCost != 0 { row.costUSD = sum.costUSD }
    if sum.errors > 0 { row.firstError = UnixNanos(sum.firstError) }
    return row
  }
}

/// Quantiles of the latency buckets under each code: sorted by code once, then read code by code.
struct BucketQuantiles {
  /// The three that tables show.
  struct Three {
    var p50: Nanoseconds?
    var p95: Nanoseconds?
    var p99: Nanoseconds?
  }

  /// Bits of a bucket's number, below which a code stands.
  static let bucketBits: UInt32 = 11

  private var starts: [Int]
  private var sorted: [UInt16]
  /// As sorted as the buckets; empty where all are one.
  private var weights: [Float]
  /// Counts by bucket, empty between two questions.
  private var counts = [Double](repeating: 0, count: 1 << Int(bucketBits))

  /// - Parameter pairs: buckets with their codes above them.
  init(_ pairs: [UInt32], weights: [Float], codeCount: Int) {
    var starts = [Int](repeating: 0, count: codeCount + 1)
    for pair in pairs { starts[Int(pair >> Self.bucketBits) + 1] += 1 }
    for code in 0..<codeCount { starts[code + 1] += starts[code] }
    self.starts = starts
    var sorted = [UInt16](repeating: 0, count: pairs.count)
    var sortedWeights = [Float](repeating: 1, count: weights.count)
    let mask: UInt32 = 1 << Self.bucketBits - 1
    for (index, pair) in pairs.enumerated() {
      let code = Int(pair >> Self.bucketBits)
      sorted[starts[code]] = UInt16(truncatingIfNeeded: pair & mask)
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
