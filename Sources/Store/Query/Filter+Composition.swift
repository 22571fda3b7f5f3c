extension Filter {
  /// This filter and the predicate: what the keys for "only this" and "not this" make.
  ///
  /// A predicate that is there already is not said twice, and one that says the opposite about the
  /// same value gives way.
  public func adding(_ predicate: Predicate) -> Filter {
    let parts: [Filter] = if case .and(let parts) = self { parts } else { [self] }
    let added = Filter.predicate(predicate)
    if parts.contains(added) { return self }
    let kept = parts.filter { $0 != .predicate(predicate.opposite) && $0 != added.negated }
    return Filter.all(of: kept + [added]) ?? added
  }

  /// As the method, for what may be no filter yet.
  public static func adding(_ predicate: Predicate, to filter: Filter?) -> Filter {
    filter?.adding(predicate) ?? .predicate(predicate)
  }

  /// Both filters, where they are.
  public static func joining(_ filters: [Filter?]) -> Filter? { all(of: filters.compactMap { $0 }) }

  /// Every predicate in it, left to right, those inside braces too.
  public var predicates: [Predicate] {
    switch self {
    case .predicate(let predicate): [predicate]
    case .text: []
    case .not(let inner): inner.predicates
    case .and(let parts), .or(let parts): parts.flatMap(\.predicates)
    case .spans(let set), .count(let set, _, _): set.predicates
    }
  }

  /// The attribute keys it asks for, each once, in order: what an unknown key is looked up in.
  public var attributeKeys: [String] {
    var keys: [String] = []
    for predicate in predicates {
      if case .attribute(let key, in: _) = predicate.field, !keys.contains(key) { keys.append(key) }
    }
    return keys
  }
}

extension Filter.SpanSet {
  fileprivate var predicates: [Filter.Predicate] {
    switch self {
    case .matching(let filter): filter?.predicates ?? []
    case .related(let left, _, let right): left.predicates + right.predicates
    }
  }
}

extension Filter.Predicate {
  /// "Only this value": the key is compared with the value's text.
  public static func only(_ key: String, _ value: AttributeValue) -> Filter.Predicate {
    Filter.Predicate(.attribute(key), .comparison(.equal, value.operand))
  }

  /// "Not this value".
  public static func not(_ key: String, _ value: AttributeValue) -> Filter.Predicate {
    Filter.Predicate(.attribute(key), .comparison(.notEqual, value.operand))
  }

  /// The predicate that holds where this one does not, if a comparison says it.
  fileprivate var opposite: Filter.Predicate {
    guard case .comparison(let comparison, let operand) = test else { return self }
    let opposite: Filter.Operator? =
      switch comparison {
      case .equal: .notEqual
      case .notEqual: .equal
      case .matches: .doesNotMatch
      case .doesNotMatch: .matches
      default: nil
      }
    return Filter.Predicate(field, opposite.map { .comparison($0, operand) } ?? test)
  }
}

extension AttributeValue {
  fileprivate var operand: Filter.Operand { Filter.Operand(Comparison.text(of: self)) }
}
