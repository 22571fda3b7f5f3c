/// What is kept of what arrives, and what goes first when the memory is used up.
public struct RetentionPolicy: Equatable, Sendable {
  /// The share of unremarkable requests that is kept, by trace id; nil keeps all.
  public var sampling: Double?
  /// What counts as slow.
  public var slowness = Slowness.ofName

  /// Evidence and pins stay longer than what arrived with them, within this share of the budget: the
  /// other half is left to what is new, however much goes wrong.
  public static let evidenceShare = 0.5
  /// Evidence and pins are let go when so many traces came after them, or four times as many as are
  /// held: readers keep tables over the numbers of all traces since the oldest.
  static let longestSpan: UInt64 = 1 << 22
  /// The largest part of the budget that is kept free for segments that are made smaller.
  static let reserveShare = 8

  /// A request has settled when none of its traces had a span for this long.
  public static let settleTime = TraceRecord.settleTime

  /// When a request is slow.
  public enum Slowness: Equatable, Sendable {
    /// Slower than 99 of 100 with its root span's name before it.
    case ofName
    /// It takes this long or longer.
    case from(Nanoseconds)
  }

  public init(sampling: Double? = nil, slowness: Slowness = .ofName) {
    self.sampling = sampling
    self.slowness = slowness
  }

  /// Everything is kept until the memory is used up.
  public static let standard = RetentionPolicy()
}

/// Why a trace is let go.
enum Departure {
  /// The memory was used up, and nothing speaks for it.
  case dull
  /// The memory for evidence was used up.
  case evidence
  /// It was thinned away.
  case sampledOut
}
