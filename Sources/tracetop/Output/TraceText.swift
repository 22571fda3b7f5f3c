import Ingest
import Store
import TUI

/// A trace as text for people: what is known of it in a few lines, and its spans as a tree.
///
///     7f3a9c2e51d04be8a01f22c9d1e0aa37  error  1.92s  9 spans in 4 services
///     tenant acme  user usr_ana  route code generation
///
///       1.92s  inbound      POST /v1/chat/completions  plano(inbound)
///       1.91s  orchestrate  └─ travel_booking_service  plano(orchestrator)
struct TraceText {
  /// Which attributes stand under each span.
  enum Attributes: Equatable {
    /// Those that say what went wrong, where something did.
    case failures
    case all
  }

  var ink: Ink
  var glyphs = Glyphs.unicode
  var zone = ClockZone.local
  var attributes = Attributes.failures

  /// Everything there is to say of the trace, lines ended.
  func text(of trace: TraceDocument) -> String {
    (head(of: trace) + [""] + tree(of: trace)).map { $0 + "\n" }.joined()
  }

  // MARK: - Head

  private func head(of trace: TraceDocument) -> [String] {
    let summary = trace.summary
    let services = trace.services.count
    let verdict = ink.paint(summary.verdict.name, Self.color(of: summary.verdict))
    let counts =
      "\(summary.spanCount) \(summary.spanCount == 1 ? "span" : "spans") in \(services) "
      + (services == 1 ? "service" : "services")
    let first = [
      ink.bold(summary.id.hex), verdict, duration(summary.duration), counts,
      Format.clock(summary.start, .dateMilliseconds, zone: zone),
    ]
    let who = [
      labelled("tenant", summary.tenant), labelled("user", summary.user),
      labelled("session", summary.session), labelled("request", summary.request),
    ]
    return [first.joined(separator: "  ")]
      + [who, modelLine(summary), chainLine(trace)].map { fields in
        fields.compactMap(\.self).joined(separator: "  ")
      }.filter { !$0.isEmpty }
  }

  private func modelLine(_ summary: TraceSummary) -> [String?] {
    let asked = summary.modelAsked.flatMap { $0 == summary.model ? nil : $0 }
    let models = [asked, summary.model].compactMap(\.self).joined(separator: " \(glyphs.arrow) ")
    let tokens = [
      summary.tokensIn.map { "\($0) in" }, summary.tokensOut.map { "\($0) out" },
    ].compactMap(\.self).joined(separator: ", ")
    return [
      labelled("route", summary.route), labelled("model", models.isEmpty ? nil : models),
      labelled("tokens", tokens.isEmpty ? nil : tokens),
      labelled("cost", summary.costUSD.map { Format.cost($0) }),
      labelled("first token", summary.timeToFirstToken.map { duration($0) }),
    ]
  }

  private func chainLine(_ trace: TraceDocument) -> [String?] {
    let steps = trace.story.filters.map { step in
      var text = VisibleText.of(step.name)
      if step.count > 1 { text += " \(glyphs.times)\(step.count)" }
      switch step.verdict {
      case .allow: text += " \(ink.paint(glyphs.check, .green))"
      case .modified: text += " \(ink.paint(glyphs.modified, .yellow))"
      case .denied: text += " \(ink.paint(glyphs.denied, .magenta))"
      case .error: text += " \(ink.paint(glyphs.warning, .red))"
      }
      let words = [step.code, step.reason].compactMap(\.self).map { VisibleText.of($0) }
      if !words.isEmpty { text += " " + words.joined(separator: " ") }
      return text
    }
    return [labelled("filters", steps.isEmpty ? nil : steps.joined(separator: ", "), isSafe: true)]
  }

  private func labelled(_ label: String, _ value: String?, isSafe: Bool = false) -> String? {
    value.map { "\(ink.dim(label)) \(isSafe ? $0 : VisibleText.of($0))" }
  }

  // MARK: - Tree

  private func tree(of trace: TraceDocument) -> [String] {
    let rows = trace.spans.enumerated().map { index, span in
      var row = SpanRow(
        reference: SpanReference(UInt64(index)), spanID: span.record.spanID,
        parentSpanID: span.record.parentSpanID, start: span.record.start, end: span.record.end,
        name: span.record.name, service: span.service)
      row.role = span.role
      row.evidence = span.evidence
      return row
    }
    let tree = TraceTree(rows)
    let roleWidth = rows.map { $0.role.name.count }.max() ?? 0
    return tree.rows.indices.flatMap { index -> [String] in
      let guides = ink.dim(guides(of: index, in: tree))
      guard let place = tree.rows[index].span else {
        let blank = String(repeating: " ", count: 9 + roleWidth + 2)
        return [blank + guides + ink.dim("(parent has not arrived)")]
      }
      let span = trace.spans[place]
      let time = Self.padded(duration(span.record.duration), 7)
      let role = span.role.name + String(repeating: " ", count: roleWidth - span.role.name.count)
      let name = VisibleText.of(span.record.name.isEmpty ? "(no name)" : span.record.name)
      let color = Self.color(of: span)
      let line =
        "\(time)  \(ink.paint(role, .cyan))  \(guides)\(ink.paint(name, color))  "
        + ink.dim(VisibleText.of(span.service))
      let margin = String(repeating: " ", count: 9 + roleWidth + 2 + 3 * tree.rows[index].depth)
      return [line] + details(of: span).map { "\(margin)\($0)" }
    }
  }

  /// The lines that lead from a row to its parent: `│  └─ `.
  private func guides(of row: Int, in tree: TraceTree) -> String {
    guard tree.rows[row].depth > 0 else { return "" }
    let stroke = glyphs.horizontal + " "
    var text = (tree.hasNextSibling(row) ? glyphs.branch : glyphs.lastBranch) + stroke
    for ancestor in tree.ancestors(of: row).dropLast() {
      text = (tree.hasNextSibling(ancestor) ? glyphs.pipe : " ") + "  " + text
    }
    return text
  }

  private func details(of span: TraceDocument.Span) -> [String] {
    let record = span.record
    let hasFailed = !span.evidence.isDisjoint(with: .failure.union(.denial))
    var lines: [String] = []
    if !record.statusMessage.isEmpty {
      lines.append("\(ink.dim("status")) \(VisibleText.of(record.statusMessage))")
    }
    let shown = record.attributes.filter { attribute in
      attributes == .all || (hasFailed && Self.tellsFailure(attribute.key))
    }
    lines += shown.map { attribute in
      "\(ink.dim(VisibleText.of(attribute.key))) \(VisibleText.of(JSONText.of(attribute.value)))"
    }
    return lines
  }

  /// Whether an attribute of this name says what went wrong.
  static func tellsFailure(_ key: String) -> Bool {
    ["http.status_code", "http.response.status_code", "response_flags", "error"].contains(key)
      || key.hasPrefix("error.") || key.hasPrefix("exception.") || key.hasSuffix(".error")
      || key.contains(".error.")
  }

  // MARK: - Pieces

  private func duration(_ length: Nanoseconds) -> String {
    Format.duration(length, isASCII: glyphs.isASCII)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func color(of verdict: Verdict) -> Ink.Color? {
    switch verdict {
    case .ok: .green
    case .error: .red
    case .denied: .magenta
    case .flagged, .partial, .unfinished, .clientGone: .yellow
    }
  }

  private static func color(of span: TraceDocument.Span) -> Ink.Color? {
    if !span.evidence.isDisjoint(with: .denial) { return .magenta }
    return span.evidence.isDisjoint(with: .failure) ? nil : .red
  }
}
