public import Ingest

/// What tracetop reads from Plano's configuration: the `tracing` section, and nothing else of it.
public struct PlanoConfiguration: Equatable, Sendable {
  public var rules = PlanoRules()
  /// The percentage of traces that Plano keeps; nil where the file does not say.
  public var randomSampling: Int?

  /// Reads the file's text; `file` is its name in messages.
  public init(_ text: String, file: String) throws(ConfigurationError) {
    guard let root = try ConfigNode(text, file: file), !root.isNull else { return }
    for member in try root.members("Plano's configuration") where member.key == "tracing" {
      guard !member.value.isNull else { continue }
      try read(tracing: member.value)
    }
  }

  /// Members as Plano's own schema has them; it refuses others, too.
  private mutating func read(tracing: ConfigNode) throws(ConfigurationError) {
    for member in try tracing.members("tracing") {
      switch member.key {
      case "random_sampling": randomSampling = try Self.percentage(member.value)
      case "span_attributes": rules = try PlanoRules(member.value, what: "span_attributes")
      case "trace_arch_internal": _ = try member.value.boolean("trace_arch_internal")
      case "opentracing_grpc_endpoint": _ = try member.value.string("opentracing_grpc_endpoint")
      default:
        throw member.place.error(
          "\"\(member.key)\" is no setting of tracing; Plano refuses it, too")
      }
    }
  }

  private static func percentage(_ node: ConfigNode) throws(ConfigurationError) -> Int {
    guard case .integer(let number)? = node.scalar else {
      throw node.error(
        "expected random_sampling to be a whole number from 0 to 100, found \(node.kind)")
    }
    guard (0...100).contains(number) else {
      throw node.error("random_sampling is \(number); Plano starts with 0 to 100 only")
    }
    return Int(number)
  }
}

extension PlanoRules {
  /// Reads `header_prefixes` and `static`.
  init(_ node: ConfigNode, what: String) throws(ConfigurationError) {
    self.init()
    for member in try node.members(what) {
      switch member.key {
      case "header_prefixes":
        for (text, place) in try member.value.strings("header_prefixes") {
          prefixes.append(
            Prefix(text, label: RuleLabel(name: "header_prefixes \(text)", source: place.source)))
        }
      case "static":
        for entry in try member.value.members("static") {
          let value = try entry.value.string("the value of static attribute \"\(entry.key)\"")
          let label = RuleLabel(name: "static \(entry.key)", source: entry.place.source)
          statics.append(Static(key: entry.key, value: value, label: label))
        }
      default:
        throw member.place.error(
          "\"\(member.key)\" is no setting of \(what), which has header_prefixes and static")
      }
    }
  }
}
