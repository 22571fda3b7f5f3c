/// The configuration of ContextForge's plugin SpanAttributeCustomizer, as version 1.0.8 understands it.
public struct CustomizerRules: Equatable, Sendable {
  /// An attribute that is added, with the rule that adds it.
  public struct Addition: Equatable, Sendable {
    public var key: String
    public var value: RuleValue
    public var label: RuleLabel

    public init(_ key: String, _ value: RuleValue, label: RuleLabel) {
      self.key = key
      self.value = value
      self.label = label
    }
  }

  /// What holds for one tool alone; its name is compared exactly.
  public struct ToolOverride: Equatable, Sendable {
    public var tool: String
    public var attributes: [Addition] = []
    public var removals: [Removal] = []

    public init(tool: String, attributes: [Addition] = [], removals: [Removal] = []) {
      self.tool = tool
      self.attributes = attributes
      self.removals = removals
    }
  }

  public struct Condition: Equatable, Sendable {
    public var when: ToolCondition
    public var additions: [Addition]

    public init(when: ToolCondition, additions: [Addition]) {
      self.when = when
      self.additions = additions
    }
  }

  public struct Transformation: Equatable, Sendable {
    public var field: String
    public var operation: TextOperation
    public var label: RuleLabel

    public init(field: String, operation: TextOperation, label: RuleLabel) {
      self.field = field
      self.operation = operation
      self.label = label
    }
  }

  public struct Removal: Equatable, Sendable {
    public var key: String
    public var label: RuleLabel

    public init(_ key: String, label: RuleLabel) {
      self.key = key
      self.label = label
    }
  }

  /// What of the baggage may become attributes.
  public struct Baggage: Equatable, Sendable {
    /// nil allows every key, an empty set none.
    public var allowed: Set<String>?
    /// Whether attributes are called `baggage.KEY`, and not `KEY`.
    public var isPrefixed = true
    /// The labels of the two settings, for what they take away and what they rename.
    public var allowedLabel: RuleLabel?
    public var prefixLabel: RuleLabel?

    public init() {}
  }

  public var globals: [Addition] = []
  public var overrides: [ToolOverride] = []
  public var conditions: [Condition] = []
  public var transformations: [Transformation] = []
  public var mapping = AttributeMapping()
  public var removals: [Removal] = []
  public var baggage = Baggage()

  public init() {}

  public var isEmpty: Bool { self == CustomizerRules() }

  /// Whether a transformation needs the secret key, and where the first of them stands.
  public var firstHash: RuleLabel? { transformations.first { $0.operation == .hash }?.label }
}
