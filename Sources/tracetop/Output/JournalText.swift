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
      ("unreadable", replay.unreadable, "frames of the journal"),
      ("unwritten", journal.unwritten, "requests that are in memory only"),
    ]
    for (label, count, meaning) in losses where count > 0 {
      rows.append((label, "\(Format.grouped(count)) \(meaning)"))
    }
    return rows
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
