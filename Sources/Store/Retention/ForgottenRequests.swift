/// The requests that were let go by sampling, so that what comes late of them is let go too: trace ids
/// and request ids, the newest so many of each.
///
/// Two halves: when the younger is full the older goes, so at least half of ``capacity`` is remembered.
struct ForgottenRequests {
  /// How many traces are remembered at most; a busy gateway lets some thousand a second go.
  static let most = 1 << 20
  /// Bytes of the store's budget for each trace that is remembered: 1/32 of it goes there.
  static let budgetForTrace = 1_024

  /// A request id of requests that were let go.
  private struct Key {
    /// When the first of its traces came.
    var first: UInt64
    /// How many traces were let go for it since.
    var followers = 0
  }

  private let capacity: Int
  private var young: Set<UInt64> = []
  private var old: Set<UInt64> = []
  private var youngKeys: [UInt64: Key] = [:]
  private var oldKeys: [UInt64: Key] = [:]

  init(budgetBytes: Int) {
    capacity = min(
      ForgottenRequests.most, max(4_096, budgetBytes / ForgottenRequests.budgetForTrace))
  }

  var bytes: Int {
    (young.capacity + old.capacity) * 10 + (youngKeys.capacity + oldKeys.capacity) * 34
  }

  private static func hash(_ id: TraceID) -> UInt64 {
    Bytes.mix(id.high ^ Bytes.seed, id.low ^ 0xe703_7ed1_a0b4_28db)
  }

  func contains(_ id: TraceID) -> Bool {
    let hash = ForgottenRequests.hash(id)
    return young.contains(hash) || old.contains(hash)
  }

  mutating func insert(_ id: TraceID) {
    if young.count >= capacity / 2 {
      old = young
      young = []
    }
    young.insert(ForgottenRequests.hash(id))
  }

  /// Takes a request id of a request that is let go, whose first trace came then.
  mutating func insert(_ key: RequestKey, first: UInt64) {
    if youngKeys.count >= capacity / 2 {
      oldKeys = youngKeys
      youngKeys = [:]
    }
    let known = youngKeys[key.rawValue] ?? oldKeys[key.rawValue]
    youngKeys[key.rawValue] = known ?? Key(first: first)
  }

  /// Whether a trace that comes with a request id belongs to a request that was let go.
  ///
  /// As for traces that are held (``RequestLimits``): an id that comes again later, or with too many
  /// traces, names no single request.
  mutating func isFollowed(_ key: RequestKey, at time: UInt64) -> Bool {
    guard var known = youngKeys[key.rawValue] ?? oldKeys[key.rawValue] else { return false }
    guard UnixNanos(time).since(UnixNanos(known.first)) <= RequestLimits.arrival,
      known.followers < RequestLimits.traces
    else {
      youngKeys[key.rawValue] = nil
      oldKeys[key.rawValue] = nil
      return false
    }
    known.followers += 1
    youngKeys[key.rawValue] = known
    return true
  }
}
