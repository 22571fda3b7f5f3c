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
    /// `ready` has frames that are sent one after the other.
    case wanted, asked, ready(ArraySlice<WatchFrame>), exhausted, caughtUp
  }

  private let isFollowing: Bool
  private var info: WatchFrame.ServerInfo?
  /// How the collector stands, where the viewer was not told yet.
  private var status: MessageBytes?
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
    isFollowing: Bool, info: WatchFrame.ServerInfo, status: MessageBytes? = nil,
    maximumBytes: Int = IngestLimits.viewerQueueBytes
  ) {
    self.isFollowing = isFollowing
    self.info = info
    self.status = status
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
  mutating func receiveHeld(
    frame: WatchFrame?, decisions: [SamplingDecision] = [], pins: [TraceID] = []
  ) -> Bool {
    if let frame {
      var frames = [frame]
      if !decisions.isEmpty { frames.append(.decisions(decisions)) }
      if !pins.isEmpty { frames.append(.pins(PinChange(traces: pins, isPinned: true))) }
      held = .ready(frames[...])
    } else {
      held = .exhausted
    }
    return wakeUp()
  }

  /// The collector stands so now; only the latest matters.
  mutating func receive(status: MessageBytes) -> Bool {
    self.status = status
    return wakeUp()
  }

  /// Traces were pinned or unpinned.
  mutating func receive(_ pins: PinChange) -> Bool {
    if queue.append(pins) { return wakeUp() }
    return receiveEnd(GRPCStatus(.unavailable, "the viewer is too far behind"))
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
    // Ahead of what is held: that may have to wait until the journal is read.
    if let status = status.take() { return .send(.status(status)) }
    switch held {
    case .wanted:
      held = .asked
      return .fetchHeld
    case .asked:
      // Only ahead of the held traces where waiting would soon mean losing.
      return queue.byteCount > queue.maximumBytes / 2 ? live() : .wait
    case .ready(let frames):
      held = frames.count > 1 ? .ready(frames.dropFirst()) : .wanted
      return frames.first.map { .send($0) } ?? .wait
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
    case .pins(let change): return .send(.pins(change))
    case nil: return .wait
    }
  }

  private mutating func wakeUp() -> Bool {
    defer { isWaiting = false }
    return isWaiting
  }
}
