/// What a gateway did with a request, told in its own words: asked for, routed, filtered, answered.
///
/// Made from spans alone and in any order; what no span tells of is nil or empty. It costs a look at
/// every attribute of the trace a few times, so it is made for what is on screen, not for lists.
public struct RequestStory: Equatable, Sendable {
  public enum Gateway: String, CaseIterable, Sendable {
    case plano, contextForge = "contextforge", other
  }

  /// What was asked for where it was no model: a tool, a prompt, a resource, another agent.
  public struct Subject: Equatable, Sendable {
    public var role: Role
    public var name: String
    /// How it is reached, such as `REST`, `MCP` or `A2A`.
    public var form: String?
    /// How often it was tried, retries included.
    public var attempts = 1
    public var span: SpanID

    public init(role: Role, name: String, form: String? = nil, span: SpanID) {
      self.role = role
      self.name = name
      self.form = form
      self.span = span
    }
  }

  /// Which agents were to take part, and how long it took to say so.
  public struct Selection: Equatable, Sendable {
    public var listener: String?
    public var agents: [String]
    public var duration: Nanoseconds?
    public var span: SpanID

    public init(
      listener: String?, agents: [String], duration: Nanoseconds?, span: SpanID
    ) {
      self.listener = listener
      self.agents = agents
      self.duration = duration
      self.span = span
    }
  }

  /// An agent that took part, in order.
  public struct Agent: Equatable, Sendable {
    public var id: String
    public var duration: Nanoseconds
    public var span: SpanID

    public init(id: String, duration: Nanoseconds, span: SpanID) {
      self.id = id
      self.duration = duration
      self.span = span
    }
  }

  /// A failure that the client was not told of: the edge answered well, a span inside did not.
  public struct HiddenFailure: Equatable, Sendable {
    public var edgeStatus: Int
    public var span: SpanID
    public var status: Int?
    public var message: String?

    public init(edgeStatus: Int, span: SpanID, status: Int? = nil, message: String? = nil) {
      self.edgeStatus = edgeStatus
      self.span = span
      self.status = status
      self.message = message
    }
  }

  public var gateway: Gateway
  public var subject: Subject?
  /// Everything that was asked for, where one trace holds several requests; the first is ``subject``.
  public var subjects: [Subject] = []
  public var selection: Selection?
  public var agents: [Agent] = []
  /// The model as the client named it, the route, the model that answered, and who answered.
  public var modelAsked: String?
  public var strategy: String?
  public var route: String?
  public var model: String?
  public var provider: String?
  public var upstream: String?
  public var candidates: [String] = []
  /// The decision that led to ``model``; all of them are in ``decisions``.
  public var decision: RoutingDecision?
  public var decisions: [RoutingDecision] = []
  public var switchDecision: SwitchDecision?
  /// The call that the answer came from; all of them, in the order of their start, are in ``calls``.
  public var mainCall: ModelCall?
  public var calls: [ModelCall] = []
  public var filters: [FilterStep] = []
  /// Controls that ran and were not told of, because of a limit on how many are.
  public var filtersOmitted = 0
  public var denial: Denial?
  public var hiddenFailure: HiddenFailure?
  public var session: SessionFigures?
  /// What the spans say of tenant, user and the like, with all the values where they disagree.
  public var dimensions: [DimensionValues] = []
  /// Sums over all spans; nil where none says.
  public var tokensIn: UInt64?
  public var tokensOut: UInt64?
  public var costUSD: Double?
  public var timeToFirstToken: Nanoseconds?
  public var signals: [ConversationSignal] = []
  public var quality: String?

  /// A story of which nothing is told yet.
  public init(gateway: Gateway = .other) { self.gateway = gateway }

  /// What the spans say of a dimension; nil where none says anything.
  public func values(of dimension: Dimension) -> DimensionValues? {
    dimensions.first { $0.dimension == dimension }
  }

  /// Whether a filter chain, a route or a model is told of: whether there is a request line to show.
  public var isEmpty: Bool {
    subject == nil && calls.isEmpty && filters.isEmpty && decisions.isEmpty && agents.isEmpty
      && denial == nil
  }
}
