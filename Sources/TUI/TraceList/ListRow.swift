import Store

/// A row of the list, worked out once: what it says in each column, and how wide that is.
final class ListRow: Sendable, Equatable {
  struct Text: Sendable {
    /// Nil where the trace has nothing to show there.
    var text: String?
    var columns: Int
  }

  let summary: TraceSummary
  /// Whether it takes the story to say which model the request is about.
  let isModelInDoubt: Bool
  /// By column; of those that are measured only.
  private let texts: [Text]

  init(_ summary: TraceSummary, _ glyphs: Glyphs) {
    self.summary = summary
    isModelInDoubt = summary.isModelInDoubt
    var texts = [Text](
      repeating: Text(text: nil, columns: 0), count: ListColumn.allCases.count)
    for column in ListColumn.measured {
      guard let text = column.text(of: summary, glyphs), !text.isEmpty else { continue }
      texts[column.rawValue] = Text(text: text, columns: TextWidth.columns(of: text))
    }
    self.texts = texts
  }

  /// What a column of values says.
  subscript(column: ListColumn) -> Text { texts[column.rawValue] }

  static func == (left: ListRow, right: ListRow) -> Bool {
    left === right || left.summary == right.summary
  }
}

/// The rows that were looked at, as of one answer.
struct RowShelf: Equatable, Sendable {
  /// What rows are made of. Whatever changes with time alone comes with an answer.
  private struct Moment: Equatable, Sendable {
    var version: UInt64
    var answers: Int
    var joinsTraces: Bool
    var isASCII: Bool

    init(_ context: ViewContext, _ answers: Int) {
      version = context.snapshot.version
      self.answers = answers
      joinsTraces = context.joinsTraces
      isASCII = context.glyphs.isASCII
    }
  }

  private var moment: Moment?
  private var rows: [TraceNumber: ListRow] = [:]
  /// What was looked at last, and its rows.
  private var traces: [TraceNumber] = []
  private var screen: [ListRow?] = []
  /// Some screens of rows.
  private static let maximumRows = 256

  /// Looks at traces unless that was done; returns the rows that are not as they were.
  mutating func look(at traces: [TraceNumber], _ context: ViewContext, answers: Int) -> [ListRow] {
    let moment = Moment(context, answers)
    if self.moment == moment, self.traces == traces { return [] }
    var before: [TraceNumber: ListRow] = [:]
    if self.moment != moment {
      if self.moment?.isASCII == moment.isASCII { before = rows }
      rows = [:]
      self.moment = moment
    } else if rows.count + traces.count > Self.maximumRows {
      (before, rows) = (rows, [:])
    }
    var new: [ListRow] = []
    for trace in traces where rows[trace] == nil {
      guard let summary = context.summary(of: trace) else { continue }
      if let row = before[trace], row.summary == summary {
        rows[trace] = row
      } else {
        let row = ListRow(summary, context.glyphs)
        rows[trace] = row
        new.append(row)
      }
    }
    self.traces = traces
    screen = traces.map { rows[$0] }
    return new
  }

  /// The rows of traces, nil for those that are not held.
  func rows(_ traces: [TraceNumber], _ context: ViewContext, answers: Int) -> [ListRow?] {
    if traces == self.traces, moment == Moment(context, answers) { return screen }
    return traces.map { row($0, context, answers: answers) }
  }

  /// The row of a trace; nil where the trace is not held.
  func row(_ trace: TraceNumber, _ context: ViewContext, answers: Int) -> ListRow? {
    if moment == Moment(context, answers), let row = rows[trace] { return row }
    return context.summary(of: trace).map { ListRow($0, context.glyphs) }
  }

  /// Other stories are told of these now.
  mutating func forget(_ traces: [TraceNumber]) {
    for trace in traces { rows[trace] = nil }
    (self.traces, screen) = ([], [])
  }
}
