import Store

/// A count of what did not come, was not kept or is not shown.
struct Loss: Equatable, Sendable {
  /// As the status line has it: a word or two.
  var name: String
  var count: UInt64
  var role: StyleRole
  /// What it means, for the help.
  var meaning: String

  init(_ name: String, _ count: UInt64, _ role: StyleRole, _ meaning: String) {
    (self.name, self.count, self.role, self.meaning) = (name, count, role, meaning)
  }

  /// All of them that are not zero, the worst first; those that the collector tells of last.
  static func all(_ statistics: StoreStatistics, _ source: SourceStatus) -> [Loss] {
    ofStore(statistics, source)
      + source.collector.losses.map { Loss($0.name, $0.count, .warning, $0.meaning) }
  }

  /// Those that this explorer knows by itself.
  static func ofStore(_ statistics: StoreStatistics, _ source: SourceStatus) -> [Loss] {
    let evicted = statistics.tracesEvicted - statistics.tracesEvictedEvidence
    let counts = [
      Loss("missed", source.spansMissed, .warning, "spans that came faster than this explorer"),
      Loss("rejected", statistics.spansRejected, .warning, "spans refused: ids that are not valid"),
      Loss("bad requests", source.badRequests, .warning, "requests refused: they are not OTLP"),
      Loss(
        "late errors", statistics.errorsSampledOutLate, .warning,
        "failed spans that came after their trace was sampled out"),
      Loss(
        "evicted evidence", statistics.tracesEvictedEvidence, .text,
        "errors, denials, slow ones and pins evicted: more than their share"),
      Loss("evicted", evicted, .text, "traces evicted to make room"),
      Loss("sampled out", statistics.tracesSampledOut, .dim, "traces let go by --sample"),
      Loss("repaired", statistics.stringsRepaired, .dim, "texts that were not UTF-8, mended"),
      Loss("duplicate", statistics.spansDuplicate, .dim, "spans that were there already"),
      Loss("logs missed", source.logsMissed, .warning, "log records that came too fast"),
      Loss(
        "logs gone", statistics.logsEvicted + statistics.logsExpired, .dim,
        "log records let go with their trace, or whose trace never came"),
      Loss(
        "logs w/o trace", statistics.logsWithoutTrace, .dim,
        "log records that name no trace: not kept"),
    ]
    return counts.filter { $0.count > 0 }
  }
}
