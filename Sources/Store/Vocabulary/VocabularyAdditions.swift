/// What a person adds to the vocabulary: other keys, services, names and events than gateways' own.
///
/// What is added goes before what is there, so it wins where both apply.
public struct VocabularyAdditions: Equatable, Sendable {
  public var dimensions: [Dimension: [String]]
  public var measures: [KeyMeaning.Measure: [String]]
  public var clues: [KeyMeaning.Clue: [String]]
  public var roles: [Vocabulary.RoleRule]
  public var events: [Vocabulary.EventRule]

  public init(
    dimensions: [Dimension: [String]] = [:], measures: [KeyMeaning.Measure: [String]] = [:],
    clues: [KeyMeaning.Clue: [String]] = [:], roles: [Vocabulary.RoleRule] = [],
    events: [Vocabulary.EventRule] = []
  ) {
    self.dimensions = dimensions
    self.measures = measures
    self.clues = clues
    self.roles = roles
    self.events = events
  }

  public var isEmpty: Bool { self == VocabularyAdditions() }
}

extension Vocabulary {
  /// This vocabulary with more in it. A key that is an alias already moves to where the addition has it.
  public func extended(by additions: VocabularyAdditions) -> Vocabulary {
    var extended = self
    for (dimension, keys) in additions.dimensions {
      extended.dimensions[dimension] = Self.first(keys, dimensions[dimension])
    }
    for (measure, keys) in additions.measures {
      // A key has one amount: the one it was given last.
      for other in extended.measures.keys {
        extended.measures[other]?.removeAll { keys.contains($0) }
      }
      extended.measures[measure] = Self.first(keys, extended.measures[measure])
    }
    for (clue, keys) in additions.clues {
      for other in extended.clues.keys { extended.clues[other]?.removeAll { keys.contains($0) } }
      extended.clues[clue] = Self.first(keys, extended.clues[clue])
    }
    extended.roles = additions.roles + roles
    extended.events = additions.events + events
    return extended
  }

  private static func first(_ keys: [String], _ known: [String]?) -> [String] {
    var seen: Set<String> = []
    return (keys + (known ?? [])).filter { seen.insert($0).inserted }
  }
}

extension Dimension {
  /// The word that a configuration and JSON use.
  public var name: String {
    // Written out: to ask the runtime for a case's name takes a collector's start as long as all else here.
    switch self {
    case .tenant: "tenant"
    case .user: "user"
    case .session: "session"
    case .request: "request"
    case .route: "route"
    case .modelAsked: "model_asked"
    case .model: "model"
    case .provider: "provider"
    case .environment: "environment"
    }
  }

  public init?(name: String) {
    guard let known = Dimension.allCases.first(where: { $0.name == name }) else { return nil }
    self = known
  }
}

extension Role {
  public init?(name: String) {
    guard let known = Role.allCases.first(where: { $0.name == name }) else { return nil }
    self = known
  }
}
