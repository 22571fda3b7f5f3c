/// What rows of a ``RouteTable`` are told apart by, and how one cell is named.

/// A route with the model asked for and the one that the request was sent for; nil where no span
/// says it.
public struct RouteKey: Hashable, Sendable {
  public var route: String?
  public var asked: String?
  public var model: String?
  /// Where the model's name does not begin with it.
  public var provider: String?
  /// Whether the router was asked and chose no route, so that the default model was used.
  public var isDefault = false
  /// Whether it stands for all rows that there was no room for.
  public var isOthers = false

  public init(
    route: String? = nil, asked: String? = nil, model: String? = nil, provider: String? = nil,
    isDefault: Bool = false
  ) {
    self.route = route
    self.asked = asked
    self.model = model
    self.provider = provider
    self.isDefault = isDefault
  }
}

/// A filter or plugin and where in the request it runs.
public struct StepKey: Hashable, Sendable {
  public var name: String
  /// `in`, `out`, or the plugin hook as the gateway calls it.
  public var hook: String
  public var isOthers = false

  public init(name: String, hook: String) {
    self.name = name
    self.hook = hook
  }

  /// Whether it looks at the answer.
  public var isOutput: Bool { hook == "out" || hook.contains("_post_") }
}

/// Who said no, with the code and the reason it gave.
public struct DenialKey: Hashable, Sendable {
  public var filter: String?
  public var code: String?
  public var reason: String?
  public var isOthers = false

  public init(filter: String? = nil, code: String? = nil, reason: String? = nil) {
    self.filter = filter
    self.code = code
    self.reason = reason
  }
}

/// A decision about a change of model: what was chosen and what it was chosen over.
public struct SwitchKey: Hashable, Sendable {
  public var isAllowed: Bool
  /// The model that answered.
  public var model: String?
  /// The route that a switch would have taken, or would have left.
  public var alternative: String?
  public var isOthers = false

  public init(isAllowed: Bool, model: String? = nil, alternative: String? = nil) {
    self.isAllowed = isAllowed
    self.model = model
    self.alternative = alternative
  }
}

extension RouteTable {
  /// A row by what it is about, whatever its figures and its place.
  public enum Row: Hashable, Sendable {
    case route(RouteKey)
    case step(StepKey)
    case denial(DenialKey)
    case change(SwitchKey)
  }

  /// Which of a row's requests are meant.
  public enum Part: Hashable, Sendable {
    case all, fallbacks, failed, allowed, modified, denied, errors
  }

  /// One figure of the table, and so the requests that it counts.
  public struct Cell: Hashable, Sendable {
    public var row: Row
    public var part: Part

    public init(_ row: Row, _ part: Part = .all) {
      self.row = row
      self.part = part
    }
  }
}

/// A key that can stand for all that there was no room for.
protocol RouteTableKey: Hashable, Sendable {
  static var others: Self { get }
}

extension RouteKey: RouteTableKey {
  static var others: RouteKey {
    var key = RouteKey()
    key.isOthers = true
    return key
  }
}

extension StepKey: RouteTableKey {
  static var others: StepKey {
    var key = StepKey(name: "", hook: "")
    key.isOthers = true
    return key
  }
}

extension DenialKey: RouteTableKey {
  static var others: DenialKey {
    var key = DenialKey()
    key.isOthers = true
    return key
  }
}

extension SwitchKey: RouteTableKey {
  static var others: SwitchKey {
    var key = SwitchKey(isAllowed: false)
    key.isOthers = true
    return key
  }
}
