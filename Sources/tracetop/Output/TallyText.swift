import Ingest
import TUI

/// Counts as closing lines say them.
enum TallyText {
  static func of(_ tally: RequestTally) -> String {
    ([count(tally.traces, "trace"), count(tally.spans, "span")]
      + (tally.logs > 0 ? [count(tally.logs, "log record")] : [])).joined(separator: ", ")
  }

  static func count(_ number: some BinaryInteger, _ thing: String) -> String {
    "\(Format.grouped(UInt64(clamping: number))) \(thing)\(number == 1 ? "" : "s")"
  }
}
