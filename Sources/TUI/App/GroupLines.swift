import Store

/// What there is to say of a row that is no span: the steps of a group, a step that only events tell
/// of, the models that a decision had to choose from.
struct GroupLines {
  let context: ViewContext
  let waterfall: WaterfallState
  let row: Int

  private var glyphs: Glyphs { context.glyphs }
  private var text: RowText { RowText(context: context, waterfall: waterfall, row: row) }

  /// The row's heading, for the title of the pane.
  var title: String { text.label.map(\.text).joined() }
  /// How long it took, where that is known.
  var figures: String { text.duration.map { context.duration($0) } ?? "" }

  var document: SpanDocument {
    var items: [SpanDocument.Item] = []
    if let group = waterfall.tree.group(at: row) {
      items = group.kind == .run ? run(group) : steps
    } else {
      switch waterfall.aside(at: row) {
      case .step(let number): items = step(number)
      case .candidates(let number): items = candidates(number)
      case nil: break
      }
    }
    var document = SpanDocument(items: items)
    document.counts = [:]
    for section in SpanDocument.Section.allCases { document.counts[section] = 0 }
    return document
  }

  private func item(
    _ key: String, _ value: String, field: Filter.Field? = nil
  ) -> SpanDocument.Item {
    SpanDocument.Item(kind: .pair, section: .span, key: key, value: value, field: field)
  }

  private func note(_ text: String) -> SpanDocument.Item {
    SpanDocument.Item(kind: .note, section: .span, key: text, value: "", field: nil)
  }

  // MARK: - Groups

  /// The steps of the group, each in one line.
  private var steps: [SpanDocument.Item] {
    let tree = waterfall.tree
    var items: [SpanDocument.Item] = []
    var child = row + 1
    while child < tree.rows[row].subtreeEnd {
      let inner = RowText(context: context, waterfall: waterfall, row: child)
      let step = step(at: child)
      let name = step?.name ?? inner.label.map(\.text).joined()
      var words: [String] = []
      if let step {
        words.append("\(step.verdict.mark(glyphs).sign) \(step.verdict.rawValue)")
      }
      if let duration = inner.duration { words.append(context.duration(duration)) }
      if let group = tree.group(at: child) { words.append("\(glyphs.times)\(group.count)") }
      if let mode = step?.mode { words.append(mode) }
      if let hook = step?.hook { words.append(hook) }
      if let code = step?.code { words.append(code) }
      if let reason = step?.reason { words.append(reason) }
      items.append(item(name, words.joined(separator: "  ")))
      child = tree.rows[child].subtreeEnd
    }
    if tree.group(at: row)?.kind == .controls {
      items.append(note("posted after the fact: the times are the controls' own, the place is not"))
    }
    return items
  }

  private func step(at row: Int) -> FilterStep? {
    let tree = waterfall.tree
    if case .step(let number) = waterfall.aside(at: row) { return waterfall.step(number) }
    let span =
      tree.span(at: row) ?? tree.group(at: row)?.example.map { tree.spans[$0] }
    return span.flatMap { span in
      waterfall.told?.story.filters.first { $0.spans.contains(span.spanID) }
    }
  }

  private func run(_ group: TraceTree.Group) -> [SpanDocument.Item] {
    guard let span = group.example.map({ waterfall.tree.spans[$0] }) else { return [] }
    return [
      item("name", span.name, field: .intrinsic(.name)),
      item("service", span.service, field: .intrinsic(.service)),
      item("spans", Format.grouped(UInt64(group.count))),
      item("p50", context.duration(group.median)),
      item("p99", context.duration(group.p99)),
      item("together", context.duration(group.total)),
      note("alike spans one after the other; unfold them to see each"),
    ]
  }

  // MARK: - Told of without a span

  private func step(_ number: Int) -> [SpanDocument.Item] {
    guard let step = waterfall.step(number) else { return [] }
    var items = [
      item("filter", step.name),
      item("verdict", "\(step.verdict.mark(glyphs).sign) \(step.verdict.rawValue)"),
    ]
    if let code = step.code { items.append(item("code", code)) }
    if let reason = step.reason { items.append(item("reason", reason)) }
    if let duration = step.duration { items.append(item("duration", context.duration(duration))) }
    if step.count > 1 { items.append(item("runs", "\(step.count)")) }
    items.append(
      note(
        step.kind == .mcp
          ? "a filter over MCP has no span: the events of the span above tell of it"
          : "no span tells of it: the one above does"))
    return items
  }

  private func candidates(_ number: Int) -> [SpanDocument.Item] {
    guard let decision = waterfall.decision(number) else { return [] }
    return decision.candidates.enumerated().map { index, name in
      item(
        "\(index + 1)", name + (name == decision.selected ? " \(glyphs.check) chosen" : ""))
    }
  }
}
