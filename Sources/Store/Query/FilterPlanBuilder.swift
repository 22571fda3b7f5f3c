/// Turns a filter into the nodes and marks of a plan.
struct FilterPlanBuilder {
  let vocabulary: Vocabulary
  private(set) var marks: [RowMark] = []
  private(set) var dependsOnTime = false

  init(vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  // MARK: - Over the trace

  mutating func node(_ filter: Filter) -> FilterPlan.Node {
    switch filter {
    case .predicate(let predicate): return node(predicate)
    case .text(let search): return .mark(mark(RowFilter(.text(search))))
    case .not(let inner): return .not(node(inner))
    case .and(let parts): return .and(parts.map { node($0) })
    case .or(let parts): return .or(parts.map { node($0) })
    case .spans(let set):
      // What the trace answers is the same for all its spans: it need not be asked of each.
      var constants: [FilterPlan.Node] = []
      let stripped = strip(set, &constants)
      return constants.isEmpty ? any(stripped) : .and(constants + [any(stripped)])
    case .count(.matching(nil), let comparison, let number):
      let test = Filter.Test.comparison(comparison, Filter.Operand("\(number)"))
      return .trace(Filter.Predicate(.intrinsic(.spans), test))
    case .count(let set, let comparison, let number):
      return .set(setNode(set), count: (comparison, number))
    }
  }

  private mutating func any(_ set: Filter.SpanSet) -> FilterPlan.Node {
    if case .matching(let filter) = set {
      // Every trace that is held has a span.
      guard let filter else { return .and([]) }
      if let rows = RowFilter(filter, vocabulary) { return .mark(mark(rows)) }
    }
    return .set(setNode(set), count: nil)
  }

  /// Takes out of braces the conditions at their top that only the trace answers.
  private mutating func strip(
    _ set: Filter.SpanSet, _ constants: inout [FilterPlan.Node]
  ) -> Filter.SpanSet {
    switch set {
    case .related(let left, let relation, let right):
      return .related(strip(left, &constants), relation, strip(right, &constants))
    case .matching(nil): return set
    case .matching(let filter?):
      let parts: [Filter] = if case .and(let parts) = filter { parts } else { [filter] }
      var kept: [Filter] = []
      for part in parts {
        if isConstant(part) { constants.append(node(part)) } else { kept.append(part) }
      }
      return .matching(Filter.all(of: kept))
    }
  }

  /// Whether all spans of a trace answer the same.
  private func isConstant(_ filter: Filter) -> Bool {
    switch filter {
    case .predicate(let predicate): predicate.field.level == .trace
    case .text, .spans, .count: false
    case .not(let inner): isConstant(inner)
    case .and(let parts), .or(let parts): parts.allSatisfy { isConstant($0) }
    }
  }

  private mutating func node(_ predicate: Filter.Predicate) -> FilterPlan.Node {
    if predicate.field == .intrinsic(.verdict) { dependsOnTime = true }
    let positive = predicate.test.positive
    let node: FilterPlan.Node
    switch predicate.field {
    case .intrinsic(.depth):
      let test = Filter.Predicate(predicate.field, positive)
      node = .set(.matching(spanNode(.predicate(test), keepsRows: true)), count: nil)
    case .attribute(let key, in: .trace):
      node = .mark(mark(RowFilter(.attribute(key, .anywhere, positive))))
    case .attribute(let key, in: .root):
      node = .mark(mark(RowFilter(all: [.isRoot, .attribute(key, .anywhere, positive)])))
    case let field where field.level != .span: return .trace(predicate)
    default:
      guard let question = RowQuestion(predicate, test: positive, vocabulary) else {
        return .trace(predicate)
      }
      node = .mark(mark(RowFilter(question)))
    }
    return predicate.test.isNegated ? .not(node) : node
  }

  private mutating func mark(_ filter: RowFilter, keepsRows: Bool = false) -> Int {
    marks.append(RowMark(filter, keepsRows: keepsRows))
    return marks.count - 1
  }

  // MARK: - Over spans

  private mutating func setNode(_ set: Filter.SpanSet) -> FilterPlan.SetNode {
    switch set {
    case .matching(nil): .matching(.and([]))
    case .matching(let filter?): .matching(spanNode(filter, keepsRows: true))
    case .related(let left, let relation, let right):
      .related(setNode(left), relation, setNode(right))
    }
  }

  private mutating func spanNode(_ filter: Filter, keepsRows: Bool) -> FilterPlan.SpanNode {
    if isConstant(filter) { return .constant(node(filter)) }
    if let rows = RowFilter(filter, vocabulary) { return .mark(mark(rows, keepsRows: keepsRows)) }
    switch filter {
    case .predicate(let predicate): return .depth(predicate.test)
    case .not(let inner): return .not(spanNode(inner, keepsRows: keepsRows))
    case .and(let parts):
      return .and(grouped(parts).map { spanNode($0, keepsRows: keepsRows) })
    case .or(let parts): return .or(parts.map { spanNode($0, keepsRows: keepsRows) })
    // Never asked of a row: these were marks above, and braces do not stand in braces.
    case .text, .spans, .count: return .or([])
    }
  }

  /// The parts of a conjunction, those that rows answer joined into one.
  private func grouped(_ parts: [Filter]) -> [Filter] {
    let rows = parts.filter { RowFilter($0, vocabulary) != nil }
    let others = parts.filter { RowFilter($0, vocabulary) == nil }
    return (Filter.all(of: rows).map { [$0] } ?? []) + others
  }
}
