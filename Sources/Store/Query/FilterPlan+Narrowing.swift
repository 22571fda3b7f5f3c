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

    func knows(_ number: UInt64) -> Bool {
      unseen.isEmpty || number >= newFrom || traces.contains(number)
    }
  }

  /// Says which traces are new from here on.
  mutating func begin(_ snapshot: Snapshot) { sight.newFrom = snapshot.chunks.end }

  /// Lets the marks that do not wait look at rows of history.
  mutating func scanHistory(_ view: SegmentView, _ rows: Range<Int>, _ snapshot: Snapshot) {
    guard order.hasLate else { return scan(view, rows, snapshot) }
    let scan = scan(of: view, rows, snapshot)
    for index in order.early { marks[index].scan(scan, snapshot) }
    sight.unseen.insert(view.segment.identity)
  }

  /// Lets the marks that wait see what they must for the traces of a range to be asked about.
  ///
  /// `joined` are the traces whose requests are asked about as a whole.
  mutating func narrow(_ range: Range<UInt64>, joined: TraceBits, _ snapshot: Snapshot) {
    guard !sight.unseen.isEmpty, !range.isEmpty else { return }
    var left: [UInt64] = []
    for index in range.lowerBound >> 6...(range.upperBound - 1) >> 6 {
      var asked: UInt64 = .max
      if index == range.lowerBound >> 6 { asked &= .max << (range.lowerBound & 63) }
      if index == range.upperBound >> 6 { asked &= 1 << (range.upperBound & 63) - 1 }
      let together = asked & joined.word(index)
      let hits = order.early.reduce(asked & ~together) { $0 & marks[$1].hits.word(index) }
      left += Bits(hits & ~sight.traces.word(index), from: index << 6)
      for number in Bits(together, from: index << 6) {
        let members = snapshot.members(of: number)
        guard members.min() == number, isPossible(members) else { continue }
        left += members.filter { !sight.knows($0) }
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
    sight.unseen.formIntersection(held)
    for view in snapshot.sealed where view.segment.moved != nil {
      sight.unseen.insert(view.segment.identity)
    }
  }
}
