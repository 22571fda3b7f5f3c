import Ingest
import Journal
import Store
import TUI

/// A collector's figures as the explorer shows them, whether it is this process's or another's.
extension CollectorReport {
  init(_ counts: CollectorStatistics.Counts, _ journal: JournalReport?) {
    self.init(journal: Journal(journal))
    add("too large", counts.requestsTooLarge, "requests over a limit of size")
    add("overloaded", counts.requestsOverloaded, "requests whose senders were told to try again")
    add("timed out", counts.requestsTimedOut, "requests and connections that went silent")
    add("turned away", counts.connectionsRefused, "connections: too many, or another user's")
    add("strangers", counts.requestsUnauthenticated, "calls without a token that is known")
    add("handshakes", counts.handshakesFailed, "connections that did not come to speak TLS")
    add("no files", counts.acceptsFailed, "times no connection could be accepted")
    add("attrs dropped", counts.attributesDropped, "attributes of spans that have too many")
    add("cut", counts.valuesCut, "values that are too long")
    add("unwritten", journal?.unwritten ?? 0, "requests that are not in the journal")
  }

  /// What another process's collector says; its spans are counted there, not here.
  init(_ status: CollectorStatus) {
    self.init(status.counts, status.journal)
    let statistics = status.statistics
    memory = Memory(bytes: statistics.memoryBytes, budget: statistics.memoryBudgetBytes)
    add("rejected there", statistics.spansRejected, "spans whose ids are not valid")
    add("evicted there", statistics.spansEvicted, "spans evicted to stay within its memory")
  }

  private mutating func add(_ name: String, _ count: UInt64, _ meaning: String) {
    if count > 0 { losses.append(Loss(name: name, count: count, meaning: meaning)) }
  }
}

extension CollectorReport.Journal {
  init(_ report: JournalReport?) {
    guard let report else {
      self = .off
      return
    }
    self =
      switch report.state {
      case .stopped(let fault): .broken(fault.kind.rawValue)
      case _ where report.replay.isRunning && report.replay.total > 0:
        .replaying(report.replay.items, of: report.replay.total)
      case .opening: .opening
      case .on, .closed: .on(bytes: report.bytes)
      }
  }
}
