/// A rule by the name that a person knows it under, and where it stands.
public struct RuleLabel: Hashable, Sendable {
  /// As the file has it: `transformations hash user.email`, `header_prefixes x-acme-`.
  public var name: String
  /// The file and the line: `plugins/config.yaml:14`.
  public var source: String

  public init(name: String, source: String) {
    self.name = name
    self.source = source
  }
}

/// A rule and the spans that it changed.
public struct RuleUse: Equatable, Sendable {
  public var rule: RuleLabel
  public var spans: UInt64

  public init(rule: RuleLabel, spans: UInt64) {
    self.rule = rule
    self.spans = spans
  }
}
