/// Facts on one line, or a few, the least important of which are shortened and then left out where
/// there is no room; what is left out is told by an ellipsis, and nothing is torn.
struct FactLine {
  struct Fact {
    /// What can be said, the fullest first; never empty.
    var forms: [StyledLine]
    /// The higher, the longer it stays.
    var importance: Int
    /// Down to how many columns its last form may be cut; nil where it is whole or not there.
    var minimum: Int?

    init(_ forms: [StyledLine], importance: Int, minimum: Int? = nil) {
      self.forms = forms.filter { !$0.isEmpty }
      self.importance = importance
      self.minimum = minimum
    }
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
    var fitted = facts
    var isCut = false
    while true {
      if let lines = placed(fitted, width: width, maximum, isCut: isCut) { return lines }
      guard let least = fitted.indices.reversed().min(by: { importance(fitted, $0, $1) }) else {
        return []
      }
      if fitted[least].forms.count > 1 {
        fitted[least].forms.removeFirst()
      } else if let minimum = fitted[least].minimum, fitted[least].forms[0].columns > minimum {
        // A quarter at a time would overshoot: one column at a time is exact, and lines are short.
        let whole = fitted[least].forms[0].columns
        let room = fitted.count == 1 ? width * maximum : whole - 1
        fitted[least].forms[0] = fitted[least].forms[0].cut(
          to: max(minimum, min(whole - 1, room)), mark: glyphs.ellipsis)
      } else if fitted.count > 1 {
        fitted.remove(at: least)
        isCut = true
      } else {
        return [fitted[0].forms[0].cut(to: width, mark: glyphs.ellipsis)]
      }
    }
  }

  /// Whether the left one goes first: the less important, of equals the later.
  private func importance(_ facts: [Fact], _ left: Int, _ right: Int) -> Bool {
    facts[left].importance < facts[right].importance
  }

  /// The facts one after the other, each whole on a line; nil where that takes more lines.
  private func placed(
    _ facts: [Fact], width: Int, _ maximum: Int, isCut: Bool
  ) -> [StyledLine]? {
    var lines: [StyledLine] = [[]]
    var at = 0
    for fact in facts {
      let columns = fact.forms[0].columns
      if at > 0, at + gap + columns > width {
        lines.append([])
        at = 0
      }
      guard columns <= width, lines.count <= maximum else { return nil }
      if at > 0 { lines[lines.count - 1].append((String(repeating: " ", count: gap), .text)) }
      lines[lines.count - 1] += fact.forms[0]
      at += (at > 0 ? gap : 0) + columns
    }
    guard isCut else { return lines }
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
