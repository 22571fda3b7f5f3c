/// What gateways did with requests lately: where they were routed, what each filter said, who was
/// denied, and which changes of model were priced.
///
/// A plain value that ``RouteTableReader`` makes of the traces that a filter selects and that arrived
/// in a window. Rows come with the busiest first, steps in the order in which they run.
public struct RouteTable: Equatable, Sendable {
  public var window: RouteWindow
  /// Traces that the filter and the window select; no more than ``RouteTableReader/maximumTraces``.
  public var selected = 0
  /// How many of them were read, and so are in the figures.
  public var read = 0
  /// How many requests the figures tell of: more than were read where requests are thinned.
  public var requests = 0
  /// Whether requests stand for others that were thinned away: then all counts are estimates.
  public var isScaled = false
  /// Whether older traces of the window are not counted because there are too many.
  public var isCut = false
  /// Traces with errors, denials, or a client that went away, among those read.
  public var failed = 0
  /// Requests that name neither a model nor a route: tool calls, lists, health checks.
  public var withoutModel = 0
  public var routes: [Route] = []
  public var steps: [Step] = []
  public var denials: [Denial] = []
  public var switches: [Switch] = []
  /// All steps of a request together, half of the requests with any taking less.
  public var chainP50: Nanoseconds?
  /// The time of all steps as a share of the time of the requests that have any.
  public var chainShare: Double?
  /// The time of all route decisions as a share of the time of the requests that have any.
  public var decisionShare: Double?
  /// When a figure changes by itself, because a trace leaves the window; nil at rest.
  public var nextChange: UnixNanos?

  public init(window: RouteWindow) { self.window = window }

  /// Whether every trace selected is in the figures.
  public var isComplete: Bool { read == selected }
  /// Whether there is anything to show.
  public var isEmpty: Bool {
    routes.isEmpty && steps.isEmpty && denials.isEmpty && switches.isEmpty
  }
}

/// How far back a table looks, by when a trace's first span arrived.
public enum RouteWindow: UInt8, CaseIterable, Sendable {
  case minute, fiveMinutes, quarter, hour, all

  /// Nil for everything held.
  public var length: Nanoseconds? {
    switch self {
    case .minute: .seconds(60)
    case .fiveMinutes: .seconds(300)
    case .quarter: .seconds(900)
    case .hour: .seconds(3_600)
    case .all: nil
    }
  }

  /// As it is written on screen.
  public var name: String {
    switch self {
    case .minute: "1m"
    case .fiveMinutes: "5m"
    case .quarter: "15m"
    case .hour: "1h"
    case .all: "all"
    }
  }
}

extension RouteTable {
  /// One row of the matrix: requests that asked for the same and got the same.
  public struct Route: Equatable, Sendable {
    public var key: RouteKey
    public var requests = 0
    /// Half of the decisions took less; nil where none was timed.
    public var decisionP50: Nanoseconds?
    /// Requests that another model answered than the one they were first sent to.
    public var fallbacks = 0
    /// Requests with an error, a denial, or a client that went away.
    public var failed = 0
    /// The cost of the requests whose cost is known.
    public var costUSD = 0.0
    public var costed = 0

    public var errorRate: Double { requests > 0 ? Double(failed) / Double(requests) : 0 }
    public var costPerRequest: Double? { costed > 0 ? costUSD / Double(costed) : nil }

    public init(key: RouteKey) { self.key = key }
  }

  /// One filter or plugin at one place of the chain.
  public struct Step: Equatable, Sendable {
    public var key: StepKey
    /// Requests in which it ran.
    public var requests = 0
    /// How often it ran; an output filter runs once for each chunk of a stream.
    public var runs = 0
    public var allowed = 0
    public var modified = 0
    public var denied = 0
    public var errors = 0
    /// What told of it.
    public var kinds: StepKinds = []
    /// What it took of one request, all its runs together; nil where nothing says.
    public var p50: Nanoseconds?
    public var p99: Nanoseconds?
    /// Its time as a share of the time of the requests in which it ran.
    public var share: Double?

    public init(key: StepKey) { self.key = key }
  }

  /// What one filter said no to, for one reason.
  public struct Denial: Equatable, Sendable {
    public var key: DenialKey
    public var count = 0
    public var firstSeen = UnixNanos(0)
    public var lastSeen = UnixNanos(0)
    /// The newest, the newest first; no more than ``maximumExamples``.
    public var examples: [Example] = []

    /// As many as a wide screen shows.
    public static let maximumExamples = 6

    public init(key: DenialKey) { self.key = key }
  }

  /// One request that was denied.
  public struct Example: Equatable, Sendable {
    public var trace: TraceNumber
    public var time: UnixNanos
    public var tenant: String?
    public var user: String?
    /// What was asked for: a tool, a prompt, a model; else the root span's name.
    public var name: String

    public init(
      trace: TraceNumber, time: UnixNanos, tenant: String? = nil, user: String? = nil,
      name: String = ""
    ) {
      self.trace = trace
      self.time = time
      self.tenant = tenant
      self.user = user
      self.name = name
    }
  }

  /// Changes of model within a session that were priced, and what became of them.
  public struct Switch: Equatable, Sendable {
    public var key: SwitchKey
    public var count = 0
    public var sessions = 0
    /// The price of the switches that say one, together; may be below zero.
    public var costUSD = 0.0
    public var costed = 0
    /// The largest share of a session's cost that switching made up, as percent.
    public var overheadPercent: Double?
    /// The cost of the sessions so far, each counted once at its highest.
    public var sessionCostUSD: Double?

    public init(key: SwitchKey) { self.key = key }
  }
}
