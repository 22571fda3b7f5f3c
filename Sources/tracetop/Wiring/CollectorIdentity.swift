import Glibc
import Ingest
import Journal
import Store
import Synchronization

/// Who this process's collector is, for those who ask.
final class CollectorIdentity: Sendable {
  /// When it was, by a clock that nobody sets.
  private let started = Environment.monotonic
  private let security: ListenerSecurity
  private let rules: RuleSetup
  private let journal: Journal?
  /// Guards the endpoints: written once when they are bound, read by event loops.
  private let endpoints = Mutex<[String]>([])

  /// Guards what questions took; threads that answer write, event loops read.
  private let queries = Mutex(QueryCounts())

  init(rules: RuleSetup, security: ListenerSecurity, journal: Journal?) {
    self.security = security
    self.journal = journal
    self.rules = rules
  }

  /// Counts a question that was begun at a moment.
  func noteQuery(began: UnixNanos, rows: UInt64 = 0) {
    let took = Environment.now.since(began)
    queries.withLock { counts in
      counts.count += 1
      counts.nanoseconds += took.rawValue
      counts.rows &+= rows
    }
  }

  func set(_ bound: [Endpoint]) { endpoints.withLock { $0 = bound.map(\.description) } }

  /// The answer to a call of `Status`. Called on event loops.
  func statusJSON(of store: Store, counts: CollectorStatistics.Counts) -> [UInt8] {
    var json = JSONWriter(isIndented: false)
    status(of: store, counts: counts).write(to: &json)
    return json.bytes
  }

  /// The answer to `GET /metrics`. Called on event loops.
  func metricsText(of store: Store, counts: CollectorStatistics.Counts) -> [UInt8] {
    Array(MetricsText.of(status(of: store, counts: counts)).utf8)
  }

  private func status(
    of store: Store, counts: CollectorStatistics.Counts
  ) -> CollectorStatus {
    var status = CollectorStatus()
    status.pid = getpid()
    status.uptime = Nanoseconds(Environment.monotonic.rawValue - started.rawValue)
    status.security = CollectorStatus.Security(
      tls: security.usesTLS, certificates: security.demandsCertificate,
      tokens: security.demandsToken)
    status.endpoints = endpoints.withLock { $0 }
    status.statistics = store.settledStatistics()
    status.counts = counts
    status.journal = journal?.report
    status.queries = queries.withLock { $0 }
    status.rules = rules.book.uses
    status.planoSampling = rules.planoSampling
    return status
  }
}
