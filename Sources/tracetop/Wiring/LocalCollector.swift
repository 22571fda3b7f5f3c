import Glibc
import Ingest
import Journal
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
  private let security: ListenerSecurity
  private let securityFiles: ListenerOptions
  private let log: ProgramLog?
  private let journal: CollectorJournal?
  /// What a person should know, though everything is in force.
  let warnings: [String]

  /// Binds every endpoint and serves it; throws one line that says which cannot be.
  ///
  /// The journal is opened beside it: requests that are here before it wait for it.
  init(
    _ options: ReceivingOptions, inherited: [InheritedSocket] = [], isDemo: Bool = false,
    log: ProgramLog?
  ) throws(Failure) {
    let rules = try RuleSetup(options.rules)
    let files = try options.security.read()
    let security = ListenerSecurity(tls: files.tls, tokens: files.tokens)
    let tooFew = FileLimit.raise(forConnections: options.maxConnections)
    let retention = options.retention.policy(rules.retention)
    let store = Store(
      budgetBytes: options.memory.bytes, vocabulary: rules.vocabulary, retention: retention)
    let started = Environment.now
    let journal = CollectorJournal(options.journal.options(isDemo: isDemo), log: log)
    let identity = CollectorIdentity(rules: rules, security: security, journal: journal?.journal)
    let statistics = CollectorStatistics()
    let batchLimits = options.batchLimits
    let settling = retention.sampling == nil ? nil : SettlingClock { store.settle() }
    let collector = Collector(
      info: WatchFrame.ServerInfo(
        version: Version.text, started: started, planoSampling: rules.planoSampling,
        vocabulary: rules.additions, sampledShare: retention.sampling),
      statistics: statistics, rules: rules.book, journal: journal?.journal,
      receiver: {
        StoreReceiver(
          store: store, rules: rules.book, limits: batchLimits, statistics: statistics)
      },
      held: { (request) throws(GRPCStatus) in
        // Called off the event loops, so it may wait.
        journal?.waitForReplay()
        return try HeldTraces.answering(
          request, from: store.settledSnapshot(), now: Environment.now)
      },
      pins: { store.setPinned($0.isPinned, $0.trace) },
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
      onStop: { _ = kill(getpid(), SIGTERM) },
      settling: settling)
    if retention.sampling != nil {
      store.observeDecisions { [weak collector] in collector?.pass($0) }
    }
    store.observePins { [weak collector] in collector?.pass($0) }
    do throws(IngestError) {
      let configuration = IngestConfiguration(
        grpc: try CollectorAddress(options.grpc), http: try CollectorAddress(options.http),
        socketPath: options.socketPath, allowsRemote: options.isRemoteAllowed,
        limits: options.limits)
      server = IngestServer(
        service: collector, configuration: configuration, security: security, inherited: inherited)
      endpoints = try server.start()
    } catch {
      throw Failure(error.message)
    }
    identity.set(endpoints)
    collector.setEndpoints(endpoints)
    self.store = store
    self.rules = rules
    self.journal = journal
    self.collector = collector
    self.security = security
    securityFiles = options.security
    self.log = log
    // The socket asks for no certificate and no token.
    let entrance = endpoints.first { $0.kind == .unix } ?? endpoints.first { $0.kind == .grpc }
    demo = DemoSender(to: entrance?.address, log: log)
    warnings = rules.warnings + files.warnings + [tooFew].compactMap(\.self)
    for warning in warnings { log?.write(warning) }
    journal?.journal.observeReport { [collector] in collector.noteStatus() }
    journal?.start(into: store, limits: batchLimits, settling: settling)
    StartupCode.releaseSoon()
    log?.write("listening on \(endpoints.map(\.description).joined(separator: ", "))")
  }

  /// Ends viewers and senders after the calls that are under way.
  func stop() {
    demo.stop()
    collector.endViewers("the collector was stopped")
    server.stop()
    // Behind the last acknowledgement that waits for it.
    journal?.stop()
  }

  /// Opens the log anew, and reads certificates, keys and tokens anew; those in force stay where the new
  /// ones are not right.
  func reload() {
    log?.reopen()
    do throws(Failure) {
      let files = try securityFiles.read()
      security.replace(tls: files.tls, tokens: files.tokens)
      for warning in files.warnings { log?.write(warning) }
      log?.write("read certificates and tokens anew")
    } catch {
      log?.write("certificates and tokens stay as they were: \(error.message)")
    }
  }

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
    let report = journal?.journal.report
    status.notice = report.flatMap(JournalText.notice) ?? demo.notice
    status.collector = CollectorReport(counts, report)
    status.rules = RuleReport(rules.book.uses, planoSampling: rules.planoSampling)
    return status
  }

  func observe(_ wake: @escaping @Sendable () -> Void) {
    demo.observe(wake)
    collector.observeStatus(wake)
    journal?.journal.observeReport { [collector] in
      wake()
      collector.noteStatus()
    }
  }

  func startDemo() { demo.start() }
}
