import Store

/// What the verdict of a span and of its trace goes by: the evidence, and who refused what for.
struct VerdictLines {
  private(set) var items: [SpanDocument.Item] = []
  /// Whether the span itself is what the verdict goes by, so that it is what one wants to read first.
  let isOfSpan: Bool

  init(
    record: SpanRecord, row: SpanRow, told: ToldTrace?, summary: TraceSummary?,
    _ context: ViewContext
  ) {
    let step = told?.story.filters.first { $0.spans.contains(row.spanID) }
    let isStep = step?.verdict.isFailure ?? false
    let denial = told?.story.denial
    let isTeller = denial?.span == row.spanID
    isOfSpan = !row.evidence.isEmpty || isStep || isTeller
    add("this span", row.evidence.text)
    if let step, isStep {
      add("as a step", Self.words(step.verdict.rawValue, step.code, step.reason))
    }
    if let denial {
      let words = Self.words(denial.filter ?? "(not named)", denial.code, denial.words)
      add("denied by", words)
      if let hook = denial.hook { add("hook", hook, field: nil) }
      let teller = isTeller ? "this span" : Self.teller(denial.span, told, context)
      add("told by", "\(teller), \(Self.form(denial.source))")
    }
    if let hidden = told?.story.hiddenFailure {
      let status = hidden.status.map { " with HTTP \($0)" } ?? ""
      add(
        "hidden",
        "the client was answered \(hidden.edgeStatus) although a call inside failed\(status)")
    }
    if let summary, summary.verdict != .ok {
      let evidence = summary.evidence.text ?? "no evidence: spans are missing"
      add("trace", "\(summary.verdict.name): \(evidence)", field: .intrinsic(.verdict))
      items[items.count - 1].filterValue = summary.verdict.name
    }
  }

  private mutating func add(_ key: String, _ value: String?, field: Filter.Field? = nil) {
    guard let value, !value.isEmpty else { return }
    items.append(
      SpanDocument.Item(kind: .pair, section: .verdict, key: key, value: value, field: field))
  }

  private static func words(_ parts: String?...) -> String {
    parts.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "  ")
  }

  private static func form(_ source: Denial.Source) -> String {
    switch source {
    case .event: "in an event"
    case .message: "in its error message"
    case .control: "as the result of a control"
    case .violation: "as a violation"
    }
  }

  private static func teller(
    _ span: SpanID, _ told: ToldTrace?, _ context: ViewContext
  ) -> String {
    guard let number = told?.number else { return span.hex }
    let row = context.snapshot.spans(of: number).first { $0.spanID == span }
    return row.map { "\($0.service) \($0.name)" } ?? span.hex
  }
}

extension SpanDocument {
  mutating func add(_ verdict: VerdictLines) {
    guard !verdict.items.isEmpty else { return }
    counts[.verdict] = verdict.items.count
    heading("VERDICT", .verdict)
    items += verdict.items
  }

  mutating func add(_ call: CallLines) {
    guard !call.items.isEmpty else { return }
    counts[.call] = call.items.count
    heading(call.title, .call)
    items += call.items
  }
}
