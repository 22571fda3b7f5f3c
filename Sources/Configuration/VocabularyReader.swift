import Store

/// Reads what a person adds to the vocabulary: the words are those of Docs/Vocabulary.md.
enum VocabularyReader {
  static func read(_ node: ConfigNode) throws(ConfigurationError) -> VocabularyAdditions {
    var additions = VocabularyAdditions()
    for member in try node.members("vocabulary") {
      switch member.key {
      case "dimensions":
        for entry in try member.value.members(member.key) {
          let dimension = try word(
            entry, "dimension", Dimension.init(name:), Dimension.allCases.map(\.name))
          additions.dimensions[dimension] = try entry.value.strings(entry.key).map(\.text)
        }
      case "amounts":
        for entry in try member.value.members(member.key) {
          let measure = try word(
            entry, "amount", KeyMeaning.Measure.init(rawValue:),
            KeyMeaning.Measure.allCases.map(\.rawValue))
          additions.measures[measure] = try entry.value.strings(entry.key).map(\.text)
        }
      case "evidence":
        for entry in try member.value.members(member.key) {
          let clue = try word(
            entry, "kind of evidence", KeyMeaning.Clue.init(rawValue:),
            KeyMeaning.Clue.allCases.map(\.rawValue))
          additions.clues[clue] = try entry.value.strings(entry.key).map(\.text)
        }
      case "roles":
        for element in try member.value.elements(member.key) {
          additions.roles.append(try role(element))
        }
      case "events":
        for element in try member.value.elements(member.key) {
          additions.events.append(try event(element))
        }
      default:
        throw member.place.error(
          "\"\(member.key)\" is no part of the vocabulary; "
            + "there are dimensions, amounts, evidence, roles and events")
      }
    }
    return additions
  }

  /// What a key names; throws what there is instead.
  private static func word<Word>(
    _ entry: ConfigNode.Member, _ what: String, _ find: (String) -> Word?, _ known: [String]
  ) throws(ConfigurationError) -> Word {
    guard let word = find(entry.key) else {
      throw entry.place.error(
        "\"\(entry.key)\" is no \(what); there are \(known.joined(separator: ", "))")
    }
    return word
  }

  /// `{role: tool, name: "acme.tool.*"}`, or `service` or `operation` for `name`.
  private static func role(_ node: ConfigNode) throws(ConfigurationError) -> Vocabulary.RoleRule {
    var role: Role?
    var pattern: (source: Vocabulary.RoleRule.Source, text: String)?
    for member in try node.members("a role") {
      let text = try member.value.string(member.key)
      if member.key == "role" {
        role = Role(name: text)
        guard role != nil else {
          let known = Role.allCases.map(\.name).joined(separator: ", ")
          throw member.value.error("\"\(text)\" is no role; there are \(known)")
        }
      } else if let source = Vocabulary.RoleRule.Source(rawValue: member.key), pattern == nil {
        pattern = (source, text)
      } else {
        throw member.place.error("a role has role and one of service, name and operation")
      }
    }
    guard let role, let pattern else {
      throw node.error("a role has role and one of service, name and operation")
    }
    return Vocabulary.RoleRule(pattern.source, pattern.text, role)
  }

  /// `{name: "guard refused", evidence: filter_rejected}`.
  private static func event(_ node: ConfigNode) throws(ConfigurationError) -> Vocabulary.EventRule {
    var name: String?
    var evidence: Evidence?
    for member in try node.members("an event") {
      let text = try member.value.string(member.key)
      switch member.key {
      case "name": name = text
      case "evidence":
        evidence = Evidence.words.first { $0.name == text }?.evidence
        guard evidence != nil else {
          let known = Evidence.words.map(\.name).joined(separator: ", ")
          throw member.value.error("\"\(text)\" is no evidence; there are \(known)")
        }
      default: throw member.place.error("an event has name and evidence")
      }
    }
    guard let name, let evidence else { throw node.error("an event has name and evidence") }
    return Vocabulary.EventRule(name, evidence)
  }
}
