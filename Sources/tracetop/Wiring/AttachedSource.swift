import Ingest
import Store
import Synchronization
import TUI

/// A collector elsewhere, its spans followed into a store of this process.
final class AttachedSource: ExplorerSource {
  let store: Store
  private let state: AttachedState
  private let connection: WatchConnection
  private let demo: DemoSender

  /// Begins to follow; the connection comes and goes by itself.
  init(
    _ address: CollectorAddress, security: ClientSecurity = .none, memory: MemorySize,
    log: ProgramLog?
  ) throws(Failure) {
    let store = Store(budgetBytes: memory.bytes, vocabulary: RuleSetup.vocabularyBesideCollector)
    let state = AttachedState(store: store, address: address, log: log)
    self.store = store
    self.state = state
    demo = DemoSender(to: address, security: security, log: log)
    connection = WatchConnection(address, security: security) { state.take($0) }
    // What a person wants outlives the collector.
    state.onCaughtUp { [weak self] wishes in
      for pin in wishes { self?.ask(pin) { _ in } }
    }
  }

  /// Asks the collector, which may be away, of an older version, or hold the trace no more.
  func pin(_ isPinned: Bool, _ trace: TraceID, say: @escaping @Sendable (String) -> Void) {
    state.wish(isPinned, trace)
    ask(PinRequest(trace: trace, isPinned: isPinned), say)
  }

  private func ask(_ pin: PinRequest, _ say: @escaping @Sendable (String) -> Void) {
    let state = state
    connection.pin(pin) { answer in
      switch answer {
      case .success(let reply):
        state.settle(pin)
        guard pin.isPinned, !reply.isHeld else { return }
        say("pinned in this explorer only: the collector does not hold the trace any more")
      case .failure(let error):
        state.settle(pin)
        say("the pin is only this explorer's own: \(error.message)")
      case nil: say("the pin is only this explorer's own until the collector is back")
      }
    }
  }

  func stop() {
    demo.stop()
    connection.stop()
  }

  // MARK: - SourceMonitor

  func status() -> SourceStatus {
    var status = state.status
    status.notice = status.notice ?? demo.notice
    return status
  }

  func observe(_ wake: @escaping @Sendable () -> Void) {
    state.observe(wake)
    demo.observe(wake)
  }

  func startDemo() { demo.start() }
}

/// What has come over the connection, and how it stands.
private final class AttachedState: Sendable {
  private struct Current {
    var status = SourceStatus()
    /// Whether what comes was held before the connection was made.
    var isHistory = true
    /// When the collector that was followed last was started, and whether this one is the same.
    var started: UnixNanos?
    var isSame = false
    /// Whether its vocabulary came too late to be read by.
    var isMisread = false
    /// What the person in front pinned, and unpinned where the collector has not heard of it.
    var wishes: [TraceID: Bool] = [:]
    var onCaughtUp: @Sendable ([PinRequest]) -> Void = { _ in }
    var wake: @Sendable () -> Void = {}
  }

  private let address: String
  private let log: ProgramLog?
  private let store: Store
  /// Guards the receiver: the connection's thread alone uses it, one frame after the other; made anew
  /// where the collector reads spans by another vocabulary.
  private let receiver: Mutex<StoreReceiver>
  /// Guards the status; the connection's thread writes, the screen's reads.
  private let current: Mutex<Current>

  init(store: Store, address: CollectorAddress, log: ProgramLog?) {
    self.address = address.description
    self.log = log
    self.store = store
    receiver = Mutex(StoreReceiver(store: store, limits: .held))
    var first = Current()
    first.status.connection = .attached(address.description)
    current = Mutex(first)
  }

  var status: SourceStatus { current.withLock { $0.status } }

  func observe(_ wake: @escaping @Sendable () -> Void) { current.withLock { $0.wake = wake } }

