import Store

/// The row over the hints.
extension ScreenView {
  /// The row over the hints: the find prompt, why a filter is none, the answer to the last key, or
  /// what ails the source.
  func drawNotice(into frame: inout Frame) {
    let row = frame.size.rows - 2
    if let trace = state.trace, let find = trace.find {
      return drawFind(find, trace, row: row, into: &frame)
    }
    guard let notice = currentNotice(columns: frame.size.columns) else {
      if let reading = state.source.reading, !reading.isDone {
        ReadingLine(reading: reading, glyphs: glyphs).draw(row: row, into: &frame)
      }
      return
    }
    frame.put(
      context.cut(notice.text, to: frame.size.columns - 2), row: row, column: 1,
      style: Style(notice.role))
  }

  private func currentNotice(columns: Int) -> Notice? {
    if state.help != nil { return state.notice }
    if let prompt = state.prompt {
      let view = FilterPromptView(context: context, prompt: prompt, row: 0, below: 0..<0)
      if let message = view.message { return message }
    }
    if let notice = state.notice { return notice }
    if let needle = state.trace?.waterfall.needle, !needle.isEmpty {
      let count = state.trace?.waterfall.matches.count ?? 0
      return Notice(
        "\(count) span\(count == 1 ? "" : "s") with \"\(needle)\"  n next  N previous", .dim)
    }
    if case .disconnected(let address, let since) = state.source.connection {
      let time = Format.clock(since, zone: context.zone)
      // The address is the longest part and the one that can be cut.
      let before = "collector gone since \(time), trying again: "
      let room = columns - 2 - TextWidth.columns(of: before)
      return Notice(before + context.cut(address, to: max(8, room)), .error)
    }
    if state.filesTop != nil { return nil }
    if let reading = state.source.reading, reading.isDone, let problem = reading.firstProblem {
      return Notice(problem, .warning)
    }
    if let notice = state.source.notice { return Notice(notice, .warning) }
    if let key = state.list.unknownKeys.first, state.trace == nil, !state.list.isEmpty {
      return Notice(Completion.notice(ofUnknownKey: key, among: context.snapshot.keys()), .dim)
    }
    return nil
  }

  private func drawFind(
    _ find: OpenTrace.FindPrompt, _ trace: OpenTrace, row: Int, into frame: inout Frame
  ) {
    var at = 1 + frame.put("find ", row: row, column: 1, style: .prompt.bold)
    let before = TextWidth.columns(of: find.editor.prefix)
    frame.cursor = (row, min(frame.size.columns - 1, at + before))
    at += frame.put(find.editor.text, row: row, column: at, style: .prompt)
    guard !find.editor.text.isEmpty else { return }
    let count = trace.waterfall.matches.count
    let text = count == 0 ? "no span is called so" : "\(count) spans"
    frame.put(
      text, row: row, endColumn: frame.size.columns - 1, style: count == 0 ? .warning : .dim)
  }
}
