/// Figures side by side on a line, of which the least important are left out where there is no room; but
/// of what was lost never without saying so.
struct StatusFigures {
  /// How long a figure stays where there is little room; the later, the longer.
  enum Importance: Int, Comparable {
    case more, source, memory, latency, rules, spans, errors, rate, share, loss

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  struct Figure {
    /// What it is of, dim.
    var label: String
    var text: String
    var style: Style
    var importance: Importance
    /// Whether it is of the same as the one before.
    var isJoined: Bool

    init(
      _ text: String, _ style: Style, _ importance: Importance, label: String = "",
      isJoined: Bool = false
    ) {
      (self.text, self.style, self.importance) = (text, style, importance)
      (self.label, self.isJoined) = (label, isJoined)
    }

    var columns: Int { TextWidth.columns(of: label) + TextWidth.columns(of: text) }
  }

  private let figures: [Figure]
  private let gap: Int

  init(_ figures: [Figure], gap: Int) {
    self.figures = figures
    self.gap = gap
  }

  /// What all of them take.
  var columns: Int { columns(of: figures) }

  private func columns(of figures: [Figure]) -> Int {
    figures.enumerated().reduce(0) { sum, entry in
      let before = entry.offset == 0 ? 0 : entry.element.isJoined ? 1 : gap
      return sum + before + entry.element.columns
    }
  }

  /// Those that have room, in their order. Of equal importance the last goes first.
  func fitting(_ width: Int) -> [Figure] {
    var kept = figures
    var lost = 0
    var shown = kept
    while columns(of: shown) > width, let least = kept.map(\.importance).min(),
      let place = kept.lastIndex(where: { $0.importance == least })
    {
      if kept.remove(at: place).importance == .loss { lost += 1 }
      shown = kept
      if lost > 0 { shown.append(Figure("+\(lost) more (?)", .warning, .loss)) }
    }
    return shown
  }

  func draw(row: Int, column: Int, width: Int, into frame: inout Frame) {
    var at = column
    for (place, figure) in fitting(width).enumerated() {
      if place > 0 { at += figure.isJoined ? 1 : gap }
      at += frame.put(figure.label, row: row, column: at, style: .dim)
      at += frame.put(figure.text, row: row, column: at, style: figure.style)
    }
  }
}