  func take(_ event: WatchConnection.Event) {
    switch event {
    case .connected(let info):
      log?.write("attached to \(address), version \(info.version)")
      let isUnderstood = adopt(info.vocabulary)
      current.withLock { $0.isMisread = !isUnderstood }
      change { status in
        status.connection = .attached(address)
        status.endpoints = info.endpoints
        status.rules = RuleReport(info.rules, planoSampling: info.planoSampling)
        status.notice =
          isUnderstood
          ? nil : "the collector came back with another vocabulary: attach anew to read by it"
      }
      current.withLock { current in
        current.isHistory = true
        current.isSame = current.started == info.started
        current.started = info.started
      }
      store.beginCatchingUp(share: info.sampledShare)
    case .disconnected(let error):
      change { lose(&$0, error, notice: nil) }
    case .refused(let error):
      change { lose(&$0, error, notice: error.message) }
    case .frame(.missed(let spans)):
      change { $0.spansMissed += spans }
    case .frame(.missedLogs(let records)):
      change { $0.logsMissed += records }
    case .frame(.exportLogs(let body)):
      receiver.withLock { _ = $0.receive(logs: body) }
    case .frame(.exportRequest(let body)):
      let isHistory = current.withLock { $0.isHistory }
      let outcome = receiver.withLock { $0.receive(body, isHistory: isHistory) }
      // The store tells of its own news.
      current.withLock { current in
        current.status.requests += 1
        if case .malformed = outcome { current.status.badRequests += 1 }
      }
    case .frame(.caughtUp):
      let (isSame, wishes, tell) = current.withLock { current in
        current.isHistory = false
        let wishes = current.wishes.map { PinRequest(trace: $0.key, isPinned: $0.value) }
        return (current.isSame, wishes, current.onCaughtUp)
      }
      store.endCatchingUp(isSame: isSame)
      if !wishes.isEmpty { tell(wishes) }
    case .frame(.pins(let change)): follow(change)
    case .frame(.status(let json)): take(json)
    case .frame(.decisions(let decisions)): store.follow(decisions)
    case .frame(.ruleCounts(let counts)): change { $0.rules.count(counts) }
    case .frame(.serverInfo): break
    }
  }

  // MARK: - Pins

  func onCaughtUp(_ body: @escaping @Sendable ([PinRequest]) -> Void) {
    current.withLock { $0.onCaughtUp = body }
  }

  /// The person in front wants a trace kept, or no longer.
  func wish(_ isPinned: Bool, _ trace: TraceID) {
    current.withLock { $0.wishes[trace] = isPinned }
  }

  /// The collector has heard of it. A pin is asked for again where another collector takes its place.
  func settle(_ pin: PinRequest) {
    current.withLock { current in
      if !pin.isPinned, current.wishes[pin.trace] == false { current.wishes[pin.trace] = nil }
    }
  }

  /// Somebody pinned traces, here or elsewhere. What was unpinned here in the meantime stays so.
  private func follow(_ change: PinChange) {
    let traces = current.withLock { current in
      change.traces.filter { trace in
        guard let wish = current.wishes[trace], wish != change.isPinned else { return true }
        guard wish else { return false }
        current.wishes[trace] = nil
        return true
      }
    }
    for trace in traces { store.setPinned(change.isPinned, trace) }
  }

  // MARK: - Status

  /// What cannot be read, of a newer version perhaps, says nothing.
  private func take(_ json: MessageBytes) {
    guard let status = try? CollectorStatus(json: json.bytes) else { return }
    let notice = status.journal.flatMap(JournalText.notice)
    let isMisread = current.withLock { $0.isMisread }
    change { shown in
      shown.badRequests = status.counts.badRequests
      shown.logs = status.counts.logs
      shown.metrics = status.counts.metrics
      shown.collector = CollectorReport(status)
      if !isMisread { shown.notice = notice }
    }
  }

  /// Reads spans as the collector does; false where that is too late.
  private func adopt(_ additions: VocabularyAdditions?) -> Bool {
    guard let additions else { return true }
    let wanted = Vocabulary.standard.extended(by: additions)
    guard wanted != store.vocabulary else { return true }
    guard store.adopt(wanted) else { return false }
    receiver.withLock { $0 = StoreReceiver(store: store, limits: .held) }
    return true
  }

  /// The first loss says since when; attempts that fail again do not.
  private func lose(_ status: inout SourceStatus, _ error: IngestError, notice: String?) {
    status.notice = notice
    if case .disconnected = status.connection { return }
    log?.write("lost \(address): \(error.message)")
    status.connection = .disconnected(address, since: Environment.now)
  }

  private func change(_ body: (inout SourceStatus) -> Void) {
    let wake = current.withLock { current in
      body(&current.status)
      return current.wake
    }
    wake()
  }
}
