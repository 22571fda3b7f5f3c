import Ingest
import Store
import Synchronization

/// The demo inside the explorer: traffic over the collector's own socket, on a thread of its own, until it is stopped.
final class DemoSender: Sendable {
  /// Requests a second: enough for a list that moves and can still be read.
  private static let requestsPerSecond = 5.0
  /// The longest sleep, so that stopping never waits for longer.
  private static let longestPause = Nanoseconds.milliseconds(100)

  private struct State {
    var isRunning = false
    var isStopped = false
    var notice: String?
    var wake: @Sendable () -> Void = {}
    var thread: BackgroundThread?
  }

  private let address: CollectorAddress?
  private let security: ClientSecurity
  private let log: ProgramLog?
  /// Guards the state; the screen's thread and the sender's own.
  private let state = Mutex(State())

  init(to address: CollectorAddress?, security: ClientSecurity = .none, log: ProgramLog?) {
    self.address = address
    self.security = security
    self.log = log
  }

  /// One line for the person in front, where there is something to say.
  var notice: String? { state.withLock { $0.notice } }

  func observe(_ wake: @escaping @Sendable () -> Void) { state.withLock { $0.wake = wake } }

  /// Begins to send; a second call does nothing while the first one's traffic goes on.
  func start() {
    guard let address else { return say("the demo needs --grpc or --socket to send to") }
    state.withLock { state in
      guard !state.isRunning, !state.isStopped else { return }
      state.isRunning = true
      state.thread = BackgroundThread { self.run(address) }
    }
  }

  /// Ends the traffic and waits for the thread.
  func stop() {
    let thread = state.withLock { state in
      state.isStopped = true
      return state.thread.take()
    }
    thread?.join()
  }

  // MARK: - The thread

  private func run(_ address: CollectorAddress) {
    do throws(IngestError) {
      let client = try CollectorClient(address, security: security)
      defer { client.close() }
      say("demo traffic: \(Int(Self.requestsPerSecond)) requests a second")
      var run = DemoRun(
        client, seed: UInt64.random(in: .min ... .max),
        requestsPerSecond: Self.requestsPerSecond, for: nil)
      while let pause = run.pause, !state.withLock({ $0.isStopped }) {
        BackgroundThread.sleep(min(pause, Self.longestPause))
        try run.send()
      }
    } catch {
      say("the demo ended: \(error.message)")
    }
    state.withLock { $0.isRunning = false }
  }

  private func say(_ notice: String) {
    log?.write(notice)
    let wake = state.withLock { state in
      state.notice = notice
      return state.wake
    }
    wake()
  }
}
