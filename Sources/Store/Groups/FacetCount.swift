/// One table of facets being made: what a ``FacetMatrix`` says of the traces that are selected.
struct FacetCount {
  /// The selected traces, or requests, that count alike.
  private struct Share {
    let weight: Double
    let hasFailed: Bool
    /// The places of those that stand alone.
    var places: [UInt32] = []
    /// The places of the leading traces of the others.
    var leads: [UInt32] = []
  }

  private let snapshot: Snapshot
  private let now: UnixNanos
  private let figures: TraceFigures
  private let matrix: FacetMatrix
  private var shares: [Share] = []
  /// What all of them count.
  private var weights = FacetCounts.Sum()
  /// By place: that of the next trace of the same request; zero for none. Empty where no traces are joined.
  private var next: [UInt32] = []
  /// By bit, and by weight.
  private var traces: [Double] = []
  private var errors: [Double] = []
  private var band = 0
  private var left: [FacetColumn] = []
  private var choice: FacetChoice?
  private(set) var table = FacetTable()

  init(
    _ figures: TraceFigures, _ matrix: FacetMatrix, _ snapshot: Snapshot,
    _ selection: GroupSelection, _ now: UnixNanos
  ) {
    self.snapshot = snapshot
    self.now = now
    self.figures = figures
    self.matrix = matrix
    take(selection)
    linkRequests()
  }

  // MARK: - Selected traces

  private mutating func take(_ selection: GroupSelection) {
    let (figures, matrix) = (figures, matrix)
    var shares: [Share] = []
    // Most stand alone and count once.
    var well: [UInt32] = []
    var failed: [UInt32] = []
    var shareOfKind: [UInt64: Int] = [:]
    var last = (kind: UInt64.max, share: 0)
    func take(_ number: UInt64, _ figure: TraceFigure) {
      guard figure.has(TraceFigure.isUnit) else { return }
      let hasFailed = figure.has(TraceFigure.hasFailed)
      let place = UInt32(truncatingIfNeeded: matrix.place(of: number))
      if figure.weight == 1, !figure.has(TraceFigure.isJoined) {
        if hasFailed { failed.append(place) } else { well.append(place) }
        return
      }
      let kind = UInt64(figure.weight.bitPattern) << 1 | (hasFailed ? 1 : 0)
      if kind != last.kind {
        last = (kind, shareOfKind[kind] ?? shares.count)
        if last.share == shares.count {
          shareOfKind[kind] = last.share
          shares.append(Share(weight: Double(figure.weight), hasFailed: hasFailed))
        }
      }
      if figure.has(TraceFigure.isJoined) {
        shares[last.share].leads.append(place)
      } else {
        shares[last.share].places.append(place)
      }
    }
    switch selection {
    case .all:
      figures.forEachChunk { chunk in
        for number in chunk.first..<min(chunk.end, figures.end) { take(number, chunk[number]) }
      }
    case .traces(let bits):
      bits.forEachReversed { number in
        take(number, figures[number])
        return true
      }
    }
    shares.append(Share(weight: 1, hasFailed: false, places: well))
    shares.append(Share(weight: 1, hasFailed: true, places: failed))
    for share in shares {
      let weight = share.weight * Double(share.places.count + share.leads.count)
      weights.traces += weight
      if share.hasFailed { weights.errors += weight }
    }
    self.shares = shares
    table.traces = weights.roundedTraces
    table.errors = weights.roundedErrors
  }

  private mutating func linkRequests() {
    guard shares.contains(where: { !$0.leads.isEmpty }) else { return }
    next = [UInt32](repeating: 0, count: matrix.placeCount)
    for (follower, lead) in figures.leads {
      let (place, before) = (matrix.place(of: follower), matrix.place(of: lead))
      guard place > 0, before > 0 else { continue }
      next[place] = next[before]
      next[before] = UInt32(truncatingIfNeeded: place)
    }
  }

  // MARK: - Steps

  /// Reads a segment or counts a part; false when all is done.
  mutating func step() -> Bool {
    guard table.traces > 0 else { return false }
    if matrix.readRecords(figures, snapshot, now) || matrix.lookBack(snapshot) { return true }
    if choice == nil {
      choice = FacetChoice(weights)
      left = matrix.columns.filter { !$0.isGivenUp }
      traces = [Double](repeating: 0, count: matrix.bands.count * 64)
      errors = traces
    } else if band < matrix.bands.count {
      count(matrix.bands[band])
      band += 1
    } else if let column = left.popLast() {
      choose(column)
    } else {
      finish()
      return false
    }
    return true
  }

  private mutating func count(_ band: BitBand) {
    for share in shares {
      var words = band.words(at: share.places)
      for lead in share.leads {
        var word: UInt64 = 0
        forEachMember(lead) { word |= band[$0] }
        words.append(word)
      }
      for (bit, count) in BitCounts(words).counts.enumerated() {
        traces[self.band << 6 + bit] += share.weight * Double(count)
        if share.hasFailed { errors[self.band << 6 + bit] += share.weight * Double(count) }
      }
    }
  }

  @inline(__always)
  private func forEachMember(_ lead: UInt32, _ body: (Int) -> Void) {
    var place = Int(lead)
    while place > 0 {
      body(place)
      place = Int(next[place])
    }
  }

  private mutating func choose(_ column: FacetColumn) {
    var counts = FacetCounts(codes: column.values.codeCount)
    if let codes = column.codes {
      for share in shares { add(share, codes, &counts) }
    } else if let any = column.bits.first {
      counts.having = FacetCounts.Sum(traces: traces[any], errors: errors[any])
      for code in 2..<column.bits.count {
        let bit = column.bits[code]
        counts.sums[code] = FacetCounts.Sum(traces: traces[bit], errors: errors[bit])
      }
    }
    let isKnown = !column.isOfRows || column.field == .intrinsic(.service)
    choice?.take(column.field, counts, column.values, isKnown: isKnown)
  }

  private func add(_ share: Share, _ codes: TraceCodes, _ counts: inout FacetCounts) {
    let one = FacetCounts.Sum(traces: share.weight, errors: share.hasFailed ? share.weight : 0)
    for place in share.places {
      var hasAny = false
      codes.forEach(of: matrix.number(at: Int(place))) { code in
        counts.sums[Int(code)].add(one)
        hasAny = code != GroupValues.none
      }
      if hasAny { counts.having.add(one) }
    }
    var met: Set<UInt32> = []
    for lead in share.leads {
      met.removeAll(keepingCapacity: true)
      forEachMember(lead) { place in codes.forEach(of: matrix.number(at: place)) { met.insert($0) }
      }
      met.remove(GroupValues.none)
      for code in met { counts.sums[Int(code)].add(one) }
      if !met.isEmpty { counts.having.add(one) }
    }
  }

  private mutating func finish() {
    table.facets = choice?.facets ?? []
    table.rowsScanned = UInt64(matrix.takeLooked())
    table.nextChange = matrix.unsettled.values.min().map { UnixNanos($0) }
  }
}

/// How many traces have each value of a key, by code and by weight.
struct FacetCounts {
  struct Sum {
    var traces = 0.0
    var errors = 0.0

    var roundedTraces: Int { Int(traces.rounded()) }
    var roundedErrors: Int { Int(errors.rounded()) }

    @inline(__always)
    mutating func add(_ other: Sum) {
      traces += other.traces
      errors += other.errors
    }
  }

  var sums: [Sum]
  /// Traces that have any value.
  var having = Sum()

  init(codes: Int) { sums = [Sum](repeating: Sum(), count: codes) }
}
