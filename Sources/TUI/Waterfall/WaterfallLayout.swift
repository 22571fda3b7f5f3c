/// Where the parts of an open trace are: the tree with its bars, and the details below or beside
/// it.
struct WaterfallLayout: Equatable {
  let header: Int
  /// Who and which way; nil on a low screen.
  let subheader: Int?
  let axis: Int
  let tree: Rect
  /// The rule over the details, or the first row of the column beside them.
  let details: Rect
  let isBeside: Bool
  let notice: Int
  let hints: Int

  /// The width from which the details stand beside the tree.
  static let besideFrom = 120

  init(_ size: Size, detailsFocused: Bool) {
    let isLow = size.rows < 18
    header = 0
    subheader = isLow ? nil : 1
    axis = isLow ? 1 : 2
    hints = size.rows - 1
    notice = size.rows - 2
    isBeside = size.columns >= Self.besideFrom
    let body = Rect(
      row: axis, column: 0, rows: notice - axis, columns: size.columns)
    if isBeside {
      let width = min(max(46, size.columns * 36 / 100), 76)
      let parts = body.split(right: width)
      tree = parts.rest.inset(top: 1, right: 1)
      details = parts.right
    } else {
      let share = detailsFocused ? body.rows * 62 / 100 : body.rows * 36 / 100
      let parts = body.split(bottom: max(4, share))
      tree = parts.rest.inset(top: 1)
      details = parts.bottom
    }
  }

  // MARK: - Columns of the tree

  /// Cells of the label, the letter, the duration and the bars, from the left edge of the pane.
  struct TreeColumns: Equatable {
    var label: Range<Int>
    var letter: Int
    var durationEnd: Int
    var bars: Range<Int>
  }

  static func columns(of pane: Rect) -> TreeColumns {
    let bars = max(8, (pane.columns - 12) * (pane.columns < 100 ? 44 : 50) / 100)
    let barStart = pane.endColumn - 1 - bars
    let durationEnd = barStart - 2
    let letter = durationEnd - 8
    return TreeColumns(
      label: pane.column + 1..<max(pane.column + 2, letter - 1), letter: letter,
      durationEnd: durationEnd, bars: barStart..<barStart + bars)
  }

  var columns: TreeColumns { Self.columns(of: tree) }
}
