import Ingest
import Store
import TUI

/// A trace as text for people: what is known of it in a few lines, and its spans as a tree.
///
///     7f3a9c2e51d04be8a01f22c9d1e0aa37  error  1.92s  9 spans in 4 services
///     tenant acme  user usr_ana
///     fast-llm → code generation → gpt-4o-mini  tokens 402 in, 118 out
///
///        +0ms  1.92s   inbound      POST /v1/chat/completions  plano(inbound)
///                                   http.method=POST  request_size=150
///        +3ms  1.91s   orchestrate  └─ travel_booking_service  plano(orchestrator)
struct TraceText {
  /// How wide a line is where there is no terminal that says it: enough for a few attributes.
  static let standardWidth = 100

  var ink: Ink
  var glyphs = Glyphs.unicode
  var zone = ClockZone.local
  var extent = AttributeText.Extent.usual
  /// The columns of the terminal; nil where there is none, and nothing is cut.
  var columns: Int?

  var width: Int { max(columns ?? Self.standardWidth, 40) }
  var attributes: AttributeText { AttributeText(ink: ink, glyphs: glyphs, extent: extent) }

  /// Everything there is to say of the trace, lines ended.
  func text(of trace: TraceDocument) -> String {
    (head(of: trace) + [""] + tree(of: trace)).map { $0 + "\n" }.joined()
  }

  // MARK: - Head

  private func head(of trace: TraceDocument) -> [String] {
    let summary = trace.summary
    let services = trace.services.count
    let first = [
      FlowingText.Piece(summary.id.hex, painted: ink.bold(summary.id.hex)),
      painted(summary.verdict.name, Self.color(of: summary.verdict)),
      .init(duration(summary.duration)),
      .init(
        "\(summary.spanCount) \(summary.spanCount == 1 ? "span" : "spans") in \(services) "
          + (services == 1 ? "service" : "services")),
      .init(Format.clock(summary.start, .dateMilliseconds, zone: zone)),
    ]
    let who = [
      labelled("tenant", summary.tenant), labelled("user", summary.user),
      labelled("session", summary.session), labelled("request", summary.request),
    ].compactMap(\.self)
    let story = trace.story
    return [first, who, others(trace), request(summary, story), chain(story), trouble(story)]
      .flatMap {
        lines($0, width: width)
      }
  }

  /// The other traces of the same request.
  private func others(_ trace: TraceDocument) -> [FlowingText.Piece] {
    trace.otherTraces.enumerated().compactMap { position, id in
      position == 0 ? labelled("same request", id.hex) : .init(id.hex)
    }
  }

  /// Asked for, routed, answered; and what it took.
  private func request(_ summary: TraceSummary, _ story: RequestStory) -> [FlowingText.Piece] {
    let subject = story.subject.map { subject in
      [subject.name, subject.form].compactMap(\.self).joined(separator: " ")
    }
    let asked = story.modelAsked ?? summary.modelAsked
    let model = story.model ?? summary.model
    var path = [asked]
    let agents = story.agents.map(\.id)
    let route = story.route ?? summary.route
    // What the orchestrator chose are agents.
    if let route, route != model, !agents.contains(route) { path.append(route) }
    if let model, model != asked { path.append(model) }
    if let upstream = story.upstream { path.append(upstream) }
    let line = path.compactMap(\.self).map { VisibleText.of($0) }
      .joined(separator: " \(glyphs.arrow) ")
    let tokens = [
      summary.tokensIn.map { "\($0) in" }, summary.tokensOut.map { "\($0) out" },
    ].compactMap(\.self).joined(separator: ", ")
    return [
      labelled(story.subject?.role.name ?? "", subject),
      labelled(
        agents.count == 1 ? "agent" : "agents",
        agents.isEmpty ? nil : agents.joined(separator: ", ")),
      line.isEmpty ? nil : .init(line),
      labelled("tokens", tokens.isEmpty ? nil : tokens),
      labelled("cost", summary.costUSD.map { Format.cost($0) }),
      labelled("first token", summary.timeToFirstToken.map { duration($0) }),
      labelled("quality", story.quality == "neutral" ? nil : story.quality),
    ].compactMap(\.self)
  }

  /// The filters in the order in which they ran.
  private func chain(_ story: RequestStory) -> [FlowingText.Piece] {
    guard !story.filters.isEmpty else { return [] }
    let steps = story.filters.map { step in
      let (mark, color): (String, Ink.Color) =
        switch step.verdict {
        case .allow: (glyphs.check, .green)
        case .modified: (glyphs.modified, .yellow)
        case .denied: (glyphs.denied, .magenta)
        case .error: (glyphs.warning, .red)
        }
      let count = step.count > 1 ? " \(glyphs.times)\(step.count)" : ""
      let time = step.duration.map { " \(duration($0))" } ?? ""
      let name = VisibleText.of(step.name)
      // Why one was refused stands on a line of its own.
      let words = step.verdict == .error ? [step.code, step.reason].compactMap(\.self) : []
      let why = words.map { " " + VisibleText.of($0) }.joined()
      return FlowingText.Piece(
        "\(name) \(mark)\(count)\(time)\(why)",
        painted: "\(name) \(ink.paint(mark, color))\(count)\(ink.dim(time))\(why)")
    }
    let omitted =
      story.filtersOmitted > 0 ? [FlowingText.Piece("\(story.filtersOmitted) more")] : []
    return [.init("filters", painted: ink.dim("filters"))] + steps + omitted
  }

  /// Who refused the request and why, and failures that its client was not told of.
  private func trouble(_ story: RequestStory) -> [FlowingText.Piece] {
    var pieces: [FlowingText.Piece] = []
    if let denial = story.denial {
      let words = [denial.filter, denial.code, denial.reason].compactMap(\.self)
      let text = VisibleText.of(words.joined(separator: " "))
      pieces.append(.init("denied by \(text)", painted: "\(ink.dim("denied by")) \(text)"))
    }
    if let hidden = story.hiddenFailure {
      let words = [hidden.status.map { "\($0)" }, hidden.message].compactMap(\.self)
      let text = VisibleText.of(words.joined(separator: " "))
      let label = "behind the client's \(hidden.edgeStatus)"
      pieces.append(.init("\(label) \(text)", painted: "\(ink.dim(label)) \(text)"))
    }
    return pieces
  }

  private func labelled(_ label: String, _ value: String?) -> FlowingText.Piece? {
    value.map { value in
      let text = VisibleText.of(value)
      return .init("\(label) \(text)", painted: "\(ink.dim(label)) \(text)")
    }
  }

  // MARK: - Pieces

  /// Pieces as lines; on a terminal none runs over.
  func lines(_ pieces: [FlowingText.Piece], width: Int) -> [String] {
    FlowingText.lines(pieces, width: width, wraps: columns != nil)
  }

  func painted(_ text: String, _ color: Ink.Color?) -> FlowingText.Piece {
    .init(text, painted: ink.paint(text, color))
  }

  func duration(_ length: Nanoseconds) -> String {
    Format.duration(length, isASCII: glyphs.isASCII)
  }

  static func color(of verdict: Verdict) -> Ink.Color? {
    switch verdict {
    case .ok: .green
    case .error: .red
    case .denied: .magenta
    case .flagged, .partial, .unfinished, .clientGone: .yellow
    }
  }
}
