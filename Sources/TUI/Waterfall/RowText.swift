import Store

/// What a row of the waterfall says: a span by its name or by the step it is, a group by its heading.
struct RowText {
  let context: ViewContext
  let waterfall: WaterfallState
  let row: Int

  private var glyphs: Glyphs { context.glyphs }
  private var tree: TraceTree { waterfall.tree }

  // MARK: - Label

  /// The label in pieces, without the service.
  var label: StyledLine {
    if let group = tree.group(at: row) { return groupLabel(group) }
    if let aside = waterfall.aside(at: row) { return asideLabel(aside) }
    guard let span = tree.span(at: row) else { return [] }
    guard let note = waterfall.note(at: row) else { return [(SpanLabel.short(span), .text)] }
    switch note.part {
    case .step: return stepLabel(note.label, note.verdict, isLate: note.isLate)
    case .filtersIn, .filtersOut:
      return Self.heading("FILTERS", note.part == .filtersIn ? "in" : "out", note.count, glyphs)
        + [(" \(note.label)", .dim)]
    case .controls:
      guard note.count > 0 else { return Self.heading("CONTROLS", "", 0, glyphs) }
      let missing = note.count - tree.rows[row].childCount
      let late = " \(glyphs.late) posted late" + (missing > 0 ? ", \(missing) not reported" : "")
      return Self.heading("CONTROLS", "", note.count, glyphs) + [(late, .dim)]
    case .route(let number): return routeLabel(number)
    }
  }

  private static func heading(
    _ word: String, _ direction: String, _ count: Int, _ glyphs: Glyphs
  ) -> StyledLine {
    var line: StyledLine = [(word, .title)]
    if !direction.isEmpty { line.append((" \(direction)", .title)) }
    line.append((" \(glyphs.times)\(count)", .dim))
    return line
  }

  private func groupLabel(_ group: TraceTree.Group) -> StyledLine {
    switch group.kind {
    case .filtersIn: return Self.heading("FILTERS", "in", stepCount, glyphs)
    case .filtersOut: return Self.heading("FILTERS", "out", stepCount, glyphs)
    case .controls:
      return Self.heading("CONTROLS", "", stepCount, glyphs)
        + [(" \(glyphs.late) posted late", .dim)]
    case .run:
      guard let span = group.example.map({ tree.spans[$0] }) else { return [] }
      let name = waterfall.told?.notes[span.spanID]?.label ?? SpanLabel.short(span)
      return [
        (name, .text), (" \(glyphs.times)\(group.count)", .dim),
        (" p50 \(context.duration(group.median))", .dim),
        (" p99 \(context.duration(group.p99))", .dim),
      ]
    }
  }

  /// How many steps a group has; what a step called does not count.
  private var stepCount: Int {
    inner.reduce(0) { count, row in
      if let run = tree.group(at: row) { return count + run.count }
      return count + (isStep(row) ? 1 : 0)
    }
  }

  private func isStep(_ row: Int) -> Bool {
    if tree.group(at: row) != nil { return true }
    if case .step = waterfall.aside(at: row) { return true }
    return waterfall.note(at: row)?.part == .step
  }

  private func stepLabel(
    _ name: String, _ verdict: FilterStep.Verdict?, isLate: Bool
  ) -> StyledLine {
    var line: StyledLine = [(name.isEmpty ? "(no name)" : name, .text)]
    if let verdict, verdict != .allow {
      line.append((" \(verdict.rawValue)", verdict.mark(glyphs).style))
    }
    if isLate { line.append((" \(glyphs.late)", .dim)) }
    return line
  }

  private func routeLabel(_ number: Int) -> StyledLine {
    var line: StyledLine = [("ROUTE", .title)]
    guard let decision = waterfall.decision(number) else { return line }
    var names: [String] = []
    for case let name? in [decision.asked, decision.alias, decision.route, decision.selected]
    where !name.isEmpty && names.last != name { names.append(name) }
    for (index, name) in names.enumerated() {
      line.append((index > 0 ? " \(glyphs.arrow) " : " ", .dim))
      let isLast = index == names.count - 1 && decision.outcome == .routed
      line.append((name, isLast ? .model : .text))
    }
    switch decision.outcome {
    case .routed: break
    case .direct: if decision.alias == nil { line.append((" as asked", .dim)) }
    case .fellBack: line.append((" no route fits", .warning))
    case .failed: line.append((" failed", .error))
    }
    return line
  }

