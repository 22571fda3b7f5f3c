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

  private enum Held { case wanted, asked, ready(WatchFrame), exhausted, caughtUp }

  private let isFollowing: Bool
  private var info: WatchFrame.ServerInfo?
  private var held = Held.wanted
  private var queue: ViewerQueue
  private var ending: GRPCStatus?
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

  /// A request of so many spans arrived. `isAdded` is false where it had to be dropped.
  mutating func receive(_ body: MessageBytes, spans: Int) -> (isAdded: Bool, wakes: Bool) {
    let isAdded = queue.append(body, spans: spans)
    return (isAdded, wakeUp())
  }

  /// A request of so many log records arrived.
  mutating func receive(logs body: MessageBytes, records: Int) -> (isAdded: Bool, wakes: Bool) {
    let isAdded = queue.append(logs: body, records: records)
    return (isAdded, wakeUp())
  }

  /// The chunk that was fetched, or nil when all have been.
  mutating func receiveHeld(_ chunk: MessageBytes?) -> Bool {
    receiveHeld(frame: chunk.map { .exportRequest($0) })
  }

  /// The same for a chunk of spans or of logs.
  mutating func receiveHeld(frame: WatchFrame?) -> Bool {
    held = frame.map { .ready($0) } ?? .exhausted
    return wakeUp()
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
    case .ready(let frame):
      held = .wanted
      return .send(frame)
    case .exhausted:
      held = .caughtUp
      return .send(.caughtUp)
    case .caughtUp:
      return isFollowing ? live() : .end(.ok)
    }
  }

  private mutating func live() -> Step {
    switch queue.next() {
    case .request(let body): .send(.exportRequest(body))
    case .logs(let body): .send(.exportLogs(body))
    case .missed(let spans): .send(.missed(spans: spans))
    case .missedLogs(let records): .send(.missedLogs(records))
    case nil: .wait
    }
  }

  private mutating func wakeUp() -> Bool {
    defer { isWaiting = false }
    return isWaiting
  }
}
