public import Store

/// What a piece of text means; a theme alone decides the colours.
public enum StyleRole: UInt8, CaseIterable, Sendable {
  case text, dim, title, statusBar, live, held, selection, error, denied, warning, ok, unfinished,
    tenant, user, model, key, value, number, barInbound, barOrchestrate, barFilter, barRoute,
    barAgent, barLLM, barUpstream, barTool, barOther, barError, rule, prompt, promptError, match,
    helpKey, flag

  /// The role of a waterfall bar, by the part its span plays.
  public static func bar(for role: Role) -> StyleRole {
    switch role {
    case .inbound: .barInbound
    case .orchestrate: .barOrchestrate
    case .filter: .barFilter
    case .route: .barRoute
    case .agent: .barAgent
    case .llm: .barLLM
    case .upstream: .barUpstream
    case .tool: .barTool
    case .span, .prompt, .resource, .list, .health: .barOther
    }
  }
}

/// How a cell looks: a meaning, and emphasis on top of what the theme gives that meaning.
public struct Style: Equatable, Hashable, Sendable {
  public var role: StyleRole
  /// The emphasis, packed: a cell has little room.
  var emphasis: Emphasis

  init(role: StyleRole, emphasis: Emphasis) {
    self.role = role
    self.emphasis = emphasis
  }

  struct Emphasis: OptionSet, Hashable, Sendable {
    var rawValue: UInt8
    static let bold = Emphasis(rawValue: 1)
    static let dim = Emphasis(rawValue: 2)
    static let reverse = Emphasis(rawValue: 4)
    static let underline = Emphasis(rawValue: 8)
  }

  public init(
    _ role: StyleRole, isBold: Bool = false, isDim: Bool = false, isReverse: Bool = false,
    isUnderline: Bool = false
  ) {
    self.role = role
    emphasis = []
    self.isBold = isBold
    self.isDim = isDim
    self.isReverse = isReverse
    self.isUnderline = isUnderline
  }

  // MARK: - Emphasis

  public var isBold: Bool {
    get { emphasis.contains(.bold) }
    set { set(.bold, newValue) }
  }
  public var isDim: Bool {
    get { emphasis.contains(.dim) }
    set { set(.dim, newValue) }
  }
  public var isReverse: Bool {
    get { emphasis.contains(.reverse) }
    set { set(.reverse, newValue) }
  }
  public var isUnderline: Bool {
    get { emphasis.contains(.underline) }
    set { set(.underline, newValue) }
  }

  private mutating func set(_ one: Emphasis, _ isOn: Bool) {
    if isOn { emphasis.insert(one) } else { emphasis.remove(one) }
  }

  /// The same, bold.
  public var bold: Style { with(.bold) }
  /// The same, dimmed.
  public var dimmed: Style { with(.dim) }
  /// The same, foreground and background exchanged.
  public var reversed: Style { with(.reverse) }
  /// The same, underlined.
  public var underlined: Style { with(.underline) }

  private func with(_ one: Emphasis) -> Style {
    var style = self
    style.emphasis.insert(one)
    return style
  }
}

// MARK: - Plain styles

extension Style {
  public static let text = Style(.text)
  public static let dim = Style(.dim)
  public static let title = Style(.title)
  public static let statusBar = Style(.statusBar)
  public static let live = Style(.live)
  public static let held = Style(.held)
  public static let selection = Style(.selection)
  public static let error = Style(.error)
  public static let denied = Style(.denied)
  public static let warning = Style(.warning)
  public static let ok = Style(.ok)
  public static let unfinished = Style(.unfinished)
  public static let tenant = Style(.tenant)
  public static let user = Style(.user)
  public static let model = Style(.model)
  public static let key = Style(.key)
  public static let value = Style(.value)
  public static let number = Style(.number)
  public static let barError = Style(.barError)
  public static let rule = Style(.rule)
  public static let prompt = Style(.prompt)
  public static let promptError = Style(.promptError)
  public static let match = Style(.match)
  public static let helpKey = Style(.helpKey)
  public static let flag = Style(.flag)

  /// The style of a waterfall bar, by the part its span plays.
  public static func bar(for role: Role) -> Style { Style(.bar(for: role)) }
}
