/// Facts on one line, or a few: the most important ones first get room, the others what is left, in a
/// shorter form or not at all. What is left out is told by an ellipsis, and nothing is torn.
struct FactLine {
  struct Fact {
    /// What can be said, the fullest first, and how important that is: the higher, the longer it
    /// stays before it gives way to the next.
    var forms: [(line: StyledLine, importance: Int)]
    /// Down to how many columns its last form may be cut, and how important it is that it is not;
    /// nil where it is whole or not there.
    var cut: (minimum: Int, importance: Int)?

    init(
      _ forms: [(line: StyledLine, importance: Int)], cut: (minimum: Int, importance: Int)? = nil
    ) {
      self.forms = forms.filter { !$0.line.isEmpty }
      self.cut = cut
    }

    init(_ line: StyledLine, _ importance: Int) { self.init([(line, importance)]) }
  }

  private var facts: [Fact]
  private let glyphs: Glyphs
  /// Blanks between facts.
  private let gap: Int

  init(_ facts: [Fact], _ glyphs: Glyphs, gap: Int = 3) {
    self.facts = facts.filter { !$0.forms.isEmpty }
    self.glyphs = glyphs
    self.gap = gap
  }

  // MARK: - Fitting

  /// One line of at most so many columns.
  func line(width: Int) -> StyledLine { lines(width: width, atMost: 1).first ?? [] }

  /// As many lines as it takes, but not more than this.
  func lines(width: Int, atMost maximum: Int) -> [StyledLine] {
    guard width > 0, maximum > 0, !facts.isEmpty else { return [] }
    var shown = [StyledLine?](repeating: nil, count: facts.count)
    var lines: [StyledLine] = []
    for step in steps {
      // A form that says less than what is shown already is no step forward.
      if let now = shown[step.fact], now.columns >= step.line.columns { continue }
      // Where not even the shortest had room, there is none for more.
      if step.isElastic, shown[step.fact] == nil { continue }
      var widest = step.line.columns
      repeat {
        var tried = shown
        tried[step.fact] = step.line.cut(to: widest, mark: glyphs.ellipsis)
        if let placed = placed(tried, width: width, maximum) {
          shown = tried
          lines = placed
          break
        }
        widest = min(widest - 1, width)
      } while step.isElastic && widest > (shown[step.fact]?.columns ?? 0)
    }
    guard lines.isEmpty, let first = steps.first else { return lines }
    return [first.line.cut(to: width, mark: glyphs.ellipsis)]
  }

  /// What can be shown, the most important first: each a form of a fact.
  private var steps: [(fact: Int, line: StyledLine, isElastic: Bool)] {
    var steps: [(fact: Int, line: StyledLine, isElastic: Bool, importance: Int, rank: Int)] = []
    for (fact, all) in facts.enumerated() {
      for (form, entry) in all.forms.enumerated() {
        let isLast = form == all.forms.count - 1
        guard isLast, let cut = all.cut, entry.line.columns > cut.minimum else {
          steps.append((fact, entry.line, false, entry.importance, form))
          continue
        }
        let short = entry.line.cut(to: cut.minimum, mark: glyphs.ellipsis)
        steps.append((fact, short, false, entry.importance, form))
        steps.append((fact, entry.line, true, cut.importance, form))
      }
    }
    return steps.sorted {
      ($1.importance, $0.fact, $0.rank) < ($0.importance, $1.fact, $1.rank)
    }.map { ($0.fact, $0.line, $0.isElastic) }
  }

  /// The facts one after the other, each whole on a line; nil where that takes more lines.
  private func placed(
    _ facts: [StyledLine?], width: Int, _ maximum: Int
  ) -> [StyledLine]? {
    var lines: [StyledLine] = [[]]
    var at = 0
    for case let fact? in facts {
      let columns = fact.columns
      if at > 0, at + gap + columns > width {
        lines.append([])
        at = 0
      }
      guard columns <= width, lines.count <= maximum else { return nil }
      if at > 0 { lines[lines.count - 1].append((String(repeating: " ", count: gap), .text)) }
      lines[lines.count - 1] += fact
      at += (at > 0 ? gap : 0) + columns
    }
    // Something is not there at all.
    guard facts.contains(where: { $0 == nil }) else { return lines }
    guard at + 2 <= width else { return nil }
    lines[lines.count - 1].append((" \(glyphs.ellipsis)", .dim))
    return lines
  }
}

extension [(text: String, style: Style)] {
  /// The columns that all pieces take.
  var columns: Int { reduce(0) { $0 + TextWidth.columns(of: $1.text) } }

  /// The pieces up to a width, with the mark where something was cut.
  func cut(to width: Int, mark: String) -> StyledLine {
    guard columns > width else { return self }
    var kept: StyledLine = []
    var left = width
    for piece in self {
      let columns = TextWidth.columns(of: piece.text)
      // What follows would not fit with the mark: this piece takes it.
      if columns < left {
        kept.append(piece)
        left -= columns
        continue
      }
      kept.append((TextWidth.cut(piece.text + "  ", to: left, mark: mark), piece.style))
      break
    }
    return kept
  }
}
