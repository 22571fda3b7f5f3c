/// Traces grouped by the values of a key: who is affected.
///
/// A trace with several values counts under each of them, so rows may add up to more than there are
/// traces. Where traces are joined, a request counts once.
public struct GroupTable: Equatable, Sendable {
  /// One group.
  public struct Row: Equatable, Sendable {
    /// Nil where the key is not set, and for the rest of all values.
    public var value: String?
    public var traces = 0
    /// Errors, denials, and clients gone.
    public var errors = 0
    /// Quantiles of the durations, at most ``GroupTable/quantileError`` off.
    public var p50: Nanoseconds?
    public var p95: Nanoseconds?
    public var p99: Nanoseconds?
    /// Nil where no trace says any.
    public var tokens: UInt64?
    public var costUSD: Double?
    /// When the first trace that failed began.
    public var firstError: UnixNanos?

    public var errorRate: Double { traces > 0 ? Double(errors) / Double(traces) : 0 }

    public init(value: String? = nil) { self.value = value }
  }

  /// How far off a quantile may be, as a share of it.
  public static var quantileError: Double { LatencyHistogram.quantileError }

  /// As it is typed.
  public var key = ""
  /// The groups: those with most errors first, then those with most traces.
  public var rows: [Row] = []
  /// Traces that do not have the key; nil where all have it.
  public var notSet: Row?
  /// All values that have no row of their own, as one; nil where all have one.
  public var others: Row?
  /// How many values there are, those of ``others`` with them.
  public var values = 0
  /// Whether there are more values than were told apart: `values` says the least.
  public var isAtLeast = false
  /// The traces that were grouped.
  public var traces = 0
  public var errors = 0
  /// Whether requests are thinned, so that figures are scaled up from those that were kept.
  public var isScaled = false
  /// Whether all history was looked at.
  public var isComplete = true
  /// How many rows were looked at since the table was first asked for: each once.
  public var rowsScanned: UInt64 = 0
  /// When a figure changes by itself, without news; nil at rest.
  public var nextChange: UnixNanos?

  public init() {}
}
