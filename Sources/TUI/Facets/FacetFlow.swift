/// How the lines of the facets flow: down one column and then the next, beside it.
struct FacetFlow: Equatable {
  let rows: Int
  let columns: Int

  struct Place: Equatable {
    var line: Int
    var row: Int
    var column: Int
  }

  /// Where the lines from `top` on stand, as many as there is room for. No column but the last ends in the
  /// midst of a key that has room in the next, and none begins with a blank.
  func places(of lines: [FacetPaneState.Line], from top: Int) -> [Place] {
    var places: [Place] = []
    var (row, column) = (0, 0)
    for line in top..<max(top, lines.count) {
      if column < columns - 1, row > 0, case .heading = lines[line] {
        let end = lines[line...].firstIndex(of: .blank) ?? lines.count
        if row + end - line > rows, end - line <= rows || row >= rows - 2 { row = rows }
      }
      if row >= rows { (row, column) = (0, column + 1) }
      guard column < columns, row < rows else { break }
      if columns > 1, row == 0, column > 0, lines[line] == .blank { continue }
      places.append(Place(line: line, row: row, column: column))
      row += 1
    }
    return places
  }

  /// The line after the last one on the screen.
  func end(of lines: [FacetPaneState.Line], from top: Int) -> Int {
    (places(of: lines, from: top).last?.line ?? top) + 1
  }

  /// The first line on the screen when the last of all is on it, too.
  func lastTop(of lines: [FacetPaneState.Line]) -> Int {
    // Blanks at the top of a column take no room.
    var top = max(0, lines.count - (rows + 1) * columns)
    while top + 1 < lines.count, end(of: lines, from: top) < lines.count { top += 1 }
    return top
  }

  /// A page of lines.
  var page: Int { max(1, rows * columns - 1) }
}
