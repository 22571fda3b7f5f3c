import Ingest
import Journal
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

  private static func journalFigures(
    of status: CollectorStatus
  ) -> [(name: String, kind: Kind, help: String, value: String)] {
    guard let journal = status.journal else { return [] }
    return [
      (
        "journal_up", .gauge, "Whether acknowledged requests are in the journal.",
        journal.state == .on ? "1" : "0"
      ),
      ("journal_bytes", .gauge, "Room that the journal takes on disk.", "\(journal.bytes)"),
      ("journal_spans", .gauge, "Spans and log records in the journal.", "\(journal.items)"),
      (
        "journal_requests_total", .counter, "Requests committed to the journal.",
        "\(journal.committed)"
      ),
      (
        "journal_requests_unwritten_total", .counter,
        "Requests acknowledged without being in the journal.", "\(journal.unwritten)"
      ),
      (
        "journal_spans_deleted_total", .counter,
        "Spans and log records deleted from the journal for age or room.", "\(journal.deleted)"
      ),
      (
        "journal_replaying", .gauge, "Whether the journal is being read back.",
        journal.replay.isRunning ? "1" : "0"
      ),
      (
        "journal_spans_replayed", .gauge, "Spans and log records read back at the start.",
        "\(journal.replay.items)"
      ),
      (
        "journal_spans_left_on_disk", .gauge,
        "Spans and log records not read back for want of memory.", "\(journal.replay.left)"
      ),
      (
        "journal_spans_unreadable", .gauge,
        "Spans and log records in frames of the journal that are damaged.",
        "\(journal.replay.unreadableItems)"
      ),
    ]
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
      (
        "requests_unauthenticated_total", "Calls without a token that is known.",
        counts.requestsUnauthenticated
      ),
      (
        "tls_handshakes_failed_total", "Connections that did not come to speak TLS.",
        counts.handshakesFailed
      ),
      (
        "accepts_failed_total", "Times no connection could be accepted, for want of files.",
        counts.acceptsFailed
      ),
      ("received_bytes_total", "Bytes of bodies taken, decompressed.", counts.bytes),
      ("spans_received_total", "Spans taken.", held.spansReceived),
      ("spans_rejected_total", "Spans refused because an id is not valid.", held.spansRejected),
      ("spans_duplicate_total", "Spans that came again.", held.spansDuplicate),
      ("spans_evicted_total", "Spans let go to stay within the memory.", held.spansEvicted),
      ("traces_evicted_total", "Traces let go to stay within the memory.", held.tracesEvicted),
      (
        "spans_evicted_evidence_total",
        "Of the spans evicted, those of errors, denials, slow requests and pins.",
        held.spansEvictedEvidence
      ),
      (
        "traces_evicted_evidence_total",
        "Of the traces evicted, errors, denials, slow requests and pins.",
        held.tracesEvictedEvidence
      ),
      (
        "spans_sampled_out_total", "Spans of requests that were thinned away.",
        held.spansSampledOut
      ),
      ("traces_sampled_out_total", "Traces that were thinned away.", held.tracesSampledOut),
      (
        "traces_kept_by_share_total", "Traces that stand for others that were thinned away.",
        held.tracesKeptByShare
      ),
      (
        "spans_sampled_out_late_total", "Spans of requests that had been thinned away already.",
        held.spansSampledOutLate
      ),
      (
        "errors_sampled_out_late_total", "Of those, spans with an error or a denial.",
        held.errorsSampledOutLate
      ),
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
      ("log_records_total", "Log records taken.", held.logsReceived),
      ("log_records_duplicate_total", "Log records that came again.", held.logsDuplicate),
      (
        "log_records_evicted_total", "Log records let go to stay within the memory.",
        held.logsEvicted
      ),
      ("log_records_expired_total", "Log records whose trace never came.", held.logsExpired),
      (
        "log_records_without_trace_total", "Log records that name no trace, not kept.",
        held.logsWithoutTrace
      ),
      (
        "log_records_missed_by_viewers_total",
        "Log records that viewers were too slow for, over all viewers.", counts.logsMissed
      ),
      ("metric_points_total", "Metric data points, counted and not kept.", counts.metrics),
    ]
    let gauges: [(String, String, String)] = [
      ("spans_held", "Spans held now.", "\(held.spansHeld)"),
      ("traces_held", "Traces held now.", "\(held.tracesHeld)"),
      ("log_records_held", "Log records held now.", "\(held.logsHeld)"),
      (
        "log_records_waiting", "Log records held now whose trace has not come yet.",
        "\(held.logsWaiting)"
      ),
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
      ("sampled_share", "The share of unremarkable requests kept.", "\(held.sampledShare ?? 1)"),
      (
        "spans_spared", "Spans held of errors, denials, slow requests and pins past their time.",
        "\(held.spansSpared)"
      ),
      ("memory_bytes", "Memory that spans take.", "\(held.memoryBytes)"),
      ("memory_budget_bytes", "Memory that spans may take.", "\(held.memoryBudgetBytes)"),
      (
        "uptime_seconds", "Time since the collector started.",
        "\(status.uptime.rawValue / 1_000_000_000)"
      ),
    ]
    let journal = journalFigures(of: status)
    return journal + counters.map { ($0.0, .counter, $0.1, "\($0.2)") }
      + gauges.map { ($0.0, .gauge, $0.1, $0.2) }
  }
}
