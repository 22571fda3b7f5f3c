extension Frame {
  /// The characters alone: rows joined by line feeds, blanks at their ends left out.
  public var text: String {
    (0..<size.rows).map(text(ofRow:)).joined(separator: "\n")
  }

  /// The characters of one row, blanks at its end left out.
  public func text(ofRow row: Int) -> String {
    var cells = self.cells[row * size.columns..<(row + 1) * size.columns]
    while let last = cells.last, last.isBlank { cells.removeLast() }
    var scalars = String.UnicodeScalarView()
    for cell in cells { cell.append(to: &scalars) }
    return String(scalars)
  }

  /// The text with a line of style runs below each row that has any but the plain style.
  ///
  /// A run is `first+count role`, with `bold`, `dim`, `reverse`, `underline` after a dot:
  /// ```
  ///  ▶ LIVE  38 tr/s
  ///   ~ 0+16 statusBar, 1+6 live.bold
  /// ```
  public var styledText: String {
    var lines: [String] = []
    for row in 0..<size.rows {
      lines.append(text(ofRow: row))
      let runs = styleRuns(ofRow: row).filter { $0.style != .text }
      if !runs.isEmpty {
        let described = runs.map { "\($0.columns.lowerBound)+\($0.columns.count) \($0.style)" }
        lines.append("  ~ " + described.joined(separator: ", "))
      }
    }
    if let cursor { lines.append("  ~ cursor \(cursor.row),\(cursor.column)") }
    return lines.joined(separator: "\n")
  }

  /// The stretches of one style in a row, left to right.
  public func styleRuns(ofRow row: Int) -> [(columns: Range<Int>, style: Style)] {
    var runs: [(columns: Range<Int>, style: Style)] = []
    for column in 0..<size.columns {
      let style = cells[row * size.columns + column].style
      if let last = runs.last, last.style == style {
        runs[runs.count - 1].columns = last.columns.lowerBound..<column + 1
      } else {
        runs.append((column..<column + 1, style))
      }
    }
    return runs
  }

  /// The style at a place, nil outside the frame.
  public func style(row: Int, column: Int) -> Style? {
    guard row >= 0, row < size.rows, column >= 0, column < size.columns else { return nil }
    return cells[row * size.columns + column].style
  }
}

extension Style: CustomStringConvertible {
  public var description: String {
    var text = "\(role)"
    if isBold { text += ".bold" }
    if isDim { text += ".dim" }
    if isReverse { text += ".reverse" }
    if isUnderline { text += ".underline" }
    return text
  }
}
