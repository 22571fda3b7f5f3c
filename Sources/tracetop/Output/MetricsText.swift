import Ingest
import Store

/// The figures of a collector's status in Prometheus' text format, version 0.0.4.
enum MetricsText {
  private enum Kind: String { case counter, gauge }

  static func of(_ status: CollectorStatus) -> String {
    var text = ""
    for (name, kind, help, value) in figures(of: status) {
      text += "# HELP tracetop_\(name) \(help)\n# TYPE tracetop_\(name) \(kind.rawValue)\n"
      text += "tracetop_\(name) \(value)\n"
    }
    text += "# HELP tracetop_memory_part_bytes What the memory that spans take goes into.\n"
    text += "# TYPE tracetop_memory_part_bytes gauge\n"
    for part in status.statistics.memory.named {
      text += "tracetop_memory_part_bytes{part=\"\(part.name)\"} \(part.bytes)\n"
    }
    return text
  }

  private static func figures(
    of status: CollectorStatus
  ) -> [(name: String, kind: Kind, help: String, value: String)] {
    let held = status.statistics
    let counts = status.counts
    let counters: [(String, String, UInt64)] = [
      ("requests_total", "Export requests taken.", counts.requests),
      ("requests_refused_total", "Requests that are not OTLP or too large.", counts.badRequests),
      (
        "requests_too_large_total", "Requests refused for their size.", counts.requestsTooLarge
      ),
      (
        "requests_overloaded_total", "Requests whose senders were told to try again.",
        counts.requestsOverloaded
      ),
      (
        "requests_timed_out_total", "Requests and connections given up because they went silent.",
        counts.requestsTimedOut
      ),
      (
        "connections_refused_total", "Connections closed when they came.",
        counts.connectionsRefused
      ),
      ("received_bytes_total", "Bytes of bodies taken, decompressed.", counts.bytes),
      ("spans_received_total", "Spans taken.", held.spansReceived),
      ("spans_rejected_total", "Spans refused because an id is not valid.", held.spansRejected),
      ("spans_duplicate_total", "Spans that came again.", held.spansDuplicate),
      ("spans_evicted_total", "Spans let go to stay within the memory.", held.spansEvicted),
      ("traces_evicted_total", "Traces let go to stay within the memory.", held.tracesEvicted),
      (
        "spans_missed_by_viewers_total", "Spans that viewers were too slow for, over all viewers.",
        counts.spansMissed
      ),
      (
        "attributes_dropped_total", "Attributes left out of spans that have too many.",
        counts.attributesDropped
      ),
      ("values_cut_total", "Attribute values cut for their length.", counts.valuesCut),
      ("strings_repaired_total", "Strings that were not UTF-8.", held.stringsRepaired),
      ("queries_total", "Questions of one-shot commands answered.", status.queries.count),
      (
        "query_rows_scanned_total", "Rows looked at for them, once for each question.",
        status.queries.rows
      ),
      ("log_records_total", "Log records, counted and not kept.", counts.logs),
      ("metric_points_total", "Metric data points, counted and not kept.", counts.metrics),
    ]
    let gauges: [(String, String, String)] = [
      ("spans_held", "Spans held now.", "\(held.spansHeld)"),
      ("traces_held", "Traces held now.", "\(held.tracesHeld)"),
      (
        "query_seconds_sum", "Time taken by all of them.",
        "\(Double(status.queries.nanoseconds) / 1e9)"
      ),
      (
        "ingest_lag_seconds", "From the end of the newest span of the last request to its arrival.",
        "\(Double(held.ingestLag?.rawValue ?? 0) / 1e9)"
      ),
      (
        "last_arrival_timestamp_seconds", "When spans last arrived.",
        "\(Double(held.lastArrival.rawValue) / 1e9)"
      ),
      ("viewers", "Viewers attached now.", "\(counts.viewers)"),
      ("memory_bytes", "Memory that spans take.", "\(held.memoryBytes)"),
      ("memory_budget_bytes", "Memory that spans may take.", "\(held.memoryBudgetBytes)"),
      (
        "uptime_seconds", "Time since the collector started.",
        "\(status.uptime.rawValue / 1_000_000_000)"
      ),
    ]
    return counters.map { ($0.0, .counter, $0.1, "\($0.2)") }
      + gauges.map { ($0.0, .gauge, $0.1, $0.2) }
  }
}
