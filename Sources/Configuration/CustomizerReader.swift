import Ingest

/// Reads the settings of SpanAttributeCustomizer within the limits of its own schema (1.0.8): what the
/// plugin would refuse to start with is refused here.
struct CustomizerReader {
  /// The plugin's limits: how many there may be of each, and how long texts may be in code points.
  private enum Limit {
    static let globals = 100
    static let overrides = 200
    static let transformations = 50
    static let conditions = 50
    static let mappings = 100
    static let baggageKeys = 100
    static let key = 255
    static let value = 4_096
  }

  static let settings = [
    "global_attributes", "tool_overrides", "transformations", "conditions", "remove_attributes",
    "attribute_mapping", "allowed_baggage_span_attributes", "emit_baggage_prefixed_attributes",
  ]

  private var rules = CustomizerRules()

  /// `refusingUnknown` for tracetop's own file; the plugin passes over what it does not know.
  static func read(
    _ node: ConfigNode, refusingUnknown: Bool
  ) throws(ConfigurationError) -> CustomizerRules {
    var reader = CustomizerReader()
    for member in try node.members("the configuration") {
      let isKnown = try reader.take(member)
      if !isKnown, refusingUnknown {
        throw member.place.error(
          "\"\(member.key)\" is no setting here; there are \(settings.joined(separator: ", "))")
      }
    }
    return reader.rules
  }

  /// Whether the setting is one.
  private mutating func take(_ member: ConfigNode.Member) throws(ConfigurationError) -> Bool {
    let value = member.value
    switch member.key {
    case "global_attributes":
      let members = try Self.members(value, member.key, atMost: Limit.globals)
      for entry in members { try Self.checkLengths(entry) }
      rules.globals = try Self.additions(members) { "global_attributes \($0)" }
    case "tool_overrides":
      for entry in try Self.members(value, member.key, atMost: Limit.overrides) {
        rules.overrides.append(try Self.override(entry))
      }
    case "transformations":
      for element in try Self.elements(value, member.key, atMost: Limit.transformations) {
        rules.transformations.append(try Self.transformation(element))
      }
    case "conditions":
      for element in try Self.elements(value, member.key, atMost: Limit.conditions) {
        rules.conditions.append(try Self.condition(element))
      }
    case "remove_attributes":
      rules.removals = try Self.removals(value, member.key) { "remove_attributes \($0)" }
    case "attribute_mapping":
      var mapping: [AttributeMapping.Rule] = []
      for entry in try Self.members(value, member.key, atMost: Limit.mappings) {
        let target = try entry.value.string("the new name of \"\(entry.key)\"")
        let label = RuleLabel(
          name: "attribute_mapping \(entry.key) -> \(target)", source: entry.place.source)
        mapping.append(AttributeMapping.Rule(entry.key, target, label: label))
      }
      rules.mapping = AttributeMapping(mapping)
    case "allowed_baggage_span_attributes": try takeBaggageKeys(member)
    case "emit_baggage_prefixed_attributes":
      rules.baggage.isPrefixed = try value.boolean(member.key)
      rules.baggage.prefixLabel =
        rules.baggage.isPrefixed
        ? nil
        : RuleLabel(name: "\(member.key) false", source: member.place.source)
    default: return false
    }
    return true
  }

  private mutating func takeBaggageKeys(_ member: ConfigNode.Member) throws(ConfigurationError) {
    guard !member.value.isNull else { return }
    var allowed: Set<String> = []
    for element in try Self.elements(member.value, member.key, atMost: Limit.baggageKeys) {
      let text = try element.string("a key of baggage")
      let key = Self.stripped(text)
      guard !key.isEmpty, key.unicodeScalars.count <= Limit.key else {
        throw element.error("a key of baggage has 1 to \(Limit.key) characters")
      }
      allowed.insert(key)
    }
    rules.baggage.allowed = allowed
    rules.baggage.allowedLabel = RuleLabel(name: member.key, source: member.place.source)
  }

  private static func stripped(_ text: String) -> String {
    var scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
    while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
    return String(scalars)
  }

  // MARK: - Parts

  private static func override(
    _ entry: ConfigNode.Member
  ) throws(ConfigurationError) -> CustomizerRules.ToolOverride {
    var override = CustomizerRules.ToolOverride(tool: entry.key)
    for member in try entry.value.members("the override of tool \"\(entry.key)\"")
    where !member.value.isNull {
      switch member.key {
      case "attributes":
        override.attributes = try additions(member.value.members(member.key)) {
          "tool_overrides \(entry.key) attributes \($0)"
        }
      case "remove_attributes":
        override.removals = try removals(member.value, member.key) {
          "tool_overrides \(entry.key) remove_attributes \($0)"
        }
      default: break
      }
    }
    return override
  }

