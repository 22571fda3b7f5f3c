/// How far a row of the tree is indented, where the column has room for it.
struct TreeIndent: Equatable {
  /// Levels drawn, two columns each.
  let shown: Int
  /// Outer levels that gave way; their count is drawn instead.
  let skipped: Int
  private let start: Int

  init(depth: Int, columns: Range<Int>) {
    // At most half of the column goes to lines; the other half is for names.
    shown = min(depth, max(1, (columns.count / 2 - 4) / 2))
    skipped = depth - shown
    start = columns.lowerBound
  }

  /// What stands for the levels that are not drawn.
  func skippedMark(_ glyphs: Glyphs) -> String {
    skipped > 0 ? "\(skipped)\(glyphs.isASCII ? ":" : glyphs.arrow)" : ""
  }

  /// The columns of the fold mark.
  var foldColumns: Range<Int> {
    let digits = skipped > 0 ? "\(skipped)".utf8.count + 1 : 0
    let column = start + digits + shown * 2
    return column..<column + 2
  }
}
