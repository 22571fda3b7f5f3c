import Support

@testable import Store

/// Groups by their meaning: every span whole, every duration sorted.
struct NaiveGroups {
  struct Sum {
    /// How many requests the traces stand for.
    var weight = 0.0
    var failedWeight = 0.0
    var traces: Int { Int(weight.rounded()) }
    var errors: Int { Int(failedWeight.rounded()) }
    var tokens: UInt64?
    var cost: Double?
    /// With their weights.
    var durations: [(nanoseconds: UInt64, weight: Double)] = []
    var firstError: UnixNanos?
  }

  private(set) var sums: [String: Sum] = [:]
  private(set) var notSet = Sum()
  /// Of all traces, under no value.
  private(set) var all = Sum()
  /// Whether any stands for others.
  var isScaled: Bool { all.durations.contains { $0.weight != 1 } }

  /// - Parameter units: the traces that stand for a request each, with all of its traces.
  init(
    _ key: GroupKey, _ units: [(lead: TraceNumber, members: [TraceNumber])], _ snapshot: Snapshot,
    now: UnixNanos, since: UnixNanos? = nil, isSelected: (TraceFacts) -> Bool = { _ in true }
  ) {
    for unit in units {
      guard let record = snapshot.requestRecord(unit.members.map(\.rawValue)),
        let facts = snapshot.facts(ofRequest: unit.members.map(\.rawValue), record, now: now),
        isSelected(facts)
      else { continue }
      let starts = facts.spans.map(\.record.start).filter { $0.rawValue > 0 }
      if let since {
        // Without a start it counts by when it arrived.
        let first = starts.min() ?? UnixNanos(record.firstTouched)
        let ends = facts.spans.filter { $0.record.start >= since }
        guard first >= since || (record.end >= since.rawValue && !ends.isEmpty) else { continue }
      }
      Self.add(facts.summary, starts.min(), record, to: &all)
      let values = Self.values(of: key, unit.members, facts, snapshot, now)
      if values.isEmpty { Self.add(facts.summary, starts.min(), record, to: &notSet) }
      for value in values {
        Self.add(facts.summary, starts.min(), record, to: &sums[value, default: Sum()])
      }
    }
  }

  private static func add(
    _ summary: TraceSummary, _ start: UnixNanos?, _ record: TraceRecord, to sum: inout Sum
  ) {
    let weight = record.countedAs
    sum.weight += weight
    sum.durations.append((summary.duration.rawValue, weight))
    if let tokens = summary.tokens {
      sum.tokens =
        (sum.tokens ?? 0) + (weight == 1 ? tokens : UInt64((Double(tokens) * weight).rounded()))
    }
    if let cost = summary.costUSD { sum.cost = (sum.cost ?? 0) + cost * weight }
    guard [.error, .denied, .clientGone].contains(summary.verdict) else { return }
    sum.failedWeight += weight
    let began = start ?? UnixNanos(record.firstTouched)
    sum.firstError = min(sum.firstError ?? began, began)
  }

  // MARK: - Quantiles

  /// The duration that a share of what the traces of a sum stand for did not take longer than.
  func quantile(_ share: Double, of sum: Sum) -> UInt64? {
    let total = sum.durations.reduce(0) { $0 + $1.weight }
    let wanted = isScaled ? total * share : max(1, (total * share).rounded(.up))
    var seen = 0.0
    let sorted = sum.durations.sorted { $0.nanoseconds < $1.nanoseconds }
    for duration in sorted {
      seen += duration.weight
      if seen >= wanted { return duration.nanoseconds }
    }
    return sorted.last?.nanoseconds
  }

  // MARK: - Values

  private static func values(
    of key: GroupKey, _ members: [TraceNumber], _ facts: TraceFacts, _ snapshot: Snapshot,
    _ now: UnixNanos
  ) -> Set<String> {
    let spans = facts.spans
    switch key.field {
    case .attribute(let name, in: .root):
      return Set(
        members.compactMap { member -> SpanRecord? in
          snapshot.traceRecord(member.rawValue).flatMap {
            $0.rootRow > 0 ? snapshot.record(of: SpanReference($0.rootRow - 1)) : nil
          }
        }.flatMap { texts(name, $0, .anywhere) })
    case .attribute(let name, in: let place):
      return Set(spans.flatMap { texts(name, $0.record, place) })
    case .intrinsic(let intrinsic):
      switch intrinsic {
      case .name: return Set(spans.map(\.record.name))
      case .service:
        return Set(
          spans.compactMap { span in
            span.record.resource.attributes.first { $0.key == "service.name" }.flatMap {
              if case .string(let text) = $0.value, !text.isEmpty { text } else { nil }
            }
          })
      case .kind: return Set(spans.map(\.record.kind.name))
      case .status: return Set(spans.map(\.record.statusCode.name))
      case .role: return Set(spans.map(\.role.name))
      case .scopeName: return Set(spans.map(\.record.scope.name).filter { !$0.isEmpty })
      case .verdict: return [facts.summary.verdict.name]
      case .error: return [facts.summary.errorCount > 0 ? "true" : "false"]
      case .rootName: return facts.summary.rootName.isEmpty ? [] : [facts.summary.rootName]
      case .rootService:
        return facts.summary.rootService.isEmpty ? [] : [facts.summary.rootService]
      default: return []
      }
    case .dimension(let dimension):
      guard let dimension = dimension.vocabulary else { return [] }
      for alias in Vocabulary.standard.dimensions[dimension] ?? [] {
        let found = Set(spans.flatMap { spoken($0.record, alias, dimension) })
        if !found.isEmpty { return found }
      }
      return []
    }
  }

  private static func texts(
    _ key: String, _ record: SpanRecord, _ place: Filter.Place
  ) -> [String] {
    var attributes: [Attribute] = []
    if place != .resource, place != .scope { attributes += record.attributes }
    if place != .span, place != .scope { attributes += record.resource.attributes }
    if place != .span, place != .resource { attributes += record.scope.attributes }
    return attributes.filter { $0.key == key }.map { Comparison.text(of: $0.value) }
  }

  /// What a span says of a dimension under an alias: one value, and all of its resource's.
  private static func spoken(
    _ record: SpanRecord, _ alias: String, _ dimension: Dimension
  ) -> [String] {
    func shown(_ attributes: [Attribute]) -> [String] {
      attributes.filter { $0.key == alias }.compactMap { attribute -> String? in
        switch attribute.value {
        case .string(let text): text
        case .int(let number): "\(number)"
        default: nil
        }
      }.filter { !$0.isEmpty && !Vocabulary.isPlaceholder($0, for: dimension) }
    }
    let ofSpan = shown(record.attributes)
    let one = dimension.speaksLast ? ofSpan.last : ofSpan.first
    return [one].compactMap(\.self) + shown(record.resource.attributes)
  }
}
