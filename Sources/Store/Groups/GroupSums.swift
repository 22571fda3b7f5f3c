/// Adds figures up by code and makes a table of them.
struct GroupSums {
  private struct Sum {
    /// By weight, and so no whole numbers where requests are thinned.
    var traces = 0.0
    var errors = 0.0
    /// Those that count once and are not among ``traces`` and ``errors`` yet.
    var ones: UInt64 = 0
    var failedOnes: UInt64 = 0
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

    /// The same of a trace that counts once. No branch depends on what it is: none can be foretold.
    @inline(__always)
    mutating func addOne(_ figure: UnsafePointer<TraceFigure>) {
      let own = unsafe figure.pointee.flags
      let failed: UInt64 = own & TraceFigure.hasFailed == 0 ? 0 : 1
      ones &+= 1
      failedOnes &+= failed
      flags |= own
      firstError = unsafe min(firstError, figure.pointee.start | (failed &- 1))
      let (sum, overflow) = unsafe tokens.addingReportingOverflow(figure.pointee.tokens)
      tokens = overflow ? .max : sum
      costUSD += unsafe figure.pointee.costUSD
    }

    /// Puts those that count once to the others.
    mutating func settle() {
      traces += Double(ones)
      errors += Double(failedOnes)
      (ones, failedOnes) = (0, 0)
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
  /// How many traces that count once each latency bucket has under each code; empty where codes are many.
  private var counts: [UInt32]
  /// The other traces under each of their codes, in the order they were added: the code above the bucket.
  private var pairs: [UInt32] = []
  /// The weights of those, from the first on that is not one; empty where all are one.
  private var weights: [Float] = []
  /// Whether some count more often than once, or less.
  private var isScaled = false

  /// More codes than these would need more counts than the processor has near.
  private static let mostCounted = 256

  init(codeCount: Int) {
    sums = [Sum](repeating: Sum(), count: codeCount)
    let isCounted = codeCount <= Self.mostCounted
    counts = [UInt32](
      repeating: 0, count: isCounted ? codeCount << Int(BucketQuantiles.bucketBits) : 0)
  }

  /// How many traces were added, and how many of them failed, as long as none was under several codes.
  var totals: (traces: Double, errors: Double) {
    sums.reduce((0, 0)) {
      ($0.0 + $1.traces + Double($1.ones), $0.1 + $1.errors + Double($1.failedOnes))
    }
  }

  mutating func add(_ figure: TraceFigure, under code: UInt32) {
    sums[Int(code)].add(figure)
    if figure.weight != 1 { isScaled = true }
    let pair = code << BucketQuantiles.bucketBits | UInt32(figure.bucket)
    if figure.weight == 1, !counts.isEmpty { return counts[Int(pair)] += 1 }
    pairs.append(pair)
    if figure.weight != 1 || !weights.isEmpty { note(figure.weight) }
  }

  private mutating func note(_ weight: Float) {
    let missing = pairs.count - 1 - weights.count
    if missing > 0 { weights.append(contentsOf: repeatElement(1, count: missing)) }
    weights.append(weight)
  }

  /// Adds traces of a chunk, those that a bit is set for. Whichever stands for others, or has another
  /// number of codes than one, is said.
  ///
  /// - Parameters:
  ///   - range: the only traces of the chunk to add.
  ///   - wanted: 64 traces, a bit each, by the number of the first divided by 64.
  @inline(__always)
  mutating func add(
    _ figures: ChunkFigures, _ range: Range<UInt64>, _ codes: TraceCodes,
    in wanted: (UInt64) -> UInt64, apart: (UInt64) -> Void
  ) {
    guard !range.isEmpty else { return }
    precondition(range.lowerBound >= max(figures.first, codes.base))
    precondition(range.upperBound <= figures.end)
    precondition(range.upperBound - codes.base <= UInt64(codes.single.count))
    let codeCount = sums.count
    unsafe sums.withUnsafeMutableBufferPointer { sums in
      unsafe counts.withUnsafeMutableBufferPointer { counts in
        unsafe codes.single.withUnsafeBufferPointer { single in
          for place in range.words {
            var word = wanted(place) & range.word(place)
            while word != 0 {
              let number = place << 6 + UInt64(word.trailingZeroBitCount)
              word &= word &- 1
              // Safe: within the range, which both have.
              let figure = unsafe figures.address(number)
              let flags = unsafe figure.pointee.flags
              if flags & TraceFigure.isUnit == 0 { continue }
              let code = unsafe single[Int(number - codes.base)]
              if unsafe Int(code) >= codeCount || flags & TraceFigure.isJoined != 0
                || figure.pointee.weight != 1
              {
                apart(number)
                continue
              }
              unsafe sums[Int(code)].addOne(figure)
              // Safe: a bucket's number has so many bits.
              let bucket = unsafe UInt32(figure.pointee.bucket) & BucketQuantiles.bucketMask
              let pair = code << BucketQuantiles.bucketBits | bucket
              if counts.isEmpty {
                pairs.append(pair)
                if !weights.isEmpty { weights.append(1) }
              } else {
                unsafe counts[Int(pair)] += 1
              }
            }
          }
        }
      }
    }
  }

  // MARK: - The table

  /// Puts rows, the others and what is not set into a table; at most `limit` rows of their own.
  mutating func finish(_ table: inout GroupTable, _ values: GroupValues, limit: Int) {
    for code in sums.indices { sums[code].settle() }
    var quantiles = BucketQuantiles(counts, pairs, weights: weights, codeCount: sums.count)
    table.isScaled = isScaled
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
