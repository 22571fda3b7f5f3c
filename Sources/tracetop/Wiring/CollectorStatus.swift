import FoundationEssentials
import Ingest
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
  /// What questions of one-shot commands took; of this process's own collector only.
  var queries = QueryCounts()
  /// The rules that are on, and how many spans each changed.
  var rules: [RuleUse] = []
  /// The percentage of traces that Plano keeps, where the collector was told.
  var planoSampling: Int?

  // MARK: - JSON

  func write(to json: inout JSONWriter) {
    json.object { json in
      json.member("version", version)
      json.member("pid", pid)
      json.member("uptime_seconds", Double(uptime.rawValue / 1_000_000) / 1_000)
      json.array("endpoints", endpoints) { $0.string($1) }
      json.member("requests", counts.requests)
      json.member("requests_refused", counts.badRequests)
      json.member("requests_too_large", counts.requestsTooLarge)
      json.member("requests_overloaded", counts.requestsOverloaded)
      json.member("requests_timed_out", counts.requestsTimedOut)
      json.member("connections_refused", counts.connectionsRefused)
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
      json.member("spans_missed_by_viewers", counts.spansMissed)
      json.member("strings_repaired", statistics.stringsRepaired)
      json.member("logs", counts.logs)
      json.member("metrics", counts.metrics)
      json.member("viewers", counts.viewers)
      json.member("memory_bytes", statistics.memoryBytes)
      json.member("memory_budget_bytes", statistics.memoryBudgetBytes)
      json.member("journal_bytes", UInt64(0))
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
    do {
      wire = try JSONDecoder().decode(Wire.self, from: Data(bytes))
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
    counts.attributesDropped = wire.attributes_dropped ?? 0
    counts.valuesCut = wire.values_cut ?? 0
    counts.bytes = wire.bytes_received ?? 0
    counts.logs = wire.logs ?? 0
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
    statistics.stringsRepaired = wire.strings_repaired ?? 0
    statistics.memoryBytes = wire.memory_bytes ?? 0
    statistics.memoryBudgetBytes = wire.memory_budget_bytes ?? 0
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
    var connections_refused, attributes_dropped, values_cut: UInt64?
    var spans_received, spans_held, traces_held, spans_rejected, spans_duplicate: UInt64?
    var spans_evicted, traces_evicted, spans_missed_by_viewers, strings_repaired: UInt64?
    var logs, metrics: UInt64?
    var viewers, memory_bytes, memory_budget_bytes, plano_random_sampling: Int?
    var rules: [Rule]?

    struct Rule: Decodable {
      var name: String
      var source: String?
      var spans: UInt64?
    }
  }
}
