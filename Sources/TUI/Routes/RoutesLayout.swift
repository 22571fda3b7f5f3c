import Store

/// Which rows and columns the tables of the screen have.
struct RoutesLayout: Equatable {
  /// How much a table has to show.
  struct Content: Equatable {
    var pane: RoutePane
    var rows: Int
    /// Lines below the rows that must be there, and lines that are welcome.
    var notes = 0
    var examples = 0
  }

  /// Where one table is.
  struct Block: Equatable {
    var pane: RoutePane
    var heading: Int
    var rows: Rect
    /// The lines below the rows.
    var notes: Rect
  }

  static let header = 0
  static let filter = 1
  /// From this width the tables stand in two columns.
  static let sideBySideFrom = 160
  /// From this height there are gaps between tables.
  static let roomyRows = 18

  let notice: Int
  let blocks: [Block]
  /// The column of the line between the two halves; nil where there is one.
  let divider: Int?

  init(_ size: Size, _ contents: [Content], focus: RoutePane, isMaximized: Bool) {
    notice = size.rows - 2
    let body = Rect(
      row: Self.filter + 1, column: 0, rows: size.rows - 2 - Self.filter - 1, columns: size.columns)
    let isWide = size.columns >= Self.sideBySideFrom
    let left = contents.filter { $0.pane == .routes || $0.pane == .switches }
    let right = contents.filter { $0.pane == .steps || $0.pane == .denials }
    guard !isMaximized, isWide, !left.isEmpty, !right.isEmpty else {
      divider = nil
      let shown = isMaximized ? contents.filter { $0.pane == focus } : contents
      blocks = Self.stack(shown, in: body, focus: focus)
      return
    }
    let middle = size.columns / 2
    divider = middle
    let halves = (
      body.inset(right: size.columns - middle), body.inset(left: middle + 1)
    )
    blocks =
      Self.stack(left, in: halves.0, focus: focus) + Self.stack(right, in: halves.1, focus: focus)
  }

  /// The table at a place of the screen.
  func block(row: Int, column: Int) -> Block? {
    blocks.first { block in
      block.rows.columnRange.contains(column) && row >= block.heading && row < block.notes.endRow
    }
  }

  func block(of pane: RoutePane) -> Block? { blocks.first { $0.pane == pane } }

  // MARK: - Sharing the rows

  /// The rows that one table gets.
  private struct Share {
    var content: Content
    var heading = 1
    var rows = 0
    var notes = 0
    var gap = 0

    var total: Int { heading + rows + notes + gap }
    /// Whether it has all of its rows, or enough to be read.
    var isServed: Bool { rows >= min(content.rows, 6) }
  }

  private static func stack(_ contents: [Content], in area: Rect, focus: RoutePane) -> [Block] {
    var shares = contents.map { Share(content: $0) }
    var left = area.rows
    // First what every table needs; then notes, gaps, and rows in turn, the focused table twice.
    for index in shares.indices {
      let content = shares[index].content
      if content.pane == .switches, content.pane != focus { shares[index].heading = 0 }
      left -= shares[index].heading
    }
    for wanted in 1...2 {
      for index in shares.indices where shares[index].heading > 0 {
        let more = shares[index].content.pane == focus ? 1 : 0
        give(&shares[index].rows, upTo: min(shares[index].content.rows, wanted + more), of: &left)
      }
    }
    for index in shares.indices where shares[index].heading > 0 {
      give(&shares[index].notes, upTo: shares[index].content.notes, of: &left)
    }
    if area.rows >= Self.roomyRows {
      for index in shares.indices.dropLast() where shares[index].heading > 0 {
        give(&shares[index].gap, upTo: 1, of: &left)
      }
    }
    shareRest(&shares, &left, focus)
    var blocks: [Block] = []
    var row = area.row
    for share in shares where share.heading > 0 {
      let rows = Rect(row: row + 1, column: area.column, rows: share.rows, columns: area.columns)
      let notes = Rect(
        row: rows.endRow, column: area.column, rows: share.notes, columns: area.columns)
      blocks.append(Block(pane: share.content.pane, heading: row, rows: rows, notes: notes))
      row += share.total
    }
    return blocks
  }

  /// Row after row in turn to tables that have more, then lines of examples.
  private static func shareRest(
    _ shares: inout [Share], _ left: inout Int, _ focus: RoutePane
  ) {
    for index in shares.indices where shares[index].content.examples > 0 {
      give(&shares[index].notes, upTo: shares[index].notes + 1, of: &left)
    }
    var isGiven = true
    while left > 0, isGiven {
      isGiven = false
      for index in shares.indices where left > 0 && shares[index].rows < shares[index].content.rows
      {
        if shares[index].heading == 0 {
          // A table that was left out needs its heading, a row, and the gap.
          guard left >= 3, shares.allSatisfy({ $0.heading == 0 || $0.isServed }) else { continue }
          shares[index].heading = 1
          shares[index].gap = index < shares.count - 1 ? 1 : 0
          left -= 1 + shares[index].gap
        }
        let step = shares[index].content.pane == focus ? 2 : 1
        let wanted = min(shares[index].content.rows, shares[index].rows + step)
        give(&shares[index].rows, upTo: wanted, of: &left)
        isGiven = true
      }
    }
    for index in shares.indices {
      let content = shares[index].content
      give(&shares[index].notes, upTo: content.notes + content.examples, of: &left)
    }
  }

  private static func give(_ rows: inout Int, upTo wanted: Int, of left: inout Int) {
    let more = min(max(0, wanted - rows), max(0, left))
    rows += more
    left -= more
  }
}
