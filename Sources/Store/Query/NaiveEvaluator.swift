/// What a trace is to a filter: its spans with what the vocabulary says of each, and its summary.
public struct TraceFacts: Equatable, Sendable {
  public var summary: TraceSummary
  public var spans: [SpanFacts]

  public init(summary: TraceSummary, spans: [SpanFacts]) {
    self.summary = summary
    self.spans = spans
  }
}

/// One span with what the vocabulary says of it.
public struct SpanFacts: Equatable, Sendable {
  public var record: SpanRecord
  public var role: Role
  /// As `SpanRow.hasError`.
  public var hasError: Bool
  /// All values of each dimension that the span has.
  public var dimensions: [Dimension: [String]]
  public var tokens: UInt64?
  public var tokensIn: UInt64?
  public var tokensOut: UInt64?
  public var costUSD: Double?
  public var timeToFirstToken: Nanoseconds?

  public init(
    record: SpanRecord, role: Role = .span, hasError: Bool = false,
    dimensions: [Dimension: [String]] = [:], tokens: UInt64? = nil, tokensIn: UInt64? = nil,
    tokensOut: UInt64? = nil, costUSD: Double? = nil, timeToFirstToken: Nanoseconds? = nil
  ) {
    self.record = record
    self.role = role
    self.hasError = hasError
    self.dimensions = dimensions
    self.tokens = tokens
    self.tokensIn = tokensIn
    self.tokensOut = tokensOut
    self.costUSD = costUSD
    self.timeToFirstToken = timeToFirstToken
  }
}

/// Answers a filter for one trace straight from the language's meaning, span by span.
///
/// It is what fast evaluation is tested against, so it has no index and no shortcut. Time is the
/// number of spans times the size of the filter, and for relations times the depth of the trace.
public struct NaiveEvaluator: Sendable {
  let facts: TraceFacts
  let family: SpanFamily

  public init(_ facts: TraceFacts) {
    self.facts = facts
    family = SpanFamily(facts.spans.map(\.record))
  }

  /// Whether the filter selects the trace; nil selects every trace.
  public func matches(_ filter: Filter?) -> Bool {
    guard let filter else { return true }
    return switch filter {
    case .predicate(let predicate): matches(predicate)
    case .text(let search): facts.spans.contains { NaiveEvaluator.finds(search, in: $0.record) }
    case .not(let inner): !matches(inner)
    case .and(let parts): parts.allSatisfy { matches($0) }
    case .or(let parts): parts.contains { matches($0) }
    case .spans(let set): !spans(in: set).isEmpty
    case .count(let set, let comparison, let number):
      comparison.holds(UInt64(spans(in: set).count), number)
    }
  }

  // MARK: - Over the trace

  /// Any span, or the trace itself, satisfies the positive test; the negation turns that round.
  private func matches(_ predicate: Filter.Predicate) -> Bool {
    let found =
      predicate.field.level == .span
      ? facts.spans.indices.flatMap { values(of: predicate.field, ofSpan: $0) }
      : values(of: predicate.field)
    return found.contains { $0.satisfies(predicate.test.positive) } != predicate.test.isNegated
  }

  // MARK: - Over one span

  private func matches(_ filter: Filter, span: Int) -> Bool {
    switch filter {
    case .predicate(let predicate):
      predicate.field.level == .trace
        ? matches(predicate)
        : values(of: predicate.field, ofSpan: span).contains { $0.satisfies(predicate.test) }
    case .text(let search): NaiveEvaluator.finds(search, in: facts.spans[span].record)
    case .not(let inner): !matches(inner, span: span)
    case .and(let parts): parts.allSatisfy { matches($0, span: span) }
    case .or(let parts): parts.contains { matches($0, span: span) }
    case .spans, .count: false
    }
  }

  /// The spans of a set, as indices, in order.
  private func spans(in set: Filter.SpanSet) -> [Int] {
    switch set {
    case .matching(let filter):
      return facts.spans.indices.filter { span in filter.map { matches($0, span: span) } ?? true }
    case .related(let left, let relation, let right):
      let left = Set(spans(in: left))
      return spans(in: right).filter { span in
        family.spans(that: relation, of: span).contains { left.contains($0) }
      }
    }
  }

  /// The name, the service and every attribute value of the span, its resource and its scope.
  private static func finds(_ search: TextSearch, in record: SpanRecord) -> Bool {
    search.matches(record.name) || search.matches(record.resource.serviceName ?? "")
      || record.attributesAnywhere.contains { search.matches(Comparison.text(of: $0.value)) }
  }
}
