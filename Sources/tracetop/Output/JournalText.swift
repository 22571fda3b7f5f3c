import Journal
import Store
import TUI

/// What `tracetop status` says of the journal to people.
enum JournalText {
  static func rows(_ journal: JournalReport) -> [(String, String)] {
    var rows = [("journal", VisibleText.of(state(journal)))]
    let replay = journal.replay
    if replay.isRunning {
      rows.append(
        (
          "reading",
          "\(Format.grouped(replay.items)) of \(Format.grouped(replay.total)) spans and log records "
            + "read back"
        ))
    }
    let losses: [(String, UInt64, String)] = [
      (
        "left", replay.left,
        "older spans and log records in the journal that memory had no room for"
      ),
      (
        "unreadable", replay.unreadableItems,
        "spans and log records of the journal, in frames that are damaged"
      ),
      ("unwritten", journal.unwritten, "requests that are in memory only"),
    ]
    for (label, count, meaning) in losses where count > 0 {
      rows.append((label, "\(Format.grouped(count)) \(meaning)"))
    }
    return rows
  }

  /// One line for the person in front: what is being read back, or why nothing is written; nil where
  /// all is well.
  static func notice(_ report: JournalReport) -> String? {
    if let reason = report.state.reason {
      return "journal \(report.state.word), spans are in memory only: \(reason)"
    }
    let replay = report.replay
    if replay.isRunning, replay.total > 0 {
      return "journal: \(Format.count(replay.items)) of \(Format.count(replay.total)) read back"
    }
    return replay.left > 0
      ? "journal: \(Format.grouped(replay.left)) older spans left on disk, memory is full" : nil
  }

  private static func state(_ journal: JournalReport) -> String {
    switch journal.state {
    case .opening: "opening \(journal.path)"
    case .on:
      "\(Format.bytes(Int(clamping: journal.bytes))), "
        + "\(Format.grouped(journal.items)) spans and log records in \(journal.path)"
    case .stopped(let fault): "\(fault.kind.rawValue): \(fault.reason)"
    case .closed: "closed"
    }
  }
}
