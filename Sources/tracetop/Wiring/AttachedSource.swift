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
  init(_ address: CollectorAddress, memory: MemorySize, log: ProgramLog?) throws(Failure) {
    let store = Store(budgetBytes: memory.bytes, vocabulary: try RuleSetup.vocabulary())
    let state = AttachedState(store: store, address: address, log: log)
    self.store = store
    self.state = state
    demo = DemoSender(to: address, log: log)
    connection = WatchConnection(address) { state.take($0) }
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
    var wake: @Sendable () -> Void = {}
  }

  private let address: String
  private let log: ProgramLog?
  /// Guards the receiver: the connection's thread alone uses it, one frame after the other.
  private let receiver: Mutex<StoreReceiver>
  /// Guards the status; the connection's thread writes, the screen's reads.
  private let current: Mutex<Current>

  init(store: Store, address: CollectorAddress, log: ProgramLog?) {
    self.address = address.description
    self.log = log
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
      change { status in
        status.connection = .attached(address)
        status.endpoints = info.endpoints
      }
      current.withLock { $0.isHistory = true }
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
    case .frame(.caughtUp): current.withLock { $0.isHistory = false }
    case .frame(.serverInfo): break
    }
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
