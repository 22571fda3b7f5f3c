/// What gateways write and what it means: which part a span plays, what a request has one of, what it
/// spends, and what is evidence of how it ended. A plain value; ``standard`` is the table.
public struct Vocabulary: Equatable, Sendable {
  /// Which part a span plays, by a word of it: exact, or with `*` for any run of characters.
  public struct RoleRule: Equatable, Sendable {
    /// What is looked at, in the order in which it is: what a span says it does goes before who it is.
    public enum Source: String, CaseIterable, Sendable {
      /// `gen_ai.operation.name`
      case operation
      /// `service.name` of its resource.
      case service
      /// Its name.
      case name
    }

    public var source: Source
    public var pattern: String
    public var role: Role

    public init(_ source: Source, _ pattern: String, _ role: Role) {
      self.source = source
      self.pattern = pattern
      self.role = role
    }

    static func operation(_ pattern: String, _ role: Role) -> RoleRule {
      RoleRule(.operation, pattern, role)
    }
    static func service(_ pattern: String, _ role: Role) -> RoleRule {
      RoleRule(.service, pattern, role)
    }
    static func name(_ pattern: String, _ role: Role) -> RoleRule {
      RoleRule(.name, pattern, role)
    }
  }

  /// What an event of this name is evidence of.
  public struct EventRule: Equatable, Sendable {
    public var name: String
    public var evidence: Evidence

    public init(_ name: String, _ evidence: Evidence) {
      self.name = name
      self.evidence = evidence
    }
  }

  /// In order; the first that fits decides.
  public var roles: [RoleRule]
  /// The aliases of each dimension, the first one first.
  public var dimensions: [Dimension: [String]]
  /// The keys of each amount and of each kind of evidence; those of an amount in order, too.
  public var measures: [KeyMeaning.Measure: [String]]
  public var clues: [KeyMeaning.Clue: [String]]
  public var events: [EventRule]

  init(
    roles: [RoleRule], dimensions: [Dimension: [String]],
    measures: [(KeyMeaning.Measure, [String])], clues: [(KeyMeaning.Clue, [String])],
    events: [EventRule]
  ) {
    self.roles = roles
    self.dimensions = dimensions
    self.measures = Dictionary(uniqueKeysWithValues: measures)
    self.clues = Dictionary(uniqueKeysWithValues: clues)
    self.events = events
  }

  /// The table turned round: what each key means.
  func meanings() -> [String: KeyMeaning] {
    var meanings: [String: KeyMeaning] = [:]
    for dimension in Dimension.allCases {
      for (rank, key) in (dimensions[dimension] ?? []).enumerated() {
        meanings[key, default: KeyMeaning()].add(
          KeyMeaning.Alias(dimension: dimension, rank: UInt8(clamping: min(rank, 254))))
      }
    }
    for measure in KeyMeaning.Measure.allCases {
      for (rank, key) in (measures[measure] ?? []).enumerated() {
        meanings[key, default: KeyMeaning()].measure = measure
        meanings[key, default: KeyMeaning()].measureRank = UInt8(clamping: min(rank, 254))
      }
    }
    for clue in KeyMeaning.Clue.allCases {
      for key in clues[clue] ?? [] { meanings[key, default: KeyMeaning()].clue = clue }
    }
    return meanings
  }
}
