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
    let store = Store(budgetBytes: memory.bytes, vocabulary: try RuleSetup.vocabulary())
    let state = AttachedState(store: store, address: address, log: log)
    self.store = store
    self.state = state
    demo = DemoSender(to: address, security: security, log: log)
    connection = WatchConnection(address, security: security) { state.take($0) }
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
    receiver = Mutex(StoreReceiver(store: store))
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
    case .frame(.exportRequest(let body)):
      let isHistory = current.withLock { $0.isHistory }
      let outcome = receiver.withLock { $0.receive(body, isHistory: isHistory) }
      // The store tells of its own news.
      current.withLock { current in
        current.status.requests += 1
        if case .malformed = outcome { current.status.badRequests += 1 }
      }
    case .frame(.caughtUp):
      let isSame = current.withLock { current in
        current.isHistory = false
        return current.isSame
      }
      store.endCatchingUp(isSame: isSame)
    case .frame(.decisions(let decisions)): store.follow(decisions)
    case .frame(.ruleCounts(let counts)): change { $0.rules.count(counts) }
    case .frame(.serverInfo): break
    }
  }

  /// Reads spans as the collector does; false where that is too late.
  private func adopt(_ additions: VocabularyAdditions?) -> Bool {
    guard let additions else { return true }
    let wanted = Vocabulary.standard.extended(by: additions)
    guard wanted != store.vocabulary else { return true }
    guard store.adopt(wanted) else { return false }
    receiver.withLock { $0 = StoreReceiver(store: store) }
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
