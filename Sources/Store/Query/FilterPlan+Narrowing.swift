/// Letting marks that wait look at the rows of the traces that the others left, and of no more.
extension FilterPlan {
  /// Where more than one in so many traces is left, all rows are looked at: walking along a trace costs
  /// about as many times what a row of a whole segment does.
  private static let fewestLeftOut: UInt64 = 16
  /// Fewer traces than these are walked along whatever their share.
  private static let few = 64

  /// What marks that wait have seen of history.
  struct LateSight {
    /// Segments whose rows they have not seen, but for those of ``traces``.
    var unseen: Set<UInt64> = []
    /// Traces all of whose rows they have seen.
    var traces = TraceBits()
    /// Traces with this number or a later one came after the first look: all marks see their rows.
    var newFrom = UInt64.max
    /// How many rows of each trace they saw because a mark that does not wait wanted them; nil where they
    /// do not look at those, and once rows were moved.
    var alongside: SeenSpans?

    func knows(_ number: UInt64) -> Bool {
      unseen.isEmpty || number >= newFrom || traces.contains(number)
    }

    /// As ``knows(_:)``, for a trace of the snapshot that is being looked at: where every span of a trace
    /// says its tenant, all its rows were seen with the tenant's.
    @inline(__always)
    mutating func learns(_ number: UInt64, _ snapshot: Snapshot) -> Bool {
      if knows(number) { return true }
      guard let alongside, alongside.isWhole(number, snapshot.chunks) else { return false }
      traces.insert(number)
      return true
    }
  }

  /// Says which traces are new from here on.
  mutating func begin(_ snapshot: Snapshot) {
    sight.newFrom = snapshot.chunks.end
    if order.hasLate, order.late.allSatisfy({ marks[$0].isAskedByRow }) {
      sight.alongside = SeenSpans(snapshot.chunks)
    }
  }

  /// Lets the marks that do not wait look at rows of history, and the others at the few that the first of
  /// them wanted: of most traces that is all there is to see.
  mutating func scanHistory(_ view: SegmentView, _ rows: Range<Int>, _ snapshot: Snapshot) {
    guard let first = order.early.first else { return scan(view, rows, snapshot) }
    let scan = scan(of: view, rows, snapshot)
    let wanted = marks[first].scan(scan, snapshot)
    for index in order.early.dropFirst() { marks[index].scan(scan, snapshot) }
    sight.unseen.insert(view.segment.identity)
    guard sight.alongside != nil, !wanted.traces.isEmpty, scan.areFew(wanted.rows) else { return }
    for index in order.late { marks[index].scan(scan, snapshot, within: wanted.rows) }
    sight.alongside?.count(wanted.traces, snapshot.chunks)
  }

  /// Says that all of history was looked at.
  mutating func endHistory() { sight.alongside = nil }

  /// Lets the marks that wait see what they must for the traces of a range to be asked about.
  ///
  /// `joined` are the traces whose requests are asked about as a whole.
  mutating func narrow(_ range: Range<UInt64>, joined: TraceBits, _ snapshot: Snapshot) {
    guard !sight.unseen.isEmpty, !range.isEmpty else { return }
    var left: [UInt64] = []
    let words = range.words
    let wanted = bound(.and(order.early.map { .mark($0) }), words, isUpper: true)
    for index in words {
      let asked = range.word(index)
      let together = asked & joined.word(index)
      let hits = wanted[Int(index - words.lowerBound)] & asked & ~together
      for number in Bits(hits & ~sight.traces.word(index), from: index << 6)
      where !sight.learns(number, snapshot) {
        left.append(number)
      }
      for number in Bits(together, from: index << 6) {
        let members = snapshot.members(of: number)
        guard members.min() == number, isPossible(members) else { continue }
        for member in members where !sight.learns(member, snapshot) { left.append(member) }
      }
    }
    let count = UInt64(range.count)
    if left.count > Self.few, UInt64(left.count) * Self.fewestLeftOut > count {
      return catchUp(snapshot)
    }
    look(at: left, snapshot)
  }

  /// The same for the traces of one request, or for one trace.
  mutating func narrow(_ members: [UInt64], _ snapshot: Snapshot) {
    guard !sight.unseen.isEmpty, !members.allSatisfy({ sight.knows($0) }), isPossible(members)
    else { return }
    look(at: members.filter { !sight.knows($0) }, snapshot)
  }

  /// Whether each mark that does not wait has hit one of the traces of a request.
  private func isPossible(_ members: [UInt64]) -> Bool {
    order.early.allSatisfy { index in members.contains { marks[index].hits.contains($0) } }
  }

  private mutating func look(at numbers: [UInt64], _ snapshot: Snapshot) {
    guard !numbers.isEmpty else { return }
    for piece in TraceRows(of: numbers, in: snapshot).pieces {
      let scan = scan(of: piece.view, piece.rows.rows, snapshot)
      for index in order.late { marks[index].scan(scan, snapshot, within: piece.rows) }
    }
    for number in numbers { sight.traces.insert(number) }
  }

  /// Lets the marks that wait see all that the others have.
  private mutating func catchUp(_ snapshot: Snapshot) {
    for view in snapshot.segments where sight.unseen.contains(view.segment.identity) {
      let scan = scan(of: view, 0..<view.count, snapshot)
      for index in order.late { marks[index].scan(scan, snapshot) }
    }
    sight.unseen = []
  }

  /// Rows of segments that are gone may stand in others now.
  mutating func noteLayout(_ snapshot: Snapshot, held: Set<UInt64>) {
    guard !sight.unseen.isSubset(of: held) else { return }
    // Their rows would be counted twice.
    sight.alongside = nil
    sight.unseen.formIntersection(held)
    for view in snapshot.sealed where view.segment.moved != nil {
      sight.unseen.insert(view.segment.identity)
    }
  }
}
