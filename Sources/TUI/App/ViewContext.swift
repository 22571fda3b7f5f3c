import Store

/// What every view needs besides its own state.
struct ViewContext {
  let snapshot: Snapshot
  let now: UnixNanos
  let glyphs: Glyphs
  let zone: ClockZone
  /// Whether the traces of one request are shown as one.
  var joinsTraces = true
  /// What the traces looked at tell of their requests.
  var stories = StoryShelf()

  /// What figures count.
  var unit: CountUnit { joinsTraces ? .request : .trace }

  /// A line of the list: of the whole request, or where traces stand apart of one of them.
  ///
  /// The model is that of the call that counts, as in the request line, and none where only filters
  /// called any; until the story is told, the first to arrive.
  func summary(of trace: TraceNumber) -> TraceSummary? {
    guard
      var summary = joinsTraces
        ? snapshot.requestSummary(of: trace, now: now) : snapshot.summary(of: trace, now: now)
    else { return nil }
    if let calls = stories.story(of: trace)?.calls {
      summary.model = calls.model
      summary.modelAsked = calls.modelAsked
    }
    return summary
  }

  /// The story of a trace, once it was told.
  func story(of number: TraceNumber) -> RequestStory? { stories.story(of: number)?.story }

  /// The spans that the line of a trace is about, trace by trace.
  func spans(of trace: TraceNumber) -> [SpanRow] {
    joinsTraces
      ? snapshot.requestTraces(of: trace).flatMap { snapshot.spans(of: $0) }
      : snapshot.spans(of: trace)
  }

  /// A moment: of today the time, else with its date and without seconds.
  func day(of moment: UnixNanos) -> String {
    let today = Format.clock(now, .date, zone: zone).prefix(10)
    let text = Format.clock(moment, .date, zone: zone)
    return text.hasPrefix(today) ? String(text.dropFirst(11)) : String(text.dropLast(3))
  }

  /// A length of time as the glyph set can show it.
  func duration(_ length: Nanoseconds) -> String {
    Format.duration(length, isASCII: glyphs.isASCII)
  }

  /// Text cut to a width, with the set's ellipsis where something was cut.
  func cut(_ text: some StringProtocol, to width: Int) -> String {
    TextWidth.cut(text, to: width, mark: glyphs.ellipsis)
  }
}

extension TraceSummary {
  /// Whether its spans disagree about the model: then it takes the story to say which counts.
  var hasSeveralModels: Bool { conflicts.contains(.model) || conflicts.contains(.modelAsked) }

  /// Whether the first model to arrive may not be the one that the request is about: there are
  /// several, or the request did not get as far as it should have, and a filter of its own may have
  /// called it.
  var isModelInDoubt: Bool {
    guard model != nil || modelAsked != nil else { return false }
    return hasSeveralModels || verdict != .ok && verdict != .flagged
  }
}

/// Pieces of one line, each with its meaning.
typealias StyledLine = [(text: String, style: Style)]

extension Frame {
  /// Draws text so that it ends before a column.
  @discardableResult
  mutating func put(
    _ text: some StringProtocol, row: Int, endColumn: Int, style: Style = .text
  ) -> Int {
    put(text, row: row, column: endColumn - TextWidth.columns(of: text), style: style)
  }

  /// A horizontal line over some columns of a row.
  mutating func rule(row: Int, columns: Range<Int>, _ glyphs: Glyphs, style: Style = .rule) {
    guard let line = glyphs.horizontal.unicodeScalars.first else { return }
    fill(
      Rect(row: row, column: columns.lowerBound, rows: 1, columns: columns.count), with: line,
      style: style)
  }

  /// Draws lines in the upper middle of an area, as a block with one left edge.
  mutating func putBlock(_ lines: [StyledLine], in area: Rect) {
    let widest = lines.map { $0.reduce(0) { $0 + TextWidth.columns(of: $1.text) } }.max() ?? 0
    let column = area.column + max(2, (area.columns - widest) / 2)
    let row = area.row + max(0, (area.rows - lines.count) / 3)
    for (offset, line) in lines.enumerated() where row + offset < area.endRow {
      put(line, row: row + offset, column: column, width: area.endColumn - column)
    }
  }

  /// Draws pieces one after the other; where the width ends the text does, with an ellipsis.
  mutating func put(_ line: StyledLine, row: Int, column: Int, width: Int) {
    var at = column
    for piece in line {
      let left = column + width - at
      guard left > 0 else { return }
      let text = TextWidth.cut(piece.text, to: left, mark: Glyphs.set(isASCII: isASCII).ellipsis)
      at += put(text, row: row, column: at, width: left, style: piece.style)
      guard text == piece.text else { return }
    }
  }
}
