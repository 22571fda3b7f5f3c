import Glibc
import Ingest
import Store
import TUI

/// A list to choose a trace from, as `planoai trace --list` has it on a terminal: arrows or j and k move,
/// Enter takes, Esc and q leave.
enum TraceChooser {
  /// The most lines of the list that are shown at a time.
  private static let maximumLines = 15

  private static let verdictColumns = Verdict.allCases.map(\.name.count).max() ?? 0
  private static let durationColumns = 6

  /// Whether there is somebody to ask.
  static var isPossible: Bool { StandardOutput.isTerminal && isatty(STDIN_FILENO) == 1 }

  /// The trace that was chosen; nil where none was.
  static func choose(
    from traces: FetchedTraces, ink: Ink, glyphs: Glyphs
  ) throws(Failure) -> TraceDocument? {
    var menu = ChoiceMenu(
      count: traces.numbers.count, lines: min(maximumLines, StandardOutput.rows - 2))
    let keys = try KeyStrokes()
    defer { keys.close() }
    StandardOutput.write("Select a trace to view:\n")
    var drawn = 0
    while true {
      let lines = menu.shown.map { index in
        let text = label(of: traces.numbers[index], in: traces, glyphs)
        return index == menu.selected ? ink.bold("> \(text)") : "  \(text)"
      }
      erase(drawn)
      StandardOutput.write(lines.map { $0 + "\n" }.joined())
      drawn = lines.count
      switch menu.press(keys.next()) {
      case .goOn: continue
      case .leave:
        erase(drawn)
        return nil
      case .take:
        erase(drawn)
        return traces.document(traces.numbers[menu.selected])
      }
    }
  }

  /// `7f3a9c2e  error  1.92s  2026-11-21 14:02:11  acme  POST /v1/chat/completions`
  private static func label(
    of number: TraceNumber, in traces: FetchedTraces, _ glyphs: Glyphs
  ) -> String {
    guard let summary = traces.summary(number) else { return "(gone)" }
    let verdict = summary.verdict.name
    let duration = Format.duration(summary.duration, isASCII: glyphs.isASCII)
    let words = [
      String(summary.id.hex.prefix(8)),
      verdict + String(repeating: " ", count: max(0, verdictColumns - verdict.count)),
      String(repeating: " ", count: max(0, durationColumns - duration.count)) + duration,
      Format.clock(summary.start, .date), summary.tenant, summary.rootName,
    ].compactMap(\.self).map { VisibleText.of($0) }.joined(separator: "  ")
    return TextWidth.cut(
      words, to: max(10, (StandardOutput.columns ?? 80) - 3), mark: glyphs.ellipsis)
  }

  /// Takes back the last lines that were written.
  private static func erase(_ lines: Int) {
    guard lines > 0 else { return }
    StandardOutput.write("\u{1B}[\(lines)A\u{1B}[J")
  }
}

/// Which line of a long list is selected, and which are shown around it. A pure value.
struct ChoiceMenu: Equatable {
  enum Outcome { case goOn, take, leave }

  let count: Int
  let lines: Int
  private(set) var selected = 0
  private var top = 0

  init(count: Int, lines: Int) {
    self.count = count
    self.lines = max(1, lines)
  }

  var shown: Range<Int> { top..<min(count, top + lines) }

  mutating func press(_ key: KeyStrokes.Key) -> Outcome {
    switch key {
    case .take: return .take
    case .leave: return .leave
    case .up: selected -= 1
    case .down: selected += 1
    case .pageUp: selected -= lines
    case .pageDown: selected += lines
    case .first: selected = 0
    case .last: selected = count - 1
    case .other: break
    }
    selected = max(0, min(count - 1, selected))
    top = max(min(top, selected), selected - lines + 1)
    return .goOn
  }
}