  private func asideLabel(_ aside: ToldTrace.Aside) -> StyledLine {
    switch aside {
    case .step(let number):
      guard let step = waterfall.step(number) else { return [] }
      var line = stepLabel(step.name, step.verdict, isLate: false)
      if step.count > 1 { line.append((" \(glyphs.times)\(step.count)", .dim)) }
      line.append((step.kind == .mcp ? " mcp" : " no span", .dim))
      return line
    case .candidates(let number):
      guard let decision = waterfall.decision(number) else { return [] }
      var line: StyledLine = [("candidates", .dim)]
      for name in decision.candidates {
        let isChosen = name == decision.selected
        line.append((" \(name)", isChosen ? .model : .text))
        if isChosen { line.append((" \(glyphs.check)", .ok)) }
      }
      return line
    }
  }

  // MARK: - Sign

  /// The letter or sign beside the duration.
  func sign(isFolded: Bool) -> (sign: String, style: Style)? {
    if let span = tree.span(at: row), let mark = SpanLabel.letter(span) {
      return (mark.letter, mark.style)
    }
    if let verdict = verdict, verdict.isFailure || !isFolded { return verdict.mark(glyphs) }
    if isFolded, tree.hasError(below: row) { return ("e", .error) }
    return verdict.map { $0.mark(glyphs) }
  }

  /// How the step, or the worst step of the group, went.
  private var verdict: FilterStep.Verdict? {
    if let group = tree.group(at: row) {
      if group.kind == .run {
        return group.example.flatMap { waterfall.told?.notes[tree.spans[$0].spanID]?.verdict }
      }
      return SpanNote.gravest(inner.compactMap { RowText(self, $0).verdict })
    }
    if case .step(let number) = waterfall.aside(at: row) { return waterfall.step(number)?.verdict }
    return waterfall.note(at: row)?.verdict
  }

  private init(_ text: RowText, _ row: Int) {
    self.init(context: text.context, waterfall: text.waterfall, row: row)
  }

  init(context: ViewContext, waterfall: WaterfallState, row: Int) {
    self.context = context
    self.waterfall = waterfall
    self.row = row
  }

  /// The rows directly below.
  private var inner: [Int] {
    var rows: [Int] = []
    var child = row + 1
    while child < tree.rows[row].subtreeEnd {
      rows.append(child)
      child = tree.rows[child].subtreeEnd
    }
    return rows
  }

  // MARK: - Time

  /// How long it took; nil where nothing says.
  var duration: Nanoseconds? {
    if let group = tree.group(at: row) {
      if group.kind == .run { return group.total }
      let known = inner.filter { isStep($0) }.compactMap { RowText(self, $0).duration }
      return known.isEmpty ? nil : known.reduce(.zero, +)
    }
    if let aside = waterfall.aside(at: row) {
      guard case .step(let number) = aside else { return nil }
      return waterfall.step(number)?.duration
    }
    guard let span = tree.span(at: row) else { return nil }
    guard let note = waterfall.note(at: row) else { return span.duration }
    return note.isLate ? note.duration : span.duration
  }

  /// Whether the row's place in time is where it was posted, not where it ran.
  var isLate: Bool {
    tree.group(at: row)?.kind == .controls || waterfall.note(at: row)?.isLate ?? false
  }

  /// The role whose colour the bar has.
  var role: Role {
    if let span = tree.span(at: row) { return span.role }
    if let group = tree.group(at: row), group.kind == .run {
      return group.example.map { tree.spans[$0].role } ?? .span
    }
    return .filter
  }
}

// MARK: - What was told

extension WaterfallState {
  func note(at row: Int) -> SpanNote? {
    tree.span(at: row).flatMap { told?.notes[$0.spanID] }
  }

  /// What a row without a span stands for.
  func aside(at row: Int) -> ToldTrace.Aside? {
    let key = tree.rows[row].key
    guard case .extra(let number) = key.part, let list = asides[key.id],
      list.indices.contains(number)
    else { return nil }
    return list[number]
  }

  func step(_ number: Int) -> FilterStep? {
    guard let filters = told?.story.filters, filters.indices.contains(number) else { return nil }
    return filters[number]
  }

  func decision(_ number: Int) -> RoutingDecision? {
    guard let decisions = told?.story.decisions, decisions.indices.contains(number) else {
      return nil
    }
    return decisions[number]
  }
}
