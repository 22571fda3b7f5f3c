import Ingest
import Store
import Support
import Testing

@testable import Configuration

/// Random rules over few keys, against the order of application written down as plainly as it can be.
@Suite("The order of ContextForge's rules")
struct CustomizerPropertyTests {
  private static let keys = ["a", "b", "c", "baggage.a", "baggage.c", "tool.name"]
  private static let tools = ["weather", "time", "other"]

  @Test("Rules act in the original's order whatever they are", arguments: 0..<200)
  func order(run: Int) throws {
    let seed = UInt64(run) &* 7_919 &+ 20_261_121
    var random = SplitMix64(seed: seed)
    let rules = Self.rules(&random)
    let name = Int.random(in: 0..<4, using: &random) == 0 ? "resource.read" : "tool.invoke"
    var span = Dictionary<String, String>.Ordered()
    for key in Self.keys.shuffled(using: &random).prefix(Int.random(in: 0...6, using: &random)) {
      let isTool = key == "tool.name"
      span[key] = isTool ? Self.tools.randomElement(using: &random) : Self.text(&random)
    }
    let record = RuledSpan.span(
      span.pairs.map { Attribute($0.key, .string($0.value)) }, name: name)
    let made = try RuledSpan(record, under: RuleBook([.customizer(rules)])).record.attributes
    let expected = Self.naive(rules, span, isResource: name == "resource.read")
    #expect(
      made == expected.pairs.map { Attribute($0.key, .string($0.value)) }, "seed \(seed)")
  }

  // MARK: - The order, in words of a dictionary

  private static func naive(
    _ rules: CustomizerRules, _ span: Dictionary<String, String>.Ordered, isResource: Bool
  ) -> Dictionary<String, String>.Ordered {
    var attributes = Dictionary<String, String>.Ordered()
    for (key, value) in span.pairs {
      guard key.hasPrefix("baggage.") else {
        attributes[key] = value
        continue
      }
      let bare = String(key.dropFirst(8))
      if let allowed = rules.baggage.allowed, !allowed.contains(bare) { continue }
      if rules.baggage.isPrefixed {
        attributes[key] = value
      } else if span[bare] == nil {
        attributes[bare] = value
      }
    }
    let tool = attributes["tool.name"]
    var custom = Dictionary<String, String>.Ordered()
    for addition in rules.globals { custom[addition.key] = addition.value.text }
    for override in rules.overrides where override.tool == tool {
      for addition in override.attributes { custom[addition.key] = addition.value.text }
    }
    for condition in rules.conditions where condition.when == tool.map({ .toolIs($0) }) {
      for addition in condition.additions { custom[addition.key] = addition.value.text }
    }
    for (key, value) in custom.pairs { attributes[key] = value }
    for rule in rules.transformations {
      guard let value = attributes[rule.field] else { continue }
      switch rule.operation {
      case .uppercase: attributes[rule.field] = value.uppercased()
      case .lowercase: attributes[rule.field] = value.lowercased()
      case .truncate(.codePoints(let count)): attributes[rule.field] = String(value.prefix(count))
      default: break
      }
    }
    var renamed = Dictionary<String, String>.Ordered()
    for (key, value) in attributes.pairs {
      renamed[rules.mapping.rules.first { $0.source == key }?.target ?? key] = value
    }
    guard tool != nil || !isResource else { return renamed }
    for removal in rules.removals { renamed[removal.key] = nil }
    for override in rules.overrides where override.tool == tool {
      for removal in override.removals { renamed[removal.key] = nil }
    }
    return renamed
  }

  // MARK: - Random rules

  private static func rules(_ random: inout SplitMix64) -> CustomizerRules {
    var rules = CustomizerRules()
    rules.globals = additions(&random)
    rules.overrides = tools.prefix(Int.random(in: 0...2, using: &random)).map { tool in
      CustomizerRules.ToolOverride(
        tool: tool, attributes: additions(&random), removals: removals(&random))
    }
    rules.conditions = (0..<Int.random(in: 0...3, using: &random)).map { _ in
      CustomizerRules.Condition(
        when: .toolIs(tools.randomElement(using: &random) ?? ""), additions: additions(&random))
    }
    rules.transformations = (0..<Int.random(in: 0...4, using: &random)).map { _ in
      let operations: [TextOperation] = [
        .uppercase, .lowercase, .truncate(.codePoints(Int.random(in: 0...3, using: &random))),
      ]
      return CustomizerRules.Transformation(
        field: key(&random), operation: operations.randomElement(using: &random) ?? .uppercase,
        label: label("t", &random))
    }
    let sources = keys.shuffled(using: &random).prefix(Int.random(in: 0...3, using: &random))
    rules.mapping = AttributeMapping(
      sources.map { AttributeMapping.Rule($0, key(&random), label: label("m", &random)) })
    rules.removals = removals(&random)
    if Bool.random(using: &random) {
      rules.baggage.allowed = Bool.random(using: &random) ? ["a"] : []
      rules.baggage.allowedLabel = RuleLabel(name: "allowed", source: "f:1")
    }
    if Bool.random(using: &random) {
      rules.baggage.isPrefixed = false
      rules.baggage.prefixLabel = RuleLabel(name: "prefix", source: "f:2")
    }
    return rules
  }

  private static func additions(_ random: inout SplitMix64) -> [CustomizerRules.Addition] {
    let keys = ["a", "b", "c"].shuffled(using: &random).prefix(
      Int.random(in: 0...3, using: &random))
    return keys.map {
      CustomizerRules.Addition($0, .string(text(&random)), label: label("a", &random))
    }
  }

  private static func removals(_ random: inout SplitMix64) -> [CustomizerRules.Removal] {
    (0..<Int.random(in: 0...2, using: &random)).map { _ in
      CustomizerRules.Removal(key(&random), label: label("r", &random))
    }
  }

  private static func key(_ random: inout SplitMix64) -> String {
    keys.randomElement(using: &random) ?? "a"
  }

  private static func text(_ random: inout SplitMix64) -> String {
    String((0..<4).map { _ in "abXY".randomElement(using: &random) ?? "a" })
  }

  private static func label(_ kind: String, _ random: inout SplitMix64) -> RuleLabel {
    RuleLabel(name: "\(kind) \(UInt32.random(in: 0 ... .max, using: &random))", source: "f:1")
  }
}

extension RuleValue {
  fileprivate var text: String { if case .string(let text) = self { text } else { "" } }
}

extension Dictionary where Key == String, Value == String {
  /// Python's dictionary: a key keeps the place where it was first put.
  struct Ordered {
    private(set) var pairs: [(key: String, value: String)] = []

    subscript(key: String) -> String? {
      get { pairs.first { $0.key == key }?.value }
      set {
        guard let newValue else { return pairs.removeAll { $0.key == key } }
        if let place = pairs.firstIndex(where: { $0.key == key }) {
          pairs[place].value = newValue
        } else {
          pairs.append((key, newValue))
        }
      }
    }
  }
}
