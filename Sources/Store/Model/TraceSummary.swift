/// One line of the trace list: what is known of a trace at the moment of a snapshot.
///
/// A plain value made for rows on screen and for one-shot output; text is nil where no span said it.
public struct TraceSummary: Equatable, Sendable {
  public var number: TraceNumber
  public var id: TraceID
  /// The earliest start of any span that has one.
  public var start: UnixNanos
  /// The latest end of any span.
  public var end: UnixNanos
  public var spanCount: Int
  /// Spans that carry evidence of an error.
  public var errorCount: Int
  /// The name and service of the root span, or of the earliest span while no root has come.
  public var rootName: String
  public var rootService: String
  /// Whether a span without a parent has arrived.
  public var hasRoot: Bool
  /// Spans whose parent has not arrived.
  public var missingParents: Int
  public var evidence: Evidence
  public var verdict: Verdict
  /// When the last span of it arrived, by this machine's clock.
  public var touched: UnixNanos
  public var tenant: String?
  public var user: String?
  public var session: String?
  public var request: String?
  public var route: String?
  public var modelAsked: String?
  public var model: String?
  public var provider: String?
  /// Whether spans of the trace disagree about a dimension (the first value is the one shown).
  public var conflicts: Set<Dimension>
  public var tokensIn: UInt64?
  public var tokensOut: UInt64?
  /// Both together, as the spans say or as their sum.
  public var tokens: UInt64?
  public var costUSD: Double?
  public var timeToFirstToken: Nanoseconds?
  public var isPinned: Bool
  /// How many traces it tells of: more than one where they are one request.
  public var traceCount = 1

  /// From the first start to the last end; zero where clocks ran backwards.
  public var duration: Nanoseconds { end.since(start) }

  public init(number: TraceNumber, id: TraceID) {
    self.number = number
    self.id = id
    start = UnixNanos(0)
    end = UnixNanos(0)
    spanCount = 0
    errorCount = 0
    rootName = ""
    rootService = ""
    hasRoot = false
    missingParents = 0
    evidence = []
    verdict = .ok
    touched = UnixNanos(0)
    conflicts = []
    isPinned = false
  }
}

/// Something a request has one of, whatever key a gateway writes it under; see Docs/Vocabulary.md.
public enum Dimension: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case tenant, user, session, request, route, modelAsked, model, provider, environment

  /// Whether the last value of a key that repeats in one span counts, and not the first. Plano appends
  /// the model that answered to the one it chose; but a route that an upstream names to its own.
  var speaksLast: Bool { self != .route }
}

/// One row of a waterfall: the span's place in its trace and what a line shows, nothing more.
public struct SpanRow: Equatable, Sendable {
  public var reference: SpanReference
  public var spanID: SpanID
  public var parentSpanID: SpanID
  public var start: UnixNanos
  public var end: UnixNanos
  public var name: String
  public var service: String
  public var kind: SpanKind
  public var statusCode: StatusCode
  public var role: Role
  public var evidence: Evidence
  public var eventCount: Int

  public var duration: Nanoseconds { end.since(start) }
  /// Whether the span itself carries evidence of an error.
  public var hasError: Bool { !evidence.isDisjoint(with: .failure.union(.denial)) }

  public init(
    reference: SpanReference, spanID: SpanID, parentSpanID: SpanID, start: UnixNanos,
    end: UnixNanos, name: String, service: String, kind: SpanKind = .unspecified,
    statusCode: StatusCode = .unset, role: Role = .span, evidence: Evidence = [],
    eventCount: Int = 0
  ) {
    self.reference = reference
    self.spanID = spanID
    self.parentSpanID = parentSpanID
    self.start = start
    self.end = end
    self.name = name
    self.service = service
    self.kind = kind
    self.statusCode = statusCode
    self.role = role
    self.evidence = evidence
    self.eventCount = eventCount
  }
}

/// Counts of everything that came in, is held, and went. All since the store began, but for the two "held".
public struct StoreStatistics: Equatable, Sendable {
  public var spansReceived: UInt64 = 0
  public var spansHeld: UInt64 = 0
  public var tracesHeld: UInt64 = 0
  /// Spans refused because their ids are not valid.
  public var spansRejected: UInt64 = 0
  /// Spans whose id their trace already had.
  public var spansDuplicate: UInt64 = 0
  public var spansEvicted: UInt64 = 0
  public var tracesEvicted: UInt64 = 0
  /// Of those: errors, denials, slow ones and pins, which went because more would not fit their share.
  public var spansEvictedEvidence: UInt64 = 0
  public var tracesEvictedEvidence: UInt64 = 0
  /// Let go by `--sample`; the spans that came after their trace was let go are among them.
  public var spansSampledOut: UInt64 = 0
  public var tracesSampledOut: UInt64 = 0
  /// Of the spans sampled out: those that came late, and of these the ones with evidence of a failure.
  public var spansSampledOutLate: UInt64 = 0
  public var errorsSampledOutLate: UInt64 = 0
  /// Requests (traces joined) thinned: kept for more than themselves.
  public var tracesKeptByShare: UInt64 = 0
  /// Spans of evidence and of pins that outlived their contemporaries, as they are held now.
  public var spansSpared: UInt64 = 0
  /// The share of unremarkable requests that is kept; nil where all are.
  public var sampledShare: Double?
  /// Strings kept with replacement characters because they were not UTF-8.
  public var stringsRepaired: UInt64 = 0
  /// Log records that came; each is held, a duplicate, evicted, expired, or without a trace.
  public var logsReceived: UInt64 = 0
  /// Log records held now, and those of them whose trace has not come yet.
  public var logsHeld: UInt64 = 0
  public var logsWaiting: UInt64 = 0
  /// Records that were held already.
  public var logsDuplicate: UInt64 = 0
  /// Records that name no trace: not kept.
  public var logsWithoutTrace: UInt64 = 0
  /// Records let go to stay within the memory, most of them with their trace.
  public var logsEvicted: UInt64 = 0
  /// Records whose trace never came.
  public var logsExpired: UInt64 = 0
  public var memoryBytes: Int = 0
  public var memoryBudgetBytes: Int = 0
  /// What the memory goes into.
  public var memory = MemoryParts()
  /// When spans last arrived.
  public var lastArrival = UnixNanos(0)
  /// When the newest span ended, by its own clock, but not after it arrived.
  public var newestSpan = UnixNanos(0)
  /// From the end of the newest span of the last request to its arrival; nil before the first, and
  /// where clocks disagree zero.
  public var ingestLag: Nanoseconds?

  /// Traces that were held and are not any more, for whatever reason: grows whenever one goes.
  public var tracesGone: UInt64 { tracesEvicted + tracesSampledOut }

  public init() {}
}
