/// What a standing filter selects at one moment.
public struct QueryResult: Sendable {
  /// The traces selected, those that a list shows first last: unless ``LiveQuery/sort`` says otherwise
  /// the one that started first first. Where traces are joined, the leading trace of each request.
  public var traces: [TraceNumber] = []
  /// All traces held, whatever the filter.
  public var tracesHeld = 0
  /// Those among them that another trace of their request stands for, where traces are joined.
  public var followersHeld = 0
  /// What is held, with the traces of one request counted once where they are joined.
  public var requestsHeld: Int { tracesHeld - followersHeld }
  /// How many of ``traces`` stand for more than one.
  public var joinedRows = 0
  /// Errors, denials and clients gone among ``traces``.
  public var failed = 0
  /// The same three where requests are thinned: estimates of all that came; nil where none is.
  public var scaled: ScaledCounts?
  /// Whether all history was looked at.
  public var isComplete = true
  /// Attribute keys of the filter that no span held has.
  public var unknownKeys: [String] = []
  /// Rates and latencies of the traces selected.
  public var traffic = Traffic()
  /// What was looked at since the query began, this time's included.
  public var work = QueryWork()

  public init() {}
}

/// Rates and latencies of traces that arrived lately; where traces are joined, of whole requests.
public struct Traffic: Equatable, Sendable {
  /// Whether requests are among them that stand for others, which were thinned away: then every figure
  /// is an estimate of all that came.
  public var isScaled = false
  /// Over the last ten seconds of arrivals.
  public var tracesPerSecond = 0.0
  public var spansPerSecond = 0.0
  /// Errors, denials and clients gone among the traces in the window.
  public var errorTraces = 0
  /// Traces that arrived in the last five minutes, the newest 100,000 at most.
  public var windowTraces = 0
  /// Quantiles of the durations in the window, at most 1.6 % off.
  public var p50: Nanoseconds?
  public var p95: Nanoseconds?
  public var p99: Nanoseconds?
  /// Traces per second in 60 buckets of two seconds, the oldest first.
  public var rateHistory = [Double](repeating: 0, count: 60)
  /// Durations in 24 buckets, each a factor of two: up to 1 ms, 2 ms, … and everything past 2^23 ms.
  public var latencyHistogram = [Int](repeating: 0, count: 24)
  /// When a figure or a verdict changes by itself, without news; nil at rest.
  public var nextChange: UnixNanos?

  public init() {}
}
