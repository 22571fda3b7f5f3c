import Store

extension Turn {
  // MARK: - What was read

  mutating func performOnFiles(_ command: Command) {
    switch command {
    case .back, .files: state.filesTop = nil
    default:
      let height = FilesView.textArea(of: state.size).rows
      if let rows = command.rows(ofTextHeight: height) { scrollFiles(by: rows) }
    }
  }

  mutating func openFiles() {
    guard state.source.reading != nil else {
      state.notice = Notice("nothing was read from a file: tracetop open FILE does that")
      return
    }
    state.filesTop = 0
  }

  mutating func scrollFiles(by rows: Int) {
    guard let top = state.filesTop, let reading = state.source.reading else { return }
    let count = FilesView.lines(reading, state.glyphs).count
    let height = FilesView.textArea(of: state.size).rows
    state.filesTop = min(max(0, top + rows), max(0, count - height))
  }

  // MARK: - Writing

  /// Writes the traces of the list, or the one that is open, to a file.
  mutating func writeTraces() {
    let traces: [TraceNumber] =
      if let trace = state.trace {
        [trace.waterfall.number]
      } else {
        // The list has the newest last, and files are read from their beginning.
        state.list.traces
      }
    guard !traces.isEmpty else {
      state.notice = Notice("there is no trace here to write")
      return
    }
    effects.append(.write(traces, joinsTraces: state.list.order.joinsTraces))
    let count = Format.grouped(UInt64(traces.count))
    let thing = state.list.order.joinsTraces ? "request" : "trace"
    state.notice = Notice("writing \(count) \(thing)\(traces.count == 1 ? "" : "s") …")
  }

  /// The answer to a write that has come to its end.
  mutating func takeAnswer(of status: SourceStatus) {
    guard let answer = status.answer, answer != state.source.answer else { return }
    state.notice = Notice(answer.text, answer.isError ? .error : .ok)
  }
}
