import Store

/// Who asked and which way it went, in one line: `acme / usr_789  auto → code → gpt-4o  4.1k tok
/// $0.031`.
struct TraceByline {
  let context: ViewContext
  let summary: TraceSummary

  /// Draws the facts that fit whole; the first is cut where it must be.
  func draw(row: Int, column: Int, width: Int, into frame: inout Frame) {
    var at = column
    for (index, fact) in facts.enumerated() {
      let columns = fact.reduce(0) { $0 + TextWidth.columns(of: $1.text) }
      guard index == 0 || at + columns <= column + width else { return }
      frame.put(fact, row: row, column: at, width: column + width - at)
      at += columns + 3
    }
  }

  private var facts: [StyledLine] {
    var facts: [StyledLine] = []
    if !who.isEmpty { facts.append(who) }
    if !way.isEmpty { facts.append(way) }
    if let tokens = summary.tokens {
      facts.append([("\(Format.count(tokens)) tok", .number)])
    }
    if let cost = summary.costUSD { facts.append([(Format.cost(cost), .number)]) }
    if let first = summary.timeToFirstToken {
      facts.append([("first token ", .dim), (context.duration(first), .number)])
    }
    if let session = summary.session { facts.append([("session ", .dim), (session, .text)]) }
    if facts.isEmpty { facts.append([(summary.rootService, .dim)]) }
    return facts
  }

  private var who: StyledLine {
    var line: StyledLine = []
    if let tenant = summary.tenant { line.append((tenant, .tenant)) }
    if let user = summary.user {
      if !line.isEmpty { line.append((" / ", .dim)) }
      line.append((user, .user))
    }
    return line
  }

  /// Model asked for, route, model used; each once.
  private var way: StyledLine {
    var steps: [String] = []
    for step in [summary.modelAsked, summary.route, summary.model] {
      if let step, steps.last != step { steps.append(step) }
    }
    var line: StyledLine = []
    for (index, step) in steps.enumerated() {
      if index > 0 { line.append((" \(context.glyphs.arrow) ", .dim)) }
      line.append((step, index == steps.count - 1 ? .model : .text))
    }
    return line
  }
}
