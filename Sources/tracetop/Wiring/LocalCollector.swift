import Glibc
import Ingest
import Store
import Synchronization
import TUI

/// The collector of this process: the store, and the sockets that fill it.
final class LocalCollector: ExplorerSource {
  let store: Store
  let endpoints: [Endpoint]
  private let server: IngestServer
  private let collector: Collector
  private let demo: DemoSender
  private let rules: RuleSetup

  /// Binds every endpoint and serves it; throws one line that says which cannot be.
  init(_ options: ReceivingOptions, log: ProgramLog?) throws(Failure) {
    PrivateFiles.restrictCreation()
    let rules = try RuleSetup(options.rules)
    let store = Store(budgetBytes: options.memory.bytes, vocabulary: rules.vocabulary)
    let started = Environment.now
    let identity = CollectorIdentity(started: started, rules: rules)
    let statistics = CollectorStatistics()
    let batchLimits = options.batchLimits
    let collector = Collector(
      info: WatchFrame.ServerInfo(version: Version.text, started: started),
      statistics: statistics,
      receiver: {
        StoreReceiver(
          store: store, rules: rules.book, limits: batchLimits, statistics: statistics)
      },
      held: { (request) throws(GRPCStatus) in
        try HeldTraces.answering(request, from: store.settledSnapshot(), now: Environment.now)
      },
      planoTraces: { PlanoTraces.answer(from: store.settledSnapshot()) },
      groups: { (request) throws(GRPCStatus) in
        let began = Environment.now
        let reply = try request.answer(from: store.settledSnapshot(), now: began)
        identity.noteQuery(began: began, rows: reply.table.rowsScanned)
        return reply
      },
      status: { identity.statusJSON(of: store, counts: $0) },
      metrics: { identity.metricsText(of: store, counts: $0) },
      log: { log?.write($0) },
      // The same way out as SIGTERM, so there is one.
      onStop: { _ = kill(getpid(), SIGTERM) })
    do throws(IngestError) {
      let configuration = IngestConfiguration(
        grpc: try CollectorAddress(options.grpc), http: try CollectorAddress(options.http),
        socketPath: options.socketPath, allowsRemote: options.isRemoteAllowed,
        limits: options.limits)
      server = IngestServer(service: collector, configuration: configuration)
      endpoints = try server.start()
    } catch {
      throw Failure(error.message)
    }
    identity.set(endpoints)
    collector.setEndpoints(endpoints)
    self.store = store
    self.rules = rules
    self.collector = collector
    demo = DemoSender(to: endpoints.first { $0.kind != .http }?.address, log: log)
    for warning in rules.warnings { log?.write(warning) }
    log?.write("listening on \(endpoints.map(\.description).joined(separator: ", "))")
  }

  /// Ends viewers and senders after the calls that are under way.
  func stop() {
    demo.stop()
    collector.endViewers("the collector was stopped")
    server.stop()
  }

  /// What a person should know of the rules' files, though they are in force.
  var warnings: [String] { rules.warnings }

  // MARK: - SourceMonitor

  func status() -> SourceStatus {
    let counts = collector.statistics.counts
    var status = SourceStatus()
    status.connection = .listening
    status.endpoints = endpoints.map(\.description)
    status.requests = counts.requests
    status.badRequests = counts.badRequests
    status.logs = counts.logs
    status.metrics = counts.metrics
    status.notice = demo.notice
    status.rules = RuleReport(rules.book.uses, planoSampling: rules.planoSampling)
    return status
  }

  func observe(_ wake: @escaping @Sendable () -> Void) { demo.observe(wake) }

  func startDemo() { demo.start() }
}
