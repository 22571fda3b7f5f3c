import Ingest
import Journal

/// What the status says of the journal.
extension CollectorStatus {
  func writeJournal(to json: inout JSONWriter) {
    json.member("journal_bytes", journal?.bytes ?? 0)
    json.member("journal_state", journal?.state.word ?? "off")
    guard let journal else { return }
    json.member("journal_reason", journal.state.reason)
    json.member("journal_file", journal.path)
    json.member("journal_spans", journal.items)
    json.member("journal_requests", journal.committed)
    json.member("journal_requests_unwritten", journal.unwritten)
    json.member("journal_spans_deleted", journal.deleted)
    json.member("journal_replaying", journal.replay.isRunning)
    json.member("journal_replay_total", journal.replay.total)
    json.member("journal_spans_replayed", journal.replay.items)
    json.member("journal_spans_left_on_disk", journal.replay.left)
    json.member("journal_frames_unreadable", journal.replay.unreadable)
    json.member("journal_spans_unreadable", journal.replay.unreadableItems)
  }

  /// The same members, as another process wrote them.
  struct JournalWire: Decodable {
    var journal_state, journal_reason, journal_file: String?
    var journal_bytes, journal_spans, journal_requests: UInt64?
    var journal_requests_unwritten, journal_spans_deleted, journal_replay_total: UInt64?
    var journal_spans_replayed, journal_spans_left_on_disk, journal_frames_unreadable: UInt64?
    var journal_spans_unreadable: UInt64?
    var journal_replaying: Bool?

    /// The journal; nil where there is none.
    var report: JournalReport? {
      guard let word = journal_state, word != "off" else { return nil }
      var report = JournalReport(path: journal_file ?? "")
      switch word {
      case "opening": report.state = .opening
      case "on": report.state = .on
      case "closed": report.state = .closed
      default:
        let kind = JournalFault.Kind(rawValue: word) ?? .failed
        report.state = .stopped(JournalFault(kind, journal_reason ?? word))
      }
      report.bytes = journal_bytes ?? 0
      report.items = journal_spans ?? 0
      report.committed = journal_requests ?? 0
      report.unwritten = journal_requests_unwritten ?? 0
      report.deleted = journal_spans_deleted ?? 0
      report.replay.isRunning = journal_replaying ?? false
      report.replay.total = journal_replay_total ?? 0
      report.replay.items = journal_spans_replayed ?? 0
      report.replay.left = journal_spans_left_on_disk ?? 0
      report.replay.unreadable = journal_frames_unreadable ?? 0
      report.replay.unreadableItems = journal_spans_unreadable ?? 0
      return report
    }
  }
}
