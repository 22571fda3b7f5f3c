import FoundationEssentials
import Ingest
import Journal
import Store

/// What a collector says of itself: the answer to `status`, as JSON on the wire.
///
/// Members of the JSON are added as the program grows and never renamed: scripts lean on them.
struct CollectorStatus: Equatable, Sendable {
  var version = Version.text
  var pid: Int32 = 0
  var uptime = Nanoseconds.zero
  /// Each as a word and an address: "grpc 127.0.0.1:4317".
  var endpoints: [String] = []
  var statistics = StoreStatistics()
  var counts = CollectorStatistics.Counts()
  /// What callers over TCP have to show.
  var security = Security()
  /// How the journal stands; nil where there is none.
  var journal: JournalReport?
  /// What questions of one-shot commands took; of this process's own collector only.
  var queries = QueryCounts()
  /// The rules that are on, and how many spans each changed.
  var rules: [RuleUse] = []
  /// The percentage of traces that Plano keeps, where the collector was told.
  var planoSampling: Int?

  struct Security: Equatable, Sendable {
    var tls = false
    var certificates = false
    var tokens = false
  }

  // MARK: - JSON

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("version", version)
      json.member("pid", pid)
      json.member("uptime_seconds", Double(uptime.rawValue / 1_000_000) / 1_000)
      json.array("endpoints", endpoints) { $0.string($1) }
      json.member("tls", security.tls)
      json.member("client_certificates", security.certificates)
      json.member("tokens", security.tokens)
      json.member("requests", counts.requests)
      json.member("requests_refused", counts.badRequests)
      json.member("requests_too_large", counts.requestsTooLarge)
      json.member("requests_overloaded", counts.requestsOverloaded)
      json.member("requests_timed_out", counts.requestsTimedOut)
      json.member("connections_refused", counts.connectionsRefused)
      json.member("requests_unauthenticated", counts.requestsUnauthenticated)
      json.member("tls_handshakes_failed", counts.handshakesFailed)
      json.member("accepts_failed", counts.acceptsFailed)
      json.member("attributes_dropped", counts.attributesDropped)
      json.member("values_cut", counts.valuesCut)
      json.member("bytes_received", counts.bytes)
      json.member("spans_received", statistics.spansReceived)
      json.member("spans_held", statistics.spansHeld)
      json.member("traces_held", statistics.tracesHeld)
      json.member("spans_rejected", statistics.spansRejected)
      json.member("spans_duplicate", statistics.spansDuplicate)
      // Senders are made to wait instead, so nothing is ever dropped on the way in.
      json.member("spans_dropped", UInt64(0))
      json.member("spans_evicted", statistics.spansEvicted)
      json.member("traces_evicted", statistics.tracesEvicted)
      json.member("spans_evicted_evidence", statistics.spansEvictedEvidence)
      json.member("traces_evicted_evidence", statistics.tracesEvictedEvidence)
      json.member("spans_spared", statistics.spansSpared)
      json.member("sampled_share", statistics.sampledShare)
      json.member("spans_sampled_out", statistics.spansSampledOut)
      json.member("traces_sampled_out", statistics.tracesSampledOut)
      json.member("traces_kept_by_share", statistics.tracesKeptByShare)
      json.member("spans_sampled_out_late", statistics.spansSampledOutLate)
      json.member("errors_sampled_out_late", statistics.errorsSampledOutLate)
      json.member("spans_missed_by_viewers", counts.spansMissed)
      json.member("strings_repaired", statistics.stringsRepaired)
      // What this was called when logs were only counted.
      json.member("logs", statistics.logsReceived)
      json.member("logs_received", statistics.logsReceived)
      json.member("logs_held", statistics.logsHeld)
      json.member("logs_waiting", statistics.logsWaiting)
      json.member("logs_duplicate", statistics.logsDuplicate)
      json.member("logs_evicted", statistics.logsEvicted)
      json.member("logs_expired", statistics.logsExpired)
      json.member("logs_without_trace", statistics.logsWithoutTrace)
      json.member("logs_missed_by_viewers", counts.logsMissed)
      json.member("metrics", counts.metrics)
      json.member("viewers", counts.viewers)
      json.member("memory_bytes", statistics.memoryBytes)
      json.member("memory_budget_bytes", statistics.memoryBudgetBytes)
      writeJournal(to: &json)
      json.array("rules", rules) { json, use in
        json.object { json in
          json.member("name", use.rule.name)
          json.member("source", use.rule.source)
          json.member("spans", use.spans)
        }
      }
      json.member("plano_random_sampling", planoSampling)
    }
  }

  /// Reads what another process wrote; members that are not there keep their default.
  init(json bytes: [UInt8]) throws(Failure) {
    let wire: Wire
    let journalWire: JournalWire
    do {
      wire = try JSONDecoder().decode(Wire.self, from: Data(bytes))
      journalWire = try JSONDecoder().decode(JournalWire.self, from: Data(bytes))
    } catch {
      throw Failure("the collector's status cannot be read: \(VisibleMessage.of(error))")
    }
    version = wire.version
    pid = wire.pid ?? 0
    uptime = Nanoseconds(UInt64(max(0, wire.uptime_seconds ?? 0) * 1_000) * 1_000_000)
    endpoints = wire.endpoints ?? []
    counts.requests = wire.requests ?? 0
    counts.badRequests = wire.requests_refused ?? 0
    counts.requestsTooLarge = wire.requests_too_large ?? 0
    counts.requestsOverloaded = wire.requests_overloaded ?? 0
    counts.requestsTimedOut = wire.requests_timed_out ?? 0
    counts.connectionsRefused = wire.connections_refused ?? 0
    counts.requestsUnauthenticated = wire.requests_unauthenticated ?? 0
    counts.handshakesFailed = wire.tls_handshakes_failed ?? 0
    counts.acceptsFailed = wire.accepts_failed ?? 0
    security.tls = wire.tls ?? false
    security.certificates = wire.client_certificates ?? false
    security.tokens = wire.tokens ?? false
    counts.attributesDropped = wire.attributes_dropped ?? 0
    counts.valuesCut = wire.values_cut ?? 0
    counts.bytes = wire.bytes_received ?? 0
    counts.logsMissed = wire.logs_missed_by_viewers ?? 0
    statistics.logsReceived = wire.logs_received ?? wire.logs ?? 0
    statistics.logsHeld = wire.logs_held ?? 0
    statistics.logsWaiting = wire.logs_waiting ?? 0
    statistics.logsDuplicate = wire.logs_duplicate ?? 0
    statistics.logsEvicted = wire.logs_evicted ?? 0
    statistics.logsExpired = wire.logs_expired ?? 0
    statistics.logsWithoutTrace = wire.logs_without_trace ?? 0
    counts.metrics = wire.metrics ?? 0
    counts.viewers = wire.viewers ?? 0
    counts.spansMissed = wire.spans_missed_by_viewers ?? 0
    statistics.spansReceived = wire.spans_received ?? 0
    statistics.spansHeld = wire.spans_held ?? 0
    statistics.tracesHeld = wire.traces_held ?? 0
    statistics.spansRejected = wire.spans_rejected ?? 0
    statistics.spansDuplicate = wire.spans_duplicate ?? 0
    statistics.spansEvicted = wire.spans_evicted ?? 0
    statistics.tracesEvicted = wire.traces_evicted ?? 0
    statistics.spansEvictedEvidence = wire.spans_evicted_evidence ?? 0
    statistics.tracesEvictedEvidence = wire.traces_evicted_evidence ?? 0
    statistics.spansSpared = wire.spans_spared ?? 0
    statistics.sampledShare = wire.sampled_share
    statistics.spansSampledOut = wire.spans_sampled_out ?? 0
    statistics.tracesSampledOut = wire.traces_sampled_out ?? 0
    statistics.tracesKeptByShare = wire.traces_kept_by_share ?? 0
    statistics.spansSampledOutLate = wire.spans_sampled_out_late ?? 0
    statistics.errorsSampledOutLate = wire.errors_sampled_out_late ?? 0
    statistics.stringsRepaired = wire.strings_repaired ?? 0
    statistics.memoryBytes = wire.memory_bytes ?? 0
    statistics.memoryBudgetBytes = wire.memory_budget_bytes ?? 0
    journal = journalWire.report
    rules = (wire.rules ?? []).map { rule in
      RuleUse(
        rule: RuleLabel(name: rule.name, source: rule.source ?? ""), spans: rule.spans ?? 0)
    }
    planoSampling = wire.plano_random_sampling
  }

  init() {}

  /// The members by their own names, as the JSON has them.
  private struct Wire: Decodable {
    var version: String
    var pid: Int32?
    var uptime_seconds: Double?
    var endpoints: [String]?
    var requests, requests_refused, bytes_received: UInt64?
    var requests_too_large, requests_overloaded, requests_timed_out: UInt64?
    var requests_unauthenticated, tls_handshakes_failed, accepts_failed: UInt64?
    var tls, client_certificates, tokens: Bool?
    var connections_refused, attributes_dropped, values_cut: UInt64?
    var spans_received, spans_held, traces_held, spans_rejected, spans_duplicate: UInt64?
    var spans_evicted, traces_evicted, spans_missed_by_viewers, strings_repaired: UInt64?
    var spans_evicted_evidence, traces_evicted_evidence, spans_spared: UInt64?
    var spans_sampled_out, traces_sampled_out, traces_kept_by_share: UInt64?
    var spans_sampled_out_late, errors_sampled_out_late: UInt64?
    var sampled_share: Double?
    var logs, metrics, logs_received, logs_held, logs_waiting, logs_duplicate: UInt64?
    var logs_evicted, logs_expired, logs_without_trace, logs_missed_by_viewers: UInt64?
    var viewers, memory_bytes, memory_budget_bytes, plano_random_sampling: Int?
    var rules: [Rule]?

    struct Rule: Decodable {
      var name: String
      var source: String?
      var spans: UInt64?
    }
  }
}
