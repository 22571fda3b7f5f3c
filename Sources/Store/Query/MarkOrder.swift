/// Which marks of a plan look at all rows, and which wait until those have left few traces.
///
/// Of `tenant.id=x { role=llm dur>200ms }` the tenant is looked for everywhere, which an index answers;
/// the braces only among the rows of the traces that have it.
struct MarkOrder {
  /// Marks of which each must have hit a trace for the filter to select it. Empty where nothing waits.
  private(set) var early: [Int] = []
  /// The others.
  private(set) var late: [Int] = []
  private var isLate: [Bool]

  init(_ root: FilterPlan.Node?, _ marks: [RowMark]) {
    isLate = [Bool](repeating: false, count: marks.count)
    guard let root else { return }
    let required = MarkOrder.required(root)
    // The quickest to answer, as far as the question tells.
    guard let best = required.map({ marks[$0].rank }).min(), best < RowMark.slowRank else { return }
    let first = required.filter { marks[$0].rank == best }
    let others = marks.indices.filter { !first.contains($0) }
    guard !others.isEmpty else { return }
    (early, late) = (first, others)
    for index in late { isLate[index] = true }
  }

  var hasLate: Bool { !late.isEmpty }

  func waits(_ mark: Int) -> Bool { isLate[mark] }

  /// The marks that stand side by side at the top.
  private static func required(_ node: FilterPlan.Node) -> [Int] {
    switch node {
    case .mark(let index): [index]
    case .and(let parts): parts.flatMap { required($0) }
    case .trace, .set, .not, .or: []
    }
  }
}
