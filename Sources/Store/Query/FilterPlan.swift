/// A filter made ready for columns.
///
/// Three kinds of question, by what can answer them:
/// - A span by itself, whatever else arrives: a ``RowMark`` looks at each row once in its life and
///   notes the traces that have a row it wants.
/// - A trace's own record: asked anew whenever the trace changes.
/// - How spans stand to each other, how many there are, how deep: walked span by span, but only in the
///   traces whose rows can satisfy it, and over the marks' bits, never over whole spans.
struct FilterPlan {
  indirect enum Node {
    /// Whether the trace has a row of a mark.
    case mark(Int)
    /// What the trace's own record answers.
    case trace(Filter.Predicate)
    /// Whether so many spans are in a set (nil: any).
    case set(SetNode, count: (Filter.Operator, UInt64)?)
    case not(Node)
    case and([Node])
    case or([Node])
  }

  /// Spans of one trace.
  indirect enum SetNode {
    case matching(SpanNode)
    case related(SetNode, Filter.Relation, SetNode)
  }

  /// What braces ask of a span that its row alone does not answer.
  indirect enum SpanNode {
    case mark(Int)
    case depth(Filter.Test)
    /// What the trace answers, the same for each of its spans.
    case constant(Node)
    case not(SpanNode)
    case and([SpanNode])
    case or([SpanNode])
  }

  let root: Node?
  var marks: [RowMark] = []
  /// Whether an answer can change with time alone.
  let dependsOnTime: Bool
  /// Which marks look at all of history, and what the others have seen of it.
  let order: MarkOrder
  var sight = LateSight()
  /// Counts what is looked at.
  private let meter: QueryMeter

  init(
    _ filter: Filter?, vocabulary: Vocabulary = .standard, meter: QueryMeter = QueryMeter()
  ) {
    self.meter = meter
    var builder = FilterPlanBuilder(vocabulary: vocabulary)
    root = filter.map { builder.node($0) }
    marks = builder.marks
    dependsOnTime = builder.dependsOnTime
    order = MarkOrder(root, marks)
  }

  // MARK: - Looking at rows

  /// Lets every mark look at rows that it has not seen.
  mutating func scan(_ view: SegmentView, _ rows: Range<Int>, _ snapshot: Snapshot) {
    let scan = scan(of: view, rows, snapshot)
    for index in marks.indices { marks[index].scan(scan, snapshot) }
  }

  func scan(of view: SegmentView, _ rows: Range<Int>, _ snapshot: Snapshot) -> RowScan {
    RowScan(view: view, rows: rows, isWhole: view.isWhole(in: snapshot), meter: meter)
  }

  /// Lets the marks that keep rows look at segments whose rows came from others that were looked at.
  mutating func scanMoved(_ snapshot: Snapshot) {
    for view in snapshot.sealed where view.segment.moved != nil {
      let scan = RowScan(view: view, rows: 0..<view.count, isWhole: true, meter: meter)
      for index in marks.indices where marks[index].needsRows(of: view.segment.identity) {
        marks[index].scan(scan, snapshot)
      }
    }
  }

  mutating func forget(segmentsBut held: Set<UInt64>) {
    for index in marks.indices { marks[index].forget(segmentsBut: held) }
  }

  mutating func forget(tracesBelow number: UInt64) {
    for index in marks.indices { marks[index].forget(tracesBelow: number) }
    sight.traces.forget(below: number)
  }

  // MARK: - Traces that can be meant

  /// Whether the marks alone decide, so that ``candidates(_:)`` are the answer.
  var isDecidedByMarks: Bool { root.map { FilterPlan.isDecidedByMarks($0) } ?? true }

  private static func isDecidedByMarks(_ node: Node) -> Bool {
    switch node {
    case .mark: true
    case .trace, .set: false
    case .not(let inner): isDecidedByMarks(inner)
    case .and(let parts), .or(let parts): parts.allSatisfy { isDecidedByMarks($0) }
    }
  }

  /// Of traces whose rows were all seen, those that the filter may select: a bit each, the trace numbers
  /// divided by 64 being `words`.
  func candidates(_ words: Range<UInt64>) -> [UInt64] {
    root.map { bound($0, words, isUpper: true) } ?? [UInt64](repeating: .max, count: words.count)
  }

  /// The traces for which a node may hold (or, where not `isUpper`, certainly holds).
  func bound(_ node: Node, _ words: Range<UInt64>, isUpper: Bool) -> [UInt64] {
    switch node {
    case .mark(let index): return marks[index].hits.words(words)
    case .trace: return [UInt64](repeating: isUpper ? .max : 0, count: words.count)
    case .set(let set, let count):
      guard isUpper else { return [UInt64](repeating: 0, count: words.count) }
      return words.map { bound(set, count, $0) }
    case .not(let inner): return bound(inner, words, isUpper: !isUpper).map { ~$0 }
    case .and(let parts): return bound(parts, words, isUpper: isUpper, from: .max, &=)
    case .or(let parts): return bound(parts, words, isUpper: isUpper, from: 0, |=)
    }
  }

  /// The bounds of several nodes, each joined to what those before it give; `first` is what none gives.
  @inline(__always)
  private func bound(
    _ nodes: [Node], _ words: Range<UInt64>, isUpper: Bool, from first: UInt64,
    _ join: (inout UInt64, UInt64) -> Void
  ) -> [UInt64] {
    var result = [UInt64](repeating: first, count: words.count)
    for node in nodes {
      let other = bound(node, words, isUpper: isUpper)
      for index in result.indices { join(&result[index], other[index]) }
    }
    return result
  }

  private func bound(
    _ set: SetNode, _ count: (Filter.Operator, UInt64)?, _ word: UInt64
  ) -> UInt64 {
    // No span at all may satisfy a count.
    if let (comparison, number) = count, comparison.holds(0, number) { return .max }
    return spansBound(set, word)
  }

  /// The traces that may have a span of a set.
  func spansBound(_ set: SetNode, _ word: UInt64) -> UInt64 {
    switch set {
    case .matching(let node): bound(node, word)
    case .related(let left, _, let right): spansBound(left, word) & spansBound(right, word)
    }
  }

  /// The traces that may have a span for which a node holds.
  private func bound(_ node: SpanNode, _ word: UInt64) -> UInt64 {
    switch node {
    case .mark(let index): marks[index].hits.word(word)
    case .depth, .not: .max
    case .constant(let inner): bound(inner, word..<word + 1, isUpper: true)[0]
    case .and(let parts): parts.reduce(.max) { $0 & bound($1, word) }
    case .or(let parts): parts.reduce(0) { $0 | bound($1, word) }
    }
  }
}
