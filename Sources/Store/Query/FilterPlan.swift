/// A filter made ready for columns: its predicates as leaves, each with the traces that satisfied it so far.
///
/// Over a trace a predicate holds once any span satisfies it, and spans only ever arrive, so a leaf
/// looks at each row once in its life. What belongs to the trace itself is asked anew.
struct FilterPlan {
  indirect enum Node {
    /// The span-level predicate or text search with this number; turned round where it is negated.
    case leaf(Int, isNegated: Bool)
    /// What the trace's own record answers.
    case trace(Filter.Predicate)
    case not(Node)
    case and([Node])
    case or([Node])
    /// What only span-by-span evaluation answers.
    case naive(Filter)
  }

  private(set) var root: Node?
  private(set) var leaves: [FilterLeaf] = []
  /// Whether an answer can change with time alone.
  private(set) var dependsOnTime = false
  private let vocabulary: Vocabulary

  init(_ filter: Filter?, vocabulary: Vocabulary = .standard) {
    self.vocabulary = vocabulary
    root = nil
    if let filter { root = node(filter) }
  }

  private mutating func node(_ filter: Filter) -> Node {
    switch filter {
    case .predicate(let predicate): return node(predicate, filter)
    case .text(let search): return leaf(FilterLeaf(.text(search)), isNegated: false)
    case .not(let inner): return .not(node(inner))
    case .and(let parts): return .and(parts.map { node($0) })
    case .or(let parts): return .or(parts.map { node($0) })
    case .spans, .count: return .naive(filter)
    }
  }

  private mutating func node(_ predicate: Filter.Predicate, _ filter: Filter) -> Node {
    if predicate.field == .intrinsic(.verdict) { dependsOnTime = true }
    switch predicate.field {
    case .intrinsic(.depth), .intrinsic(.eventName): return .naive(filter)
    case .attribute(_, in: .root), .attribute(_, in: .trace), .attribute(_, in: .event):
      return .naive(filter)
    case let field where field.level != .span: return .trace(predicate)
    case .attribute(let key, in: let place):
      return leaf(
        FilterLeaf(.attribute([key], place, predicate.test.positive)),
        isNegated: predicate.test.isNegated)
    case .dimension(let dimension):
      let aliases = dimension.vocabulary.flatMap { vocabulary.dimensions[$0] } ?? []
      return leaf(
        FilterLeaf(.dimension(aliases, predicate.test.positive)),
        isNegated: predicate.test.isNegated)
    case .intrinsic(let intrinsic):
      return leaf(
        FilterLeaf(.intrinsic(intrinsic, predicate.test.positive)),
        isNegated: predicate.test.isNegated)
    }
  }

  private mutating func leaf(_ leaf: FilterLeaf, isNegated: Bool) -> Node {
    leaves.append(leaf)
    return .leaf(leaves.count - 1, isNegated: isNegated)
  }

  // MARK: - Evaluating

  /// Lets every leaf look at rows that it has not seen.
  mutating func scan(_ view: SegmentView, _ rows: Range<Int>, _ snapshot: Snapshot) {
    for index in leaves.indices { leaves[index].scan(view, rows, snapshot) }
  }

  mutating func forget(below number: UInt64) {
    for index in leaves.indices { leaves[index].hits.forget(below: number) }
  }

  /// Whether the filter selects a trace all of whose rows were scanned.
  func matches(_ number: UInt64, _ record: TraceRecord, _ snapshot: Snapshot, now: UnixNanos)
    -> Bool
  {
    guard let root else { return true }
    return matches(root, number, record, snapshot, now)
  }

  private func matches(
    _ node: Node, _ number: UInt64, _ record: TraceRecord, _ snapshot: Snapshot, _ now: UnixNanos
  ) -> Bool {
    switch node {
    case .leaf(let index, let isNegated): leaves[index].hits.contains(number) != isNegated
    case .trace(let predicate):
      TraceTest.holds(predicate, record, number, snapshot, now: now)
    case .not(let inner): !matches(inner, number, record, snapshot, now)
    case .and(let parts): parts.allSatisfy { matches($0, number, record, snapshot, now) }
    case .or(let parts): parts.contains { matches($0, number, record, snapshot, now) }
    case .naive(let filter):
      snapshot.facts(of: TraceNumber(number), now: now, vocabulary: vocabulary).map {
        NaiveEvaluator($0).matches(filter)
      } ?? false
    }
  }
}

/// What a trace's own record answers to a predicate.
enum TraceTest {
  static func holds(
    _ predicate: Filter.Predicate, _ record: TraceRecord, _ number: UInt64, _ snapshot: Snapshot,
    now: UnixNanos
  ) -> Bool {
    value(predicate.field, predicate.test.positive, record, number, snapshot, now)
      != predicate.test.isNegated
  }

  private static func value(
    _ field: Filter.Field, _ test: Filter.Test, _ record: TraceRecord, _ number: UInt64,
    _ snapshot: Snapshot, _ now: UnixNanos
  ) -> Bool {
    let duration = UnixNanos(record.end).since(UnixNanos(record.start == .max ? 0 : record.start))
    switch field {
    case .intrinsic(let intrinsic):
      switch intrinsic {
      case .verdict: return test.matches(text: record.verdict(now: now.rawValue).name)
      case .error: return test.matches(boolean: record.errors > 0)
      case .traceDuration: return test.matches(duration: duration)
      case .spans: return test.matches(count: UInt64(record.spans))
      case .errors: return test.matches(count: UInt64(record.errors))
      case .trace: return test.matches(text: record.id.hex)
      case .rootName, .rootService:
        guard let summary = snapshot.summary(of: TraceNumber(number), now: now) else {
          return false
        }
        let text = intrinsic == .rootName ? summary.rootName : summary.rootService
        return test == .exists ? !text.isEmpty : test.matches(text: text)
      default: return false
      }
    case .dimension(let dimension):
      let hasTokens = (in: record.measured & 1 != 0, out: record.measured & 2 != 0)
      switch dimension {
      case .tokens:
        return record.measured & 16 != 0 && test.matches(count: record.tokens)
      case .tokensIn: return hasTokens.in && test.matches(count: record.tokensIn)
      case .tokensOut: return hasTokens.out && test.matches(count: record.tokensOut)
      case .cost: return record.measured & 4 != 0 && test.matches(double: record.costUSD)
      case .timeToFirstToken:
        return record.measured & 8 != 0
          && test.matches(duration: Nanoseconds(record.timeToFirstToken))
      default: return false
      }
    case .attribute: return false
    }
  }
}
