extension Filter {
  /// Whether columns do not answer it, so that every span of a trace has to be read whole: some hundred
  /// times as slow.
  public var needsWholeSpans: Bool {
    FilterPlan(self).root.map { FilterPlan.needsWholeSpans($0) } ?? false
  }
}

extension FilterPlan {
  fileprivate static func needsWholeSpans(_ node: Node) -> Bool {
    switch node {
    case .naive: true
    case .not(let inner): needsWholeSpans(inner)
    case .and(let parts), .or(let parts): parts.contains { needsWholeSpans($0) }
    default: false
    }
  }
}
