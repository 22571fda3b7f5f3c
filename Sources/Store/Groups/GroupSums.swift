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
  /// Each trace under each of its codes, in the order they were added.
  private var codes: [UInt32] = []
  private var buckets: [UInt16] = []
  /// The weights of those, from the first on that is not one; empty where all are one.
  private var weights: [Float] = []

  init(codeCount: Int) { sums = [Sum](repeating: Sum(), count: codeCount) }

  /// Makes room for so many figures at once.
  mutating func expect(_ count: Int) {
    codes.reserveCapacity(count)
    buckets.reserveCapacity(count)
  }

  @inline(__always)
  mutating func add(_ figure: TraceFigure, under code: UInt32) {
    sums[Int(code)].add(figure)
    codes.append(code)
    buckets.append(figure.bucket)
    if figure.weight != 1 || !weights.isEmpty { note(figure.weight) }
  }

  private mutating func note(_ weight: Float) {
    let missing = buckets.count - 1 - weights.count
    if missing > 0 { weights.append(contentsOf: repeatElement(1, count: missing)) }
    weights.append(weight)
  }

  // MARK: - The table

  /// Puts rows, the others and what is not set into a table; at most `limit` rows of their own.
  mutating func finish(_ table: inout GroupTable, _ values: GroupValues, limit: Int) {
    var quantiles = BucketQuantiles(
      codes: codes, buckets: buckets, weights: weights, codeCount: sums.count)
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

  private var starts: [Int]
  private var sorted: [UInt16]
  /// As sorted as the buckets; empty where all are one.
  private var weights: [Float]
  /// Counts by bucket, empty between two questions.
  private var counts = [Double](repeating: 0, count: LatencyHistogram.bucketCount)

  init(codes: [UInt32], buckets: [UInt16], weights: [Float], codeCount: Int) {
    starts = [Int](repeating: 0, count: codeCount + 1)
    for code in codes { starts[Int(code) + 1] += 1 }
    for code in 0..<codeCount { starts[code + 1] += starts[code] }
    var next = starts
    sorted = [UInt16](repeating: 0, count: buckets.count)
    self.weights = [Float](repeating: 1, count: weights.count)
    for index in codes.indices {
      let code = Int(codes[index])
      sorted[next[code]] = buckets[index]
      if !weights.isEmpty { self.weights[next[code]] = weights[index] }
      next[code] += 1
    }
  }

  mutating func of(_ codes: [Int]) -> Three {
    var (low, high, total) = (counts.count, -1, 0.0)
    for code in codes {
      for index in starts[code]..<starts[code + 1] {
        let bucket = Int(sorted[index])
        let weight = weights.isEmpty ? 1 : Double(weights[index])
        counts[bucket] += weight
        total += weight
        low = min(low, bucket)
        high = max(high, bucket)
      }
    }
    guard total > 0 else { return Three() }
    defer { for bucket in low...high { counts[bucket] = 0 } }
    func quantile(_ share: Double) -> Nanoseconds {
      // Weights are sums of binary fractions, so whole counts stay whole.
      let wanted = weights.isEmpty ? max(1, (total * share).rounded(.up)) : total * share
      var seen = 0.0
      for bucket in low...high {
        seen += counts[bucket]
        if seen >= wanted { return Nanoseconds(LatencyHistogram.middle(bucket)) }
      }
      return Nanoseconds(LatencyHistogram.middle(high))
    }
    return Three(p50: quantile(0.50), p95: quantile(0.95), p99: quantile(0.99))
  }
}