  private static func transformation(
    _ node: ConfigNode
  ) throws(ConfigurationError) -> CustomizerRules.Transformation {
    let members = try node.members("a transformation")
    let field = try required("field", of: members, in: node)
    let name = try required("operation", of: members, in: node)
    var length = TextOperation.Length.codePoints(TextOperation.standardLength)
    if let params = members.first(where: { $0.key == "params" })?.value, !params.isNull {
      for member in try params.members("params") where member.key == "max_length" {
        length = Self.length(member.value)
      }
    }
    let operation: TextOperation =
      switch name {
      case "hash": .hash
      case "uppercase": .uppercase
      case "lowercase": .lowercase
      case "truncate": .truncate(length)
      default: .unknown(name)
      }
    let label = RuleLabel(name: "transformations \(name) \(field)", source: node.source)
    return CustomizerRules.Transformation(field: field, operation: operation, label: label)
  }

  /// What Python makes of a slice's end.
  private static func length(_ node: ConfigNode) -> TextOperation.Length {
    switch node.scalar {
    case .null: .whole
    case .integer(let number): .codePoints(Int(number))
    case .hugeInteger(let isNegative): .codePoints(isNegative ? -Int.max : .max)
    case .boolean(let isTrue): .codePoints(isTrue ? 1 : 0)
    case .double, .string, .other, nil: .invalid
    }
  }

  private static func condition(
    _ node: ConfigNode
  ) throws(ConfigurationError) -> CustomizerRules.Condition {
    let members = try node.members("a condition")
    let when = try required("when", of: members, in: node)
    guard let add = members.first(where: { $0.key == "add" }) else {
      throw node.error("a condition needs \"add\"")
    }
    let additions = try additions(add.value.members("add")) { "conditions \(when) add \($0)" }
    return CustomizerRules.Condition(when: ToolCondition(when), additions: additions)
  }

  private static func required(
    _ key: String, of members: [ConfigNode.Member], in node: ConfigNode
  ) throws(ConfigurationError) -> String {
    guard let member = members.first(where: { $0.key == key }) else {
      throw node.error("\"\(key)\" is missing here")
    }
    return try member.value.string(key)
  }

  // MARK: - Lists

  private static func additions(
    _ members: [ConfigNode.Member], named name: (String) -> String
  ) throws(ConfigurationError) -> [CustomizerRules.Addition] {
    var additions: [CustomizerRules.Addition] = []
    for member in members {
      let label = RuleLabel(name: name(member.key), source: member.place.source)
      additions.append(
        CustomizerRules.Addition(member.key, try value(of: member), label: label))
    }
    return additions
  }

  private static func value(of member: ConfigNode.Member) throws(ConfigurationError) -> RuleValue {
    switch member.value.scalar {
    case .string(let text): return .string(text)
    case .integer(let number): return .integer(number)
    case .double(let number): return .double(number)
    case .boolean(let isTrue): return .boolean(isTrue)
    default:
      throw member.value.error(
        "attribute \"\(member.key)\" must be text, a number, true or false, "
          + "found \(member.value.kind)")
    }
  }

  private static func checkLengths(_ member: ConfigNode.Member) throws(ConfigurationError) {
    guard member.key.unicodeScalars.count <= Limit.key else {
      throw member.place.error("an attribute's name has at most \(Limit.key) characters")
    }
    if case .string(let text)? = member.value.scalar, text.unicodeScalars.count > Limit.value {
      throw member.value.error(
        "the text of \"\(member.key)\" has more than \(Limit.value) characters")
    }
  }

  private static func removals(
    _ node: ConfigNode, _ what: String, named name: (String) -> String
  ) throws(ConfigurationError) -> [CustomizerRules.Removal] {
    try node.strings(what).map { text, place in
      CustomizerRules.Removal(text, label: RuleLabel(name: name(text), source: place.source))
    }
  }

  private static func members(
    _ node: ConfigNode, _ what: String, atMost limit: Int
  ) throws(ConfigurationError) -> [ConfigNode.Member] {
    let members = try node.members(what)
    guard members.count <= limit else {
      throw node.error("\(what) has \(members.count) members; there may be \(limit)")
    }
    return members
  }

  private static func elements(
    _ node: ConfigNode, _ what: String, atMost limit: Int
  ) throws(ConfigurationError) -> [ConfigNode] {
    let elements = try node.elements(what)
    guard elements.count <= limit else {
      throw node.error("\(what) has \(elements.count) entries; there may be \(limit)")
    }
    return elements
  }
}
