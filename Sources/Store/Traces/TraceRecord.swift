/// What is kept of a trace: one line of the list, as fixed-size bits that chunks copy cheaply.
struct TraceRecord: BitwiseCopyable {
  /// A value of a dimension: where it stands, so that its text goes with its segment.
  struct DimensionSlot: BitwiseCopyable {
    /// The segment's serial, truncated.
    var segment: UInt32 = 0
    var value: UInt32 = 0
    /// The rank of the alias; 255 where there is no value.
    var rank: UInt8 = 255
    var hasConflict = false
  }

  /// Whether it takes longer than its like, once that was asked.
  enum Slowness: UInt8, BitwiseCopyable {
    case unknown, usual, slow
  }

  // What groups and facets of all traces read comes first and stands close together: 64 bytes, and
  // then the dimensions.

  /// The earliest start that is set; the largest number while none is.
  var start: UInt64 = .max
  var end: UInt64 = 0
  var firstTouched: UInt64 = 0
  /// The number plus one of the next trace that is one request with this one; zero for none.
  var peer: UInt64 = 0
  /// Tokens in and out together.
  var tokens: UInt64 = 0
  var costUSD: Double = 0
  var spans: UInt32 = 0
  var evidence: UInt32 = 0
  /// For how many it stands in counts: more than one where others of its kind were thinned away; zero
  /// while that is not decided.
  var weight: Float = 0
  /// Which amounts were seen, one bit each: tokens in, out, cost, time to first token, tokens.
  var measured: UInt8 = 0
  var isEvicted = false
  var isPinned = false
  var slowness = Slowness.unknown
  var dimensions = Dimensions(repeating: DimensionSlot())

  var errors: UInt32 = 0
  var id = TraceID(high: 0, low: 0)
  var touched: UInt64 = 0
  /// Row numbers plus one; zero for none.
  var lastRow: UInt64 = 0
  var rootRow: UInt64 = 0
  var earliestRow: UInt64 = 0
  /// The number plus one of its last log record; zero for none.
  var lastLog: UInt64 = 0
  var earliestStart: UInt64 = .max
  /// The segment and resource of the last span, plus one: whose dimensions are noted already.
  var lastOrigin: UInt64 = 0
  var missingParents: UInt32 = 0
  /// Spans whose parent is in another trace of the request.
  var foundParents: UInt32 = 0
  var tokensIn: UInt64 = 0
  var tokensOut: UInt64 = 0
  var timeToFirstToken: UInt64 = 0
  /// The last time that it came as history; see ``StoreWriter/beginCatchingUp()``.
  var caughtUp: UInt32 = 0

  typealias Dimensions = InlineArray<9, DimensionSlot>
  static let dimensionCount = Dimension.allCases.count
  /// How long after its last span a trace counts as still arriving: Plano sends its pieces over 5 to 10 s, roots last.
  static let settleTime = Nanoseconds.seconds(10)

  /// Whether it is a trace that was not evicted and has come.
  @inline(__always) var isHeld: Bool { !isEvicted && spans > 0 }

  /// How the trace ended as far as is known at a moment.
  func verdict(now: UInt64) -> Verdict {
    let evidence = Evidence(rawValue: evidence)
    if !evidence.isDisjoint(with: .denial) { return .denied }
    if !evidence.isDisjoint(with: .departure) { return .clientGone }
    if !evidence.isDisjoint(with: .failure) { return .error }
    if rootRow == 0 || missingParents > 0 { return isSettled(now: now) ? .partial : .unfinished }
    return evidence.isDisjoint(with: .flag) ? .ok : .flagged
  }

  /// Whether it has an error, was denied, or lost its client: ``Verdict/isFailure``, at any moment.
  var hasFailed: Bool {
    !Evidence(rawValue: evidence).isDisjoint(with: [.denial, .departure, .failure])
  }

  func isSettled(now: UInt64) -> Bool {
    UnixNanos(now).since(UnixNanos(touched)) >= TraceRecord.settleTime
  }
}
