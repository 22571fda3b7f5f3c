import Store

/// Where the columns of a table stand: figures have their width, text shares the rest.
enum RouteColumnLayout {
  struct Placed: Equatable {
    var column: RouteColumn
    var start: Int
    var width: Int
  }

  /// The narrowest that text is made, and the widest that leaves others room.
  private static let narrowest = 5
  private static let widest = 60

  /// The columns of a table, as many as there is room for, for rows of these texts, in an area that begins at a column.
  ///
  /// - Parameter title: what stands over the first column, which is never cut.
  static func place(
    _ pane: RoutePane, _ lines: [RouteLine], title: String, from column: Int, width: Int,
    _ text: RouteCellText
  ) -> [Placed] {
    var columns = RouteColumn.columns(of: pane).filter { $0.from <= width }
    var widths = columns.map { column in
      column.width ?? natural(column, lines, text)
    }
    var least = columns.indices.map { $0 == 0 ? TextWidth.columns(of: title) : narrowest }
    widths[0] = max(widths[0], least[0])
    var room = width - 2 - (columns.count - 1) - widths.reduce(0, +)
    while room < 0 {
      // The widest text gives first.
      let index = columns.indices.filter { columns[$0].width == nil && widths[$0] > least[$0] }
        .max { (widths[$0], -$0) < (widths[$1], -$1) }
      if let index {
        widths[index] -= 1
        room += 1
      } else if let dropped = RouteColumn.givenUp.lazy.compactMap(columns.firstIndex).first {
        // A figure that is cut is another figure.
        columns.remove(at: dropped)
        room += widths.remove(at: dropped) + 1
        least.remove(at: dropped)
      } else {
        break
      }
    }
    var start = column + 1
    return zip(columns, widths).map { column, width in
      defer { start += width + 1 }
      return Placed(column: column, start: start, width: width)
    }
  }

  private static func natural(
    _ column: RouteColumn, _ lines: [RouteLine], _ text: RouteCellText
  ) -> Int {
    let texts = lines.lazy.compactMap { text.text($0, column) }
    let longest = texts.reduce(0) { max($0, TextWidth.columns(of: $1)) }
    return min(widest, max(longest, TextWidth.columns(of: column.header), narrowest))
  }
}
