import Store

/// A trace told in two lines: which way it went and what that took; how it ended and its filters.
struct TracePreview {
  let context: ViewContext
  let summary: TraceSummary
  let story: RequestStory?
  /// The columns of a line.
  let width: Int
  /// What the first line begins with.
  var leading: FactLine.Fact?

  /// Traces larger than this are told by their summary alone, to keep every frame short.
  static let maximumSpans = 2_000
  /// How many spans are asked for the reason of an error.
  private static let maximumReasons = 8

  private var glyphs: Glyphs { context.glyphs }
  private var request: RequestLine {
    RequestLine(context: context, summary: summary, story: story)
  }

  /// The first line and the second; at the side each may take more, so that less is cut.
  func lines(atMost maximum: Int = 1) -> [StyledLine] {
    let spans =
      summary.spanCount <= Self.maximumSpans
      ? context.spans(of: summary.number).sorted { $0.start < $1.start } : []
    let facts = [leading].compactMap(\.self) + request.facts
    var first = FactLine(facts, glyphs).lines(width: width, atMost: maximum)
    if first.isEmpty { first = [services(spans)] }
    let ending = outcome(spans)
    var second = [
      FactLine.Fact(
        ending.map { ($0, RequestLine.Importance.end) }, cut: (40, RequestLine.Importance.shortEnd))
    ]
    // A chain of one filter that refused is told already.
    let filters = story?.filters ?? []
    if filters.count != 1 || filters[0].verdict != .denied { second.append(request.chain) }
    second += contested
    return first + FactLine(second, glyphs).lines(width: width, atMost: maximum)
  }

  /// Every tenant and user of a request whose spans disagree about them: `tenant acme, globex`.
  private var contested: [FactLine.Fact] {
    [(Dimension.tenant, Style.tenant), (.user, .user)].compactMap { dimension, style in
      guard let all = story?.values(of: dimension), all.hasConflict else { return nil }
      let names: StyledLine = [
        ("\(dimension.name)s ", .warning), (all.conflicting.joined(separator: ", "), style),
      ]
      let count: StyledLine = [("\(all.conflicting.count) \(dimension.name)s", .warning)]
      return FactLine.Fact([
        (names, RequestLine.Importance.switching), (count, RequestLine.Importance.who),
      ])
    }
  }

  // MARK: - How it ended

  /// The forms of what is to be said of the end: nothing of a request that went well.
  private func outcome(_ spans: [SpanRow]) -> [StyledLine] {
    if let denial = story?.denial { return [denied(denial)] }
    let failed = spans.filter(\.hasError)
    if let span = failed.last { return [error(failed, last: span)] }
    if summary.verdict == .unfinished || summary.verdict == .partial {
      let waiting =
        summary.hasRoot
        ? "\(summary.missingParents) spans whose parent has not arrived" : "no root span yet"
      return [[(glyphs.pending + " ", .unfinished), (waiting, .dim)]]
    }
    return []
  }

  private func denied(_ denial: Denial) -> StyledLine {
    var line: StyledLine = [("D ", .denied.bold), ("denied", .denied)]
    if let filter = denial.filter { line += [(" by ", .dim), (filter, .text)] }
    if let code = denial.code { line.append(("  \(code)", .denied)) }
    if let reason = denial.words, !reason.isEmpty { line.append(("  \(reason)", .denied)) }
    return line
  }

  private func error(_ failed: [SpanRow], last: SpanRow) -> StyledLine {
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
    if let hidden = story?.hiddenFailure {
      line.insert(("client was told \(hidden.edgeStatus): ", .dim), at: 1)
    }
    return line
  }

  // MARK: - Services

  private func services(_ spans: [SpanRow]) -> StyledLine {
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
    return services.isEmpty ? [] : line.cut(to: width, mark: glyphs.ellipsis)
  }
}
