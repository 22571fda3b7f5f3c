import Store

/// A filter chain in one fact: `in guard ✓ 12ms  pii ✎ 31ms  out redact ×24 ✓ 3ms`.
struct FilterChainFact {
  let context: ViewContext
  let filters: [FilterStep]
  /// Controls that ran and are not reported one by one.
  let omitted: Int

  private var glyphs: Glyphs { context.glyphs }

  /// Names give way before the chain does.
  func fact(naming: Int, being: Int) -> FactLine.Fact {
    let forms = self.forms
    return FactLine.Fact(
      forms.enumerated().map { ($1, $0 == forms.count - 1 ? being : naming) })
  }

  /// All steps; then with ever fewer of those that just allowed, which are counted instead; at last
  /// their signs alone.
  var forms: [StyledLine] {
    guard !filters.isEmpty else { return [] }
    let allowed = filters.filter { $0.verdict == .allow }.count
    var forms = stride(from: allowed, through: 0, by: -1).map { line(naming: $0) }
    forms.append(line(naming: 0, withTimes: false))
    if filters.count > 1 { forms.append(signs) }
    return forms
  }

  // MARK: - Steps by name

  /// The steps with the names of this many that allowed; the others are counted.
  private func line(naming named: Int, withTimes: Bool = true) -> StyledLine {
    var line: StyledLine = []
    var left = named
    var heading = ""
    var counted = 0
    func flush() {
      guard counted > 0 else { return }
      line.append(("+\(counted) ", .dim))
      line.append((glyphs.check, .ok))
      line.append(("  ", .text))
      counted = 0
    }
    for step in filters {
      let word = Self.heading(of: step)
      if word != heading {
        flush()
        if !line.isEmpty { line.append((" ", .text)) }
        line.append(("\(word) ", .dim))
        if step.isToldLate { line.append(("\(glyphs.late) ", .dim)) }
        heading = word
      }
      if step.verdict == .allow {
        guard left > 0 else {
          counted += 1
          continue
        }
        left -= 1
      }
      flush()
      line += pieces(of: step, withTime: withTimes)
      line.append(("  ", .text))
    }
    flush()
    if omitted > 0 { line.append(("+\(omitted) not reported", .dim)) }
    // What parts it from the next step is not needed after the last.
    while let last = line.last, last.text.allSatisfy({ $0 == " " }) { line.removeLast() }
    return line
  }

  private static func heading(of step: FilterStep) -> String {
    if step.isToldLate { return step.direction == .output ? "controls out" : "controls in" }
    return step.direction == .output ? "out" : "in"
  }

  private func pieces(of step: FilterStep, withTime: Bool) -> StyledLine {
    var pieces: StyledLine = [
      (step.name.isEmpty ? "(no name)" : SpanLabel.filter(step.name), .text)
    ]
    if step.count > 1 { pieces.append((" \(glyphs.times)\(step.count)", .dim)) }
    let mark = step.verdict.mark(glyphs)
    pieces.append((" \(mark.sign)", mark.style))
    if step.verdict == .denied, let code = step.code { pieces.append((" \(code)", .denied)) }
    if withTime, let duration = step.duration {
      pieces.append((" \(context.duration(duration))", .number))
    }
    return pieces
  }

  // MARK: - Signs alone

  private var signs: StyledLine {
    var line: StyledLine = [("\(filters.count) filters ", .dim)]
    if filters.count > 12 {
      for verdict in FilterStep.Verdict.allCases {
        let count = filters.filter { $0.verdict == verdict }.count
        guard count > 0 else { continue }
        let mark = verdict.mark(glyphs)
        line.append(("\(count)\(mark.sign) ", mark.style))
      }
      return line
    }
    for step in filters {
      let mark = step.verdict.mark(glyphs)
      line.append((mark.sign, mark.style))
    }
    return line
  }
}

extension FilterStep {
  /// Whether its span was posted after the fact; a step without a span has none to be late.
  var isToldLate: Bool { isPostedLate && !spans.isEmpty }
}
