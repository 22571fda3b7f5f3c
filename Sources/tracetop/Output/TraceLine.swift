import Ingest
import Store
import TUI

/// A trace as one line of `tail`.
struct TraceLine {
  let ink: Ink
  var zone = ClockZone.local

  /// When it began, how it ended, how long it took, whose it was, what it was, and its id.
  func text(of trace: TraceDocument) -> String {
    let summary = trace.summary
    let verdict = summary.verdict.name
    let padding = String(repeating: " ", count: max(0, 10 - verdict.count))
    let color = TraceText.color(of: summary.verdict)
    let figures = [
      "\(summary.spanCount) \(summary.spanCount == 1 ? "span" : "spans")",
      summary.tokens.map { "\(Format.count($0)) tokens" },
      summary.costUSD.map { Format.cost($0) },
    ]
    let who = [summary.tenant, summary.user].map { $0 ?? "-" }
    let what = [
      summary.rootName.isEmpty ? "-" : summary.rootName, trace.story.route ?? summary.route,
      trace.story.model ?? summary.model,
    ]
    let parts = [
      Format.clock(summary.start, .milliseconds, zone: zone),
      (color.map { ink.paint(verdict, $0) } ?? verdict) + padding,
      Format.duration(summary.duration),
    ]
    let rest = (who + (what + figures).compactMap(\.self)).map { VisibleText.of($0) }
    return (parts + rest + [ink.dim(summary.id.hex)]).joined(separator: "  ") + "\n"
  }
}
