import Ingest
import Journal
import Store
import TUI

/// A collector's status for people: figures that are zero because nothing went wrong are left out.
enum StatusText {
  static func text(_ status: CollectorStatus, ink: Ink) -> String {
    let statistics = status.statistics
    let counts = status.counts
    var rows = [
      ("collector", "tracetop \(VisibleText.of(status.version)), process \(status.pid)"),
      ("up", Format.duration(status.uptime)),
    ]
    for endpoint in status.endpoints { rows.append(("listening", VisibleText.of(endpoint))) }
    if let demands = demands(status.security) { rows.append(("over TCP", demands)) }
    rows += [
      (
        "received",
        "\(Format.grouped(statistics.spansReceived)) spans in "
          + "\(Format.grouped(counts.requests)) requests"
      ),
      (
        "held",
        "\(Format.grouped(statistics.spansHeld)) spans in "
          + "\(Format.grouped(statistics.tracesHeld)) traces"
      ),
      (
        "memory",
        "\(Format.bytes(statistics.memoryBytes)) of \(Format.bytes(statistics.memoryBudgetBytes))"
      ),
      ("viewers", "\(counts.viewers)"),
    ]
    if let journal = status.journal { rows += JournalText.rows(journal) }
    if statistics.logsHeld > 0 {
      let waiting = statistics.logsWaiting
      let note = waiting > 0 ? ", \(Format.grouped(waiting)) of them before their trace" : ""
      rows.insert(
        ("logs", "\(Format.grouped(statistics.logsHeld)) records\(note)"), at: rows.count - 2)
    }
    let losses: [(String, UInt64, String)] = [
      ("evicted", statistics.spansEvicted, "spans to stay within the memory"),
      (
        "", statistics.spansEvictedEvidence,
        "of those of errors, denials, slow requests and pins, past their share"
      ),
      ("spared", statistics.spansSpared, "spans of errors, denials, slow requests and pins"),
      ("sampled out", statistics.spansSampledOut, "spans of unremarkable requests"),
      ("", statistics.spansSampledOutLate, "of those came after their request was let go"),
      ("", statistics.errorsSampledOutLate, "of those with an error: too late to be kept"),
      ("rejected", statistics.spansRejected, "spans whose ids are not valid"),
      ("duplicate", statistics.spansDuplicate, "spans that came again"),
      ("refused", counts.badRequests, "requests that are not OTLP"),
      ("too large", counts.requestsTooLarge, "of those requests, over a limit of size"),
      ("overloaded", counts.requestsOverloaded, "requests whose senders were told to try again"),
      ("timed out", counts.requestsTimedOut, "requests and connections that went silent"),
      ("turned away", counts.connectionsRefused, "connections: too many, or another user's"),
      ("strangers", counts.requestsUnauthenticated, "calls without a token that is known"),
      ("handshakes", counts.handshakesFailed, "connections that did not come to speak TLS"),
      ("no files", counts.acceptsFailed, "times no connection could be accepted"),
      ("dropped", counts.attributesDropped, "attributes of spans that have too many"),
      ("cut", counts.valuesCut, "values that are too long"),
      ("missed", counts.spansMissed, "spans that viewers were too slow for"),
      ("repaired", statistics.stringsRepaired, "strings that were not UTF-8"),
      ("no trace", statistics.logsWithoutTrace, "log records that name no trace, not kept"),
      (
        "logs gone", statistics.logsEvicted,
        "log records, with their trace or to stay within the memory"
      ),
      ("expired", statistics.logsExpired, "log records whose trace never came"),
      ("log twice", statistics.logsDuplicate, "log records that came again"),
      ("missed", counts.logsMissed, "log records that viewers were too slow for"),
      ("metrics", counts.metrics, "data points, counted and not kept"),
    ]
    for (label, count, meaning) in losses where count > 0 {
      rows.append((label, "\(Format.grouped(count)) \(meaning)"))
    }
    if let share = statistics.sampledShare {
      let text = RetentionPolicy.text(ofShare: share)
      rows.append(("sampled", "\(text) of unremarkable requests are kept: counts are scaled"))
    }
    if let share = status.planoSampling { rows.append(("sampling", RuleText.sampling(share))) }
    for use in status.rules {
      rows.append(("rule", RuleText.line(use)))
    }
    return Columns.text(rows, ink: ink)
  }

  private static func demands(_ security: CollectorStatus.Security) -> String? {
    let all = [
      security.tls ? "TLS" : nil, security.certificates ? "client certificates" : nil,
      security.tokens ? "tokens" : nil,
    ].compactMap(\.self)
    return all.isEmpty ? nil : all.joined(separator: ", ")
  }
}
