import Store

/// A trace opened from the list: its tree, the details of the selected span, and which of the two
/// has the keys.
struct OpenTrace: Equatable, Sendable {
  enum Pane: Equatable, Sendable { case tree, details }

  var waterfall: WaterfallState
  var details = SpanDetailState()
  var focus = Pane.tree
  /// The find prompt, while it is open.
  var find: FindPrompt?

  /// What is looked for, and where the selection was before.
  struct FindPrompt: Equatable, Sendable {
    var editor: LineEditor
    var origin: TraceTree.RowKey?
  }

  /// When what is said of an unfinished trace is due to change; nil when it is not.
  var settles: UnixNanos?

  init(number: TraceNumber, id: TraceID) {
    waterfall = WaterfallState(number: number, id: id)
  }

  // MARK: - Details of the selected span

  /// The selected row's document; nil while it stands for a missing parent.
  func document(_ context: ViewContext) -> SpanDocument? {
    guard let treeRow = waterfall.treeRow else { return nil }
    let place = waterfall.tree.rows[treeRow].place
    if place == .group || place == .extra {
      return GroupLines(context: context, waterfall: waterfall, row: treeRow).document
    }
    guard let row = waterfall.selectedSpan,
      let record = context.snapshot.record(of: row.reference)
    else { return nil }
    let tree = waterfall.tree
    return SpanDocument(
      record, row: row, traceStart: tree.start, selfTime: tree.selfTime(of: treeRow),
      lead: tree.lead(of: treeRow), lifted: lifted(record, context), told: waterfall.told,
      summary: context.snapshot.summary(of: waterfall.number, now: context.now),
      logs: logs(of: row, at: treeRow, context), context: context)
  }

  /// The log records to be listed with a span.
  private func logs(of span: SpanRow, at row: Int, _ context: ViewContext) -> LogLines {
    let marks = waterfall.logs
    guard let mark = waterfall.logMark(at: row) else { return LogLines() }
    var lines = LogLines()
    lines.ownCount = marks.marks[span.spanID]?.count ?? 0
    lines.strayCount = mark.count - lines.ownCount
    let spans = lines.strayCount > 0 ? waterfall.spanIDs : []
    for trace in marks.traces {
      if lines.ownCount > 0 {
        lines.own += context.snapshot.logRecords(of: trace, limit: LogLines.maximumShown) {
          $0 == span.spanID
        }
      }
      guard lines.strayCount > 0 else { continue }
      lines.stray += context.snapshot.logRecords(of: trace, limit: LogLines.maximumShown) {
        !spans.contains($0)
      }
    }
    return lines
  }

  /// The dimensions of the trace whose value the span itself does not carry.
  private func lifted(_ record: SpanRecord, _ context: ViewContext) -> [SpanDocument.Lifted] {
    guard let summary = context.summary(of: waterfall.number) else {
      return []
    }
    let values = Set(
      (record.attributes + record.resource.attributes).map { ValueText.line($0.value) })
    let dimensions: [(Filter.DimensionKey, String?)] = [
      (.tenant, summary.tenant), (.user, summary.user), (.session, summary.session),
      (.request, summary.request), (.route, summary.route), (.model, summary.model),
      (.provider, summary.provider),
    ]
    let missing = dimensions.compactMap { key, value -> (Filter.DimensionKey, String)? in
      guard let value, !values.contains(value) else { return nil }
      return (key, value)
    }
    let conflicts = conflicts
    guard !missing.isEmpty else { return conflicts }
    let listed = Set(conflicts.map(\.field))
    return missing.filter { !listed.contains(.dimension($0.0)) }.map { key, value in
      SpanDocument.Lifted(
        key: key.rawValue, value: value, origin: origin(of: key, value), field: .dimension(key))
    } + conflicts
  }

  /// The service and the key that say a value of the trace, once its story was told.
  private func origin(of key: Filter.DimensionKey, _ value: String) -> String? {
    let said = key.vocabulary.flatMap { waterfall.told?.story.values(of: $0) }
    guard let found = said?.values.first(where: { $0.text == value }) else { return nil }
    let service = waterfall.tree.spans.first { $0.spanID == found.span }?.service
    return [service, found.key].compactMap { $0 }.joined(separator: " ")
  }

  /// Every value of the dimensions that spans of the trace disagree about.
  private var conflicts: [SpanDocument.Lifted] {
    let keys: [(Dimension, Filter.DimensionKey)] = [
      (.tenant, .tenant), (.user, .user), (.session, .session), (.request, .request),
      (.route, .route), (.model, .model), (.provider, .provider), (.environment, .environment),
    ]
    let services = Dictionary(
      waterfall.tree.spans.map { ($0.spanID, $0.service) }, uniquingKeysWith: { first, _ in first })
    return keys.flatMap { dimension, key -> [SpanDocument.Lifted] in
      guard let all = waterfall.told?.story.values(of: dimension), all.hasConflict else {
        return []
      }
      let values = all.conflicting
      return values.enumerated().map { index, text in
        let origin = all.values.first { $0.text == text }
        let words = [origin.flatMap { services[$0.span] }, origin?.key].compactMap { $0 }
        return SpanDocument.Lifted(
          key: "\(key.rawValue) \(index + 1) of \(values.count)", value: text,
          origin: words.joined(separator: " "), field: .dimension(key))
      }
    }
  }
}
