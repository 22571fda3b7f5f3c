import Store

/// A trace told in two lines: its filter chain or its services, and what went wrong or which way it
/// went.
struct TracePreview {
  let context: ViewContext
  let summary: TraceSummary
  /// The columns of a line; what would not fit whole is left out where that is possible.
  let width: Int

  /// Traces larger than this are told by their summary alone, to keep every frame short.
  static let maximumSpans = 2_000
  /// How many spans are asked for the reason of an error.
  private static let maximumReasons = 8

  private var glyphs: Glyphs { context.glyphs }

  func lines() -> [StyledLine] {
    guard summary.spanCount <= Self.maximumSpans else { return [[], verdictLine([])] }
    let spans = context.snapshot.spans(of: summary.number).sorted { $0.start < $1.start }
    let chain = chainLine(spans)
    let first = chain.isEmpty ? servicesLine(spans) : chain
    return [first, verdictLine(spans, servicesShown: chain.isEmpty)]
  }

  // MARK: - Filter chain

  private func chainLine(_ spans: [SpanRow]) -> StyledLine {
    let rejecting = SpanLabel.rejectingFilters(in: spans)
    var steps: [(label: String, count: Int, total: Nanoseconds, span: SpanRow)] = []
    for span in spans where span.role == .filter {
      let label = SpanLabel.short(span)
      if let index = steps.firstIndex(where: { $0.label == label }) {
        steps[index].count += 1
        steps[index].total = steps[index].total + span.duration
        if span.hasError || rejecting.contains(span.spanID) { steps[index].span = span }
      } else {
        steps.append((label, 1, span.duration, span))
      }
    }
    guard !steps.isEmpty else { return [] }
    var line: StyledLine = [("filters ", .dim)]
    for (index, step) in steps.enumerated() {
      let isRejecting = rejecting.contains(step.span.spanID)
      let (sign, style) = SpanLabel.verdict(step.span, isRejecting: isRejecting, glyphs)
      if index > 0 { line.append(("  ", .text)) }
      line.append((step.label, .text))
      if step.count > 1 { line.append((" \(glyphs.times)\(step.count)", .dim)) }
      line.append((" \(sign)", style))
      line.append((context.duration(step.total), .number))
    }
    return line
  }

  // MARK: - Services

  private func servicesLine(_ spans: [SpanRow]) -> StyledLine {
    var services: [(name: String, count: Int)] = []
    for span in spans {
      if let index = services.firstIndex(where: { $0.name == span.service }) {
        services[index].count += 1
      } else {
        services.append((span.service, 1))
      }
    }
    var line: StyledLine = [("services ", .dim)]
    for (index, service) in services.enumerated() {
      if index > 0 { line.append(("  ", .text)) }
      line.append((service.name.isEmpty ? "(no service)" : service.name, .text))
      if service.count > 1 { line.append((" \(glyphs.times)\(service.count)", .dim)) }
    }
    return services.isEmpty ? [] : line
  }

  // MARK: - How it went

  private func verdictLine(_ spans: [SpanRow], servicesShown: Bool = true) -> StyledLine {
    let failed = spans.filter(\.hasError)
    if let span = failed.last { return errorLine(failed, last: span) }
    if summary.verdict == .unfinished || summary.verdict == .partial {
      let waiting =
        summary.hasRoot
        ? "\(summary.missingParents) spans whose parent has not arrived" : "no root span yet"
      return [(glyphs.ellipsis + " ", .unfinished), (waiting, .dim)]
    }
    if !servicesShown { return servicesLine(spans) }
    return wayLine()
  }

  private func errorLine(_ failed: [SpanRow], last: SpanRow) -> StyledLine {
    var reason: (span: SpanRow, text: String)?
    for span in failed.reversed().prefix(Self.maximumReasons) {
      if let record = context.snapshot.record(of: span.reference), let text = ErrorText.of(record) {
        reason = (span, text)
        break
      }
    }
    let span = reason?.span ?? last
    let mark = SpanLabel.letter(span) ?? ("E", .error.bold)
    var line: StyledLine = [(mark.letter + " ", mark.style), (span.service, .dim), (" ", .text)]
    line.append((SpanLabel.short(span), .text))
    line.append((" \(context.duration(span.duration))", .number))
    if let reason { line.append(("  \(reason.text)", .error)) }
    return line
  }

  /// Route, model, tokens and cost, as far as known.
  private func wayLine() -> StyledLine {
    var line: StyledLine = []
    func add(_ name: String, _ value: String?, _ style: Style) {
      guard let value else { return }
      let used = line.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
      guard used + TextWidth.columns(of: name) + TextWidth.columns(of: value) + 3 <= width else {
        return
      }
      line.append((line.isEmpty ? "" : "  ", .text))
      line.append(("\(name) ", .dim))
      line.append((value, style))
    }
    add("route", summary.route, .text)
    add("model", ListColumn.model.text(of: summary, glyphs), .model)
    add("tokens", summary.tokens.map { Format.count($0) }, .number)
    add("cost", summary.costUSD.map { Format.cost($0) }, .number)
    add("first token", summary.timeToFirstToken.map { context.duration($0) }, .number)
    return line
  }
}
