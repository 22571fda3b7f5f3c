/// Who is whose parent among the spans of one trace, whatever is missing, repeated or in a circle.
struct SpanFamily: Sendable {
  /// The index of each span's parent; nil for a root, an orphan, and its own parent.
  let parents: [Int?]
  private let parentIDs: [SpanID]

  init(_ records: [SpanRecord]) {
    var indices: [SpanID: Int] = [:]
    for (index, record) in records.enumerated() where indices[record.spanID] == nil {
      indices[record.spanID] = index
    }
    parentIDs = records.map(\.parentSpanID)
    parents = records.enumerated().map { index, record in
      let parent = record.parentSpanID.isNone ? nil : indices[record.parentSpanID]
      return parent == index ? nil : parent
    }
  }

  /// The ancestors that have arrived, nearest first; in a circle each other member once.
  func ancestors(of span: Int) -> [Int] {
    var ancestors: [Int] = []
    var visited: Set<Int> = [span]
    var next = parents[span]
    while let parent = next, visited.insert(parent).inserted {
      ancestors.append(parent)
      next = parents[parent]
    }
    return ancestors
  }

  /// How many ancestors have arrived. Where they run into a circle, its members count as roots.
  func depth(of span: Int) -> Int {
    var steps: [Int: Int] = [span: 0]
    var current = span
    while let parent = parents[current] {
      // Met again: the circle begins `met` steps away from the span.
      if let met = steps[parent] { return met }
      steps[parent] = steps.count
      current = parent
    }
    return steps.count - 1
  }

  /// The spans whose relation to `span` is that `span` is their descendant, child, ….
  func spans(that relation: Filter.Relation, of span: Int) -> [Int] {
    switch relation {
    case .descendant: ancestors(of: span)
    case .child: parents[span].map { [$0] } ?? []
    case .sibling:
      parents.indices.filter { other in
        other != span && !parentIDs[span].isNone && parentIDs[other] == parentIDs[span]
      }
    case .ancestor: parents.indices.filter { $0 != span && ancestors(of: $0).contains(span) }
    case .parent: parents.indices.filter { parents[$0] == span }
    }
  }
}
