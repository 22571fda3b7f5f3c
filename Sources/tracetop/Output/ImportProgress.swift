import Ingest
import Store
import Synchronization
import TUI

/// What `import` says on stderr while it works, and at the end.
final class ImportProgress: Sendable {
  /// How often the line is drawn anew.
  private static let interval = Nanoseconds.milliseconds(100)
  /// How many problems of a file are said one by one.
  private static let listed = 20

  private struct State {
    var current = 0
    var shown = UnixNanos(0)
    var hasLine = false
    /// Of the files that are done, and of the one that is being read.
    var spansBefore: UInt64 = 0
    var report: FileReport?
    var lost = FileReport(name: "")
    /// Why nothing is sent for now.
    var waiting: String?
  }

  private let inputs: [FileInput]
  private let isTerminal = StandardError.isTerminal
  /// Guards what is shown: the command's thread, and the one that a signal comes to.
  private let state = Mutex(State())

  init(_ inputs: [FileInput]) { self.inputs = inputs }

  func begin(_ number: Int) {
    state.withLock { state in
      state.current = number
      state.report = nil
    }
  }

  /// Draws the line anew, if it is time.
  func show(_ report: FileReport) {
    state.withLock { state in
      state.report = report
      guard isTerminal else { return }
      let now = Environment.now
      guard now.since(state.shown) >= Self.interval else { return }
      state.shown = now
      state.hasLine = true
      StandardError.write("\r\u{1B}[K" + line(state))
    }
  }

  private func line(_ state: State) -> String {
    let input = inputs[state.current]
    var parts: [String] = []
    if let size = input.size {
      let share = min(1, Double(input.bytesRead) / Double(size))
      parts.append("\(ProgressBar.text(share, columns: 20)) \(Format.percent(share))")
    }
    let spans = state.spansBefore + (state.report?.spans ?? 0)
    parts.append("\(Format.grouped(spans)) spans")
    parts.append(state.waiting ?? VisibleText.of(input.name))
    return parts.joined(separator: "  ")
  }

  /// Says that a request has to wait, or with nil that it went through: on a terminal in the line, else
  /// once for all of its waits.
  func wait(_ waiting: PatientSender.Waiting?) {
    state.withLock { state in
      let isNew = state.waiting == nil
      state.waiting = waiting.map { waiting in
        let pause = Nanoseconds.milliseconds(UInt64(max(0, waiting.milliseconds)))
        return "waiting \(Format.duration(pause)): \(VisibleText.of(waiting.reason))"
      }
      if isTerminal {
        state.hasLine = true
        StandardError.write("\r\u{1B}[K" + TextWidth.cut(line(state), to: Self.lineColumns))
      } else if isNew, let waiting {
        StandardError.say("waiting to try again: \(waiting.reason)")
      }
    }
  }

  /// A line that is longer would not be drawn over by the next.
  private static let lineColumns = 79

  /// Says what was left out of a file.
  func end(_ report: FileReport) {
    state.withLock { state in
      state.spansBefore += report.spans
      state.report = nil
      state.lost.spansRejected += report.spansRejected
      state.lost.problemCount += report.problemCount
      state.lost.otherSignals += report.otherSignals
      state.lost.logsWithoutTrace += report.logsWithoutTrace
      clear(&state)
    }
    for problem in report.problems.prefix(Self.listed) {
      StandardError.say("\(report.name): \(problem)")
    }
    let more = report.problemCount - UInt64(min(report.problems.count, Self.listed))
    if more > 0 { StandardError.say("\(report.name): \(Format.grouped(more)) more of these") }
    if report.format == "empty" { StandardError.say("\(report.name): empty") }
    if report.otherSignals > 0 {
      StandardError.say("\(report.name): metrics in it are not read")
    }
  }

  /// The last line: what was sent, and what was not.
  func close(spans: SendingSink.Tally, logs: SendingSink.Tally) {
    let lost = state.withLock { state in
      clear(&state)
      return state.lost
    }
    var parts = ["imported \(TallyText.count(spans.taken, "span"))"]
    if logs.sent > 0 { parts.append("and \(TallyText.count(logs.taken, "log record"))") }
    parts.append("from \(TallyText.count(inputs.count, "file"))")
    var losses: [String] = []
    for (tally, name) in [(spans, "span"), (logs, "log record")] where tally.refused > 0 {
      losses.append("\(TallyText.count(tally.refused, name)) refused: \(tally.reason)")
    }
    if lost.logsWithoutTrace > 0 {
      losses.append("\(TallyText.count(lost.logsWithoutTrace, "log record")) without a trace")
    }
    if lost.spansRejected > 0 {
      losses.append("\(TallyText.count(lost.spansRejected, "span")) without a valid id")
    }
    if lost.problemCount > 0 {
      losses.append("\(TallyText.count(lost.problemCount, "problem")), said above")
    } else {
      losses += [spans, logs].filter { $0.refused == 0 && !$0.reason.isEmpty }.map(\.reason)
    }
    let text = ([parts.joined(separator: " ")] + losses).joined(separator: "; ")
    StandardOutput.offer(VisibleText.of(text) + "\n")
  }

  /// After Ctrl-C.
  func interrupt() {
    for input in inputs { input.end() }
    let spans = state.withLock { state in
      clear(&state)
      return state.spansBefore + (state.report?.spans ?? 0)
    }
    StandardError.say("interrupted after about \(TallyText.count(spans, "span"))")
  }

  private func clear(_ state: inout State) {
    if state.hasLine { StandardError.write("\r\u{1B}[K") }
    state.hasLine = false
  }
}

extension SendingSink.Tally {
  /// What was sent and not refused.
  fileprivate var taken: UInt64 { sent - min(sent, refused) }
}
