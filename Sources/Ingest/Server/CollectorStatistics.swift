public import Store
import Synchronization

/// What came in, counted without locks; any thread may add and read.
///
/// Spans that were received, held and evicted are the store's to count.
public final class CollectorStatistics: Sendable {
  /// All figures at about one moment.
  public struct Counts: Equatable, Sendable {
    /// Export requests of any signal that were well-formed.
    public var requests: UInt64 = 0
    /// Requests that were refused: malformed, too long, of an unknown type.
    public var badRequests: UInt64 = 0
    /// Of those: too long, or with more in them than one request may bring.
    public var requestsTooLarge: UInt64 = 0
    /// Requests whose senders were told to try again.
    public var requestsOverloaded: UInt64 = 0
    /// Requests and connections that were given up because nothing came any more.
    public var requestsTimedOut: UInt64 = 0
    /// Connections that were closed when they came: too many, or another user's.
    public var connectionsRefused: UInt64 = 0
    /// Calls without a token that is known here.
    public var requestsUnauthenticated: UInt64 = 0
    /// Connections that did not come to speak TLS.
    public var handshakesFailed: UInt64 = 0
    /// Times that no connection could be accepted, for want of files.
    public var acceptsFailed: UInt64 = 0
    /// Attributes left out of spans that have too many, and values that were cut.
    public var attributesDropped: UInt64 = 0
    public var valuesCut: UInt64 = 0
    /// Spans that were taken, and spans that were refused for good.
    public var spans: UInt64 = 0
    public var spansRejected: UInt64 = 0
    /// Bytes of accepted bodies, decompressed.
    public var bytes: UInt64 = 0
    /// Log records and metric data points: taken, counted, not kept.
    public var logs: UInt64 = 0
    public var metrics: UInt64 = 0
    /// Viewers that are attached now.
    public var viewers: Int = 0
    /// Spans that viewers were too slow for, summed over viewers.
    public var spansMissed: UInt64 = 0

    public init() {}
  }

  let requests = Atomic<UInt64>(0)
  let badRequests = Atomic<UInt64>(0)
  let requestsTooLarge = Atomic<UInt64>(0)
  let requestsOverloaded = Atomic<UInt64>(0)
  let requestsTimedOut = Atomic<UInt64>(0)
  let connectionsRefused = Atomic<UInt64>(0)
  let requestsUnauthenticated = Atomic<UInt64>(0)
  let handshakesFailed = Atomic<UInt64>(0)
  let acceptsFailed = Atomic<UInt64>(0)
  let attributesDropped = Atomic<UInt64>(0)
  let valuesCut = Atomic<UInt64>(0)
  let spans = Atomic<UInt64>(0)
  let spansRejected = Atomic<UInt64>(0)
  let bytes = Atomic<UInt64>(0)
  let logs = Atomic<UInt64>(0)
  let metrics = Atomic<UInt64>(0)
  let viewers = Atomic<Int>(0)
  let spansMissed = Atomic<UInt64>(0)

  public init() {}

  public var counts: Counts {
    var counts = Counts()
    counts.requests = requests.load(ordering: .relaxed)
    counts.badRequests = badRequests.load(ordering: .relaxed)
    counts.requestsTooLarge = requestsTooLarge.load(ordering: .relaxed)
    counts.requestsOverloaded = requestsOverloaded.load(ordering: .relaxed)
    counts.requestsTimedOut = requestsTimedOut.load(ordering: .relaxed)
    counts.connectionsRefused = connectionsRefused.load(ordering: .relaxed)
    counts.requestsUnauthenticated = requestsUnauthenticated.load(ordering: .relaxed)
    counts.handshakesFailed = handshakesFailed.load(ordering: .relaxed)
    counts.acceptsFailed = acceptsFailed.load(ordering: .relaxed)
    counts.attributesDropped = attributesDropped.load(ordering: .relaxed)
    counts.valuesCut = valuesCut.load(ordering: .relaxed)
    counts.spans = spans.load(ordering: .relaxed)
    counts.spansRejected = spansRejected.load(ordering: .relaxed)
    counts.bytes = bytes.load(ordering: .relaxed)
    counts.logs = logs.load(ordering: .relaxed)
    counts.metrics = metrics.load(ordering: .relaxed)
    counts.viewers = viewers.load(ordering: .relaxed)
    counts.spansMissed = spansMissed.load(ordering: .relaxed)
    return counts
  }

  /// Adds one request's outcome; `counter` is the one of its signal.
  func add(_ outcome: ExportOutcome, bytes count: Int, to counter: borrowing Atomic<UInt64>) {
    switch outcome {
    case .accepted(let taken):
      requests.add(1, ordering: .relaxed)
      counter.add(UInt64(taken), ordering: .relaxed)
      bytes.add(UInt64(count), ordering: .relaxed)
    case .partial(let taken, let rejected, _):
      requests.add(1, ordering: .relaxed)
      counter.add(UInt64(taken), ordering: .relaxed)
      spansRejected.add(UInt64(rejected), ordering: .relaxed)
      bytes.add(UInt64(count), ordering: .relaxed)
    case .malformed, .tooLarge, .overloaded:
      if let refusal = outcome.refusal { add(refusal) }
    }
  }

  /// Adds what was taken away from the spans of one request.
  public func add(_ cuts: BatchCuts) {
    attributesDropped.add(UInt64(cuts.attributesDropped), ordering: .relaxed)
    valuesCut.add(UInt64(cuts.valuesCut), ordering: .relaxed)
  }

  /// Adds one request or connection that was refused.
  func add(_ refusal: Refusal) {
    switch refusal.kind {
    case .malformed, .unsupported: badRequests.add(1, ordering: .relaxed)
    case .tooLarge:
      badRequests.add(1, ordering: .relaxed)
      requestsTooLarge.add(1, ordering: .relaxed)
    case .overloaded: requestsOverloaded.add(1, ordering: .relaxed)
    case .timedOut: requestsTimedOut.add(1, ordering: .relaxed)
    case .unauthenticated: requestsUnauthenticated.add(1, ordering: .relaxed)
    case .handshake: handshakesFailed.add(1, ordering: .relaxed)
    case .accept: acceptsFailed.add(1, ordering: .relaxed)
    case .connection: connectionsRefused.add(1, ordering: .relaxed)
    case .inPart: break
    }
  }
}
