/// Facts on one line, or a few, the least important of which are shortened and then left out where
/// there is no room; what is left out is told by an ellipsis, and nothing is torn.
struct FactLine {
  struct Fact {
    /// What can be said, the fullest first, and how important that is: the higher, the longer it
    /// stays before it gives way to the next.
    var forms: [(line: StyledLine, importance: Int)]
    /// Down to how many columns its last form may be cut, and how important it is that it is not;
    /// nil where it is whole or not there.
    var cut: (minimum: Int, importance: Int)?

    init(_ forms: [(line: StyledLine, importance: Int)], cut: (minimum: Int, importance: Int)? = nil) {
      self.forms = forms.filter { !$0.line.isEmpty }
      self.cut = cut
    }

    init(_ line: StyledLine, _ importance: Int) { self.init([(line, importance)]) }

    /// How important it is that it stays as it is.
    fileprivate var importance: Int {
      let own = forms[0].importance
      guard forms.count == 1, let cut, forms[0].line.columns > cut.minimum else { return own }
      return min(own, cut.importance)
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
      // Of equals the later gives way.
      let least = fitted.indices.reversed().min { fitted[$0].importance < fitted[$1].importance }
      guard let least else { return [] }
      let columns = fitted[least].forms[0].line.columns
      if fitted[least].forms.count > 1 {
        fitted[least].forms.removeFirst()
      } else if let cut = fitted[least].cut, columns > cut.minimum {
        // What is far too long is brought near at once; the rest goes a column at a time.
        let next = min(columns - 1, max(cut.minimum, width))
        fitted[least].forms[0].line = fitted[least].forms[0].line.cut(
          to: next, mark: glyphs.ellipsis)
      } else if fitted.count > 1 {
        fitted.remove(at: least)
        isCut = true
      } else {
        return [fitted[0].forms[0].line.cut(to: width, mark: glyphs.ellipsis)]
      }
    }
  }

  /// The facts one after the other, each whole on a line; nil where that takes more lines.
  private func placed(
    _ facts: [Fact], width: Int, _ maximum: Int, isCut: Bool
  ) -> [StyledLine]? {
    var lines: [StyledLine] = [[]]
    var at = 0
    for fact in facts {
      let columns = fact.forms[0].line.columns
      if at > 0, at + gap + columns > width {
        lines.append([])
        at = 0
      }
      guard columns <= width, lines.count <= maximum else { return nil }
      if at > 0 { lines[lines.count - 1].append((String(repeating: " ", count: gap), .text)) }
      lines[lines.count - 1] += fact.forms[0].line
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
