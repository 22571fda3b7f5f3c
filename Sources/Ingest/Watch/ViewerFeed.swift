import Store

/// The order in which one viewer is sent things: who the collector is, what is held, the mark, what
/// arrives.
///
/// What arrives while the held traces are sent waits in the queue. When that is half full the two
/// take
/// turns, so that a busy collector does not lose what a new viewer could have been sent. A pure
/// value:
/// whoever owns it fetches the held traces when told to and reports them with ``receiveHeld(_:)``.
struct ViewerFeed {
  /// What to do next.
  enum Step: Equatable {
    case send(WatchFrame)
    /// Get the next chunk of held traces, then ask again.
    case fetchHeld
    case wait
    case end(GRPCStatus)
  }

  private enum Held {
    case wanted, asked, ready(WatchFrame, [SamplingDecision]), decided([SamplingDecision])
    case exhausted, caughtUp
  }

  private let isFollowing: Bool
  private var info: WatchFrame.ServerInfo?
  private var held = Held.wanted
  private var queue: ViewerQueue
  private var ending: GRPCStatus?
  /// How often rules have acted, where the viewer was not told yet.
  private var ruleCounts: [UInt64]?
  /// Whether a request was sent since the viewer was last told how often rules acted.
  private var isCountDue = false
  /// Whether the last step was to wait: then, and only then, news must wake the sender.
  private var isWaiting = false

  init(
    isFollowing: Bool, info: WatchFrame.ServerInfo,
    maximumBytes: Int = IngestLimits.viewerQueueBytes
  ) {
    self.isFollowing = isFollowing
    self.info = info
    queue = ViewerQueue(maximumBytes: maximumBytes)
  }

  // MARK: - News; each says whether the sender has to be woken

  /// A request of so many spans arrived, and rules have acted so often since where they acted on it.
  /// `isAdded` is false where it had to be dropped.
  mutating func receive(
    _ body: MessageBytes, spans: Int, ruleCounts: [UInt64]? = nil
  ) -> (isAdded: Bool, wakes: Bool) {
    let isAdded = queue.append(body, spans: spans)
    // Only the latest matters: it counts from the beginning.
    if let ruleCounts { self.ruleCounts = ruleCounts }
    return (isAdded, wakeUp())
  }

  /// A request of so many log records arrived.
  mutating func receive(logs body: MessageBytes, records: Int) -> (isAdded: Bool, wakes: Bool) {
    let isAdded = queue.append(logs: body, records: records)
    return (isAdded, wakeUp())
  }

  /// The chunk that was fetched, or nil when all have been, and what was decided of its traces.
  mutating func receiveHeld(
    _ chunk: MessageBytes?, decisions: [SamplingDecision] = []
  ) -> Bool {
    receiveHeld(frame: chunk.map { .exportRequest($0) }, decisions: decisions)
  }

  /// The same for a chunk of spans or of logs.
  mutating func receiveHeld(frame: WatchFrame?, decisions: [SamplingDecision] = []) -> Bool {
    held = frame.map { .ready($0, decisions) } ?? .exhausted
    return wakeUp()
  }

  /// Requests were decided. A viewer that cannot be told any more has to begin anew.
  mutating func receive(_ decisions: [SamplingDecision]) -> Bool {
    if queue.append(decisions) { return wakeUp() }
    return receiveEnd(GRPCStatus(.unavailable, "the viewer is too far behind"))
  }

  /// The stream must end: a refused request, or a collector that stops.
  mutating func receiveEnd(_ status: GRPCStatus) -> Bool {
    ending = ending ?? status
    return wakeUp()
  }

  // MARK: - Steps

  mutating func next() -> Step {
    let step = choose()
    isWaiting = step == .wait
    return step
  }

  private mutating func choose() -> Step {
    if let ending { return .end(ending) }
    if let info {
      self.info = nil
      return .send(.serverInfo(info))
    }
    switch held {
    case .wanted:
      held = .asked
      return .fetchHeld
    case .asked:
      // Only ahead of the held traces where waiting would soon mean losing.
      return queue.byteCount > queue.maximumBytes / 2 ? live() : .wait
    case .ready(let frame, let decisions):
      held = decisions.isEmpty ? .wanted : .decided(decisions)
      return .send(frame)
    case .decided(let decisions):
      held = .wanted
      return .send(.decisions(decisions))
    case .exhausted:
      held = .caughtUp
      return .send(.caughtUp)
    case .caughtUp:
      return isFollowing ? live() : .end(.ok)
    }
  }

  private mutating func live() -> Step {
    // Behind a request, so that a viewer that is late hears of both.
    if isCountDue || queue.isEmpty, let counts = ruleCounts.take() {
      isCountDue = false
      return .send(.ruleCounts(counts))
    }
    switch queue.next() {
    case .request(let body):
      isCountDue = true
      return .send(.exportRequest(body))
    case .logs(let body): return .send(.exportLogs(body))
    case .missed(let spans): return .send(.missed(spans: spans))
    case .missedLogs(let records): return .send(.missedLogs(records))
    case .decisions(let decisions): return .send(.decisions(decisions))
    case nil: return .wait
    }
  }

  private mutating func wakeUp() -> Bool {
    defer { isWaiting = false }
    return isWaiting
  }
}
