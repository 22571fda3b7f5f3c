/// A vocabulary's rules about words (services, names, operations, events) made ready for spans on
/// their way in. Immutable; one for each batch.
final class VocabularyWords: Sendable {
  private struct Rule: Sendable {
    var pattern: TextPattern
    var role: Role
  }

  private let services: [Rule]
  private let operations: [Rule]
  /// The rules for names that begin with each byte, in order; those for any byte are in all of them.
  private let names: [[Rule]]
  private let events: [(name: [UInt8], evidence: Evidence)]
  /// Bit n is set where an event's name of n bytes means something (the last bit for all longer ones).
  private let eventLengths: UInt64

  init(_ vocabulary: Vocabulary) {
    func rules(_ source: Vocabulary.RoleRule.Source) -> [Rule] {
      vocabulary.roles.filter { $0.source == source }
        .map { Rule(pattern: TextPattern($0.pattern), role: $0.role) }
    }
    services = rules(.service)
    operations = rules(.operation)
    var names = [[Rule]](repeating: [], count: 256)
    for rule in rules(.name) {
      let first = rule.pattern.firstByte.map { [Int($0)] } ?? Array(names.indices)
      for byte in first { names[byte].append(rule) }
    }
    self.names = names
    var seen: Set<String> = []
    events = vocabulary.events.filter { seen.insert($0.name).inserted }
      .map { (Array($0.name.utf8), $0.evidence) }
    eventLengths = events.reduce(0) { $0 | 1 << UInt64(min($1.name.count, 63)) }
  }

  // MARK: - Roles

  func role(ofService service: WireBytes) -> Role? { Self.role(of: service, by: services) }

  func role(ofOperation operation: WireBytes) -> Role? { Self.role(of: operation, by: operations) }

  func role(ofName name: WireBytes) -> Role? {
    guard !name.isEmpty else { return nil }
    return Self.role(of: name, by: names[Int(name[0])])
  }

  private static func role(of text: WireBytes, by rules: [Rule]) -> Role? {
    // By place: a loop over the rules themselves counts references to them, for every span.
    for place in rules.indices where rules[place].pattern.matches(text) { return rules[place].role }
    return nil
  }

  /// The role of a span that no word gives away.
  static func role(ofKind kind: Int32, isLocalRoot: Bool, isModelCall: Bool) -> Role {
    switch kind {
    case SpanKind.server.rawValue where isLocalRoot: .inbound
    case SpanKind.client.rawValue: isModelCall ? .llm : .upstream
    default: .span
    }
  }

  // MARK: - Evidence

  /// What an event's name alone says.
  func evidence(ofEvent name: WireBytes) -> Evidence {
    guard eventLengths >> UInt64(min(name.count, 63)) & 1 != 0 else { return [] }
    for event in events where event.name.count == name.count {
      if event.name.indices.allSatisfy({ event.name[$0] == name[$0] }) { return event.evidence }
    }
    return []
  }
}
