import Store

/// Who asked, which way it went and through which filters, in one line: `acme / usr_789   auto → code
/// → gpt-4o   4.1k→300 tok   $0.031`.
struct TraceByline {
  let context: ViewContext
  let summary: TraceSummary
  let story: RequestStory?

  func draw(row: Int, column: Int, width: Int, into frame: inout Frame) {
    frame.put(line(width: width), row: row, column: column, width: width)
  }

  func line(width: Int) -> StyledLine {
    let request = RequestLine(context: context, summary: summary, story: story)
    var facts = [
      FactLine.Fact(
        who.map { ($0, RequestLine.Importance.who) }, cut: (20, RequestLine.Importance.shortWho))
    ]
    facts += request.facts
    facts.append(request.chain)
    let line = FactLine(facts, context.glyphs).line(width: width)
    return line.isEmpty ? [(summary.rootService, .dim)] : line
  }

  /// Tenant and user; where a trace has several, how many more.
  var who: [StyledLine] {
    var line: StyledLine = []
    if let tenant = summary.tenant { line += [(tenant, .tenant)] + others(.tenant) }
    if let user = summary.user {
      if !line.isEmpty { line.append((" / ", .dim)) }
      line += [(user, .user)] + others(.user)
    }
    return line.isEmpty ? [] : [line]
  }

  private func others(_ dimension: Dimension) -> StyledLine {
    guard summary.conflicts.contains(dimension) else { return [] }
    let count = story?.values(of: dimension)?.conflicting.count ?? 2
    return [(count > 1 ? "+\(count - 1)" : "+", .warning)]
  }
}
