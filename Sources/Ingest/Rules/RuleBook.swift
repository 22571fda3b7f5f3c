internal import Synchronization

/// The rules that are on, in the order in which they are applied, and how often each acted.
///
/// Plano's come first, so that what they take from headers can be hashed, renamed and removed.
/// Immutable but for the counts; shared by all event loops, each of which has a ``SpanRuler`` of its own.
public final class RuleBook: Sendable {
  /// One set of rules, from one file.
  public enum Stage: Equatable, Sendable {
    case plano(PlanoRules)
    case customizer(CustomizerRules)
  }

  let stages: [Stage]
  /// The key of `hash`; nil where no rule needs one.
  let secret: RuleSecret?
  /// Every rule once, in the order of the files.
  public let labels: [RuleLabel]
  /// Guards how many spans each rule changed; touched once a request that a rule acted on.
  private let acted: Mutex<[UInt64]>

  /// `secret` must be there where a rule hashes: without it that rule does nothing.
  public init(_ stages: [Stage], secret: RuleSecret? = nil) {
    self.stages = stages.filter { $0.isPlano } + stages.filter { !$0.isPlano }
    self.secret = secret
    var labels: [RuleLabel] = []
    var known: Set<RuleLabel> = []
    for label in stages.flatMap(\.labels) where known.insert(label).inserted {
      labels.append(label)
    }
    self.labels = labels
    acted = Mutex([UInt64](repeating: 0, count: labels.count))
  }

  public var isEmpty: Bool { labels.isEmpty }

  /// How many spans each rule changed so far, in the order of ``labels``.
  public var counts: [UInt64] { acted.withLock { $0 } }

  /// Each rule with the spans that it changed so far.
  public var uses: [RuleUse] { zip(labels, counts).map { RuleUse(rule: $0, spans: $1) } }

  func add(_ spans: [UInt64]) {
    acted.withLock { counts in
      for (index, count) in spans.enumerated() { counts[index] += count }
    }
  }
}

extension RuleBook.Stage {
  fileprivate var isPlano: Bool {
    if case .plano = self { true } else { false }
  }

  fileprivate var labels: [RuleLabel] {
    switch self {
    case .plano(let rules): rules.prefixes.map(\.label) + rules.statics.map(\.label)
    case .customizer(let rules): rules.labels
    }
  }
}

extension CustomizerRules {
  fileprivate var labels: [RuleLabel] {
    var labels = [baggage.allowedLabel, baggage.prefixLabel].compactMap(\.self)
    labels += globals.map(\.label)
    for override in overrides {
      labels += override.attributes.map(\.label) + override.removals.map(\.label)
    }
    for condition in conditions { labels += condition.additions.map(\.label) }
    labels += transformations.map(\.label)
    labels += mapping.rules.map(\.label)
    return labels + removals.map(\.label)
  }
}
