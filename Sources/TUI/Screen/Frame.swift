/// A screenful of cells: what ``view`` draws on and a terminal shows.
///
/// Positions outside the frame are allowed and simply not drawn, so callers need no bounds checks. A frame is a
/// value; drawing on one that nobody else holds allocates nothing.
public struct Frame: Sendable {
  public let size: Size
  /// Whether only ASCII may be drawn; other characters become look-alikes or `?`.
  public let isASCII: Bool
  /// Where the terminal's cursor shows (prompts); nil hides it.
  public var cursor: (row: Int, column: Int)?
  /// Row after row; `size.columns` cells each.
  var cells: [Cell]

  /// A frame of blanks.
  public init(size: Size, isASCII: Bool = false) {
    self.size = size
    self.isASCII = isASCII
    cells = [Cell](repeating: .blank(.text), count: size.rows * size.columns)
  }

  /// Makes every cell blank again and hides the cursor, keeping the memory.
  public mutating func clear() {
    var all = cells.mutableSpan
    all.update(repeating: .blank(.text))
    cursor = nil
  }

  // MARK: - Drawing

  /// Draws text on one row and says how many columns it took.
  ///
  /// Text is made safe first (see ``CellText``). It ends at the frame's edge or after `width` columns; a wide
  /// character that does not fit whole is not drawn. Columns left of 0 are counted but not drawn.
  @discardableResult
  public mutating func put(
    _ text: some StringProtocol, row: Int, column: Int, width: Int? = nil, style: Style = .text
  ) -> Int {
    guard row >= 0, row < size.rows else { return 0 }
    let end = min(size.columns, width.map { column + max(0, $0) } ?? size.columns)
    var pen = Pen(start: row * size.columns, columns: size.columns, isASCII: isASCII, style: style)
    var at = column
    var last = -1
    var reader = CellText(isASCII: isASCII)
    // One check for sharing instead of one a cell.
    var cells = cells.mutableSpan
    for scalar in text.unicodeScalars {
      switch reader.step(scalar) {
      case .draw(let base, let columns):
        if at + Int(columns) > end { return at - column }
        last = at
        pen.write(base, columns, at: at, in: &cells)
        at += Int(columns)
      case .attach(let mark):
        if last >= 0 { cells[pen.start + last].add(mark: mark) }
      case .lone(let mark):
        if at + 1 > end { return at - column }
        last = at
        pen.write(CellText.dottedCircle, 1, at: at, in: &cells)
        if last >= 0 { cells[pen.start + last].add(mark: mark) }
        at += 1
      case .nothing: break
      }
    }
    return at - column
  }

  /// Writes characters into one row and keeps its wide ones whole.
  private struct Pen {
    /// The index of the row's first cell.
    let start: Int
    let columns: Int
    let isASCII: Bool
    let style: Style

    /// Writes one character of which at least the end is left of the frame's right edge.
    mutating func write(
      _ base: UInt32, _ width: UInt8, at column: Int, in cells: inout MutableSpan<Cell>
    ) {
      guard column >= 0 else {
        // The right half of a wide character that begins left of the frame.
        if column == -1, width == 2 { write(0x20, 1, at: 0, in: &cells) }
        return
      }
      let index = start + column
      // A cell of width 1 is no half of anything.
      if width == 1, cells[index].width == 1 {
        cells[index] = Cell(base: base, width: 1, style: style)
        return
      }
      clearHalves(at: column, width: Int(width), in: &cells)
      // What stands for a wide character in ASCII is narrow, so it stands there twice.
      let isDoubled = width == 2 && isASCII
      cells[index] = Cell(base: base, width: isDoubled ? 1 : width, style: style)
      if width == 2 { cells[index + 1] = isDoubled ? cells[index] : .continuation(style) }
    }

    /// Blanks the other half of each wide character that a write of `width` cells would cut in two.
    func clearHalves(at column: Int, width: Int, in cells: inout MutableSpan<Cell>) {
      let index = start + column
      if cells[index].isContinuation, column > 0 {
        cells[index - 1] = .blank(cells[index - 1].style)
      }
      let next = index + width
      if column + width < columns, cells[next].isContinuation {
        cells[next] = .blank(cells[next].style)
      }
    }
  }

  /// Fills a block with one character, blank unless said otherwise.
  public mutating func fill(_ rect: Rect, with scalar: Unicode.Scalar = " ", style: Style = .text) {
    var reader = CellText(isASCII: isASCII)
    guard case .draw(let base, width: 1) = reader.step(scalar) else { return }
    let size = size
    let isASCII = isASCII
    let columns = max(0, rect.column)..<max(0, rect.column, min(size.columns, rect.endColumn))
    guard !columns.isEmpty else { return }
    var cells = cells.mutableSpan
    for row in max(0, rect.row)..<max(0, rect.row, min(size.rows, rect.endRow)) {
      let pen = Pen(
        start: row * size.columns, columns: size.columns, isASCII: isASCII, style: style)
      pen.clearHalves(at: columns.lowerBound, width: columns.count, in: &cells)
      let cell = Cell(base: base, width: 1, style: style)
      for column in columns { cells[pen.start + column] = cell }
    }
  }

  // MARK: - Styling what is drawn

  /// Gives cells another style and keeps their text.
  public mutating func setStyle(row: Int, columns: Range<Int>, style: Style) {
    restyle(row: row, columns: columns) { $0 = style }
  }

  /// Changes the styles of cells one by one, for emphasis on top of colours that stay.
  ///
  /// A wide character has one style: the one its left half gets.
  public mutating func restyle(row: Int, columns: Range<Int>, _ change: (inout Style) -> Void) {
    guard row >= 0, row < size.rows else { return }
    let start = row * size.columns
    let first = max(0, columns.lowerBound)
    for column in first..<max(first, min(size.columns, columns.upperBound)) {
      let index = start + column
      if cells[index].isContinuation, column > 0 {
        cells[index].style = cells[index - 1].style
      } else {
        change(&cells[index].style)
        if column + 1 < size.columns, cells[index].width == 2 {
          cells[index + 1].style = cells[index].style
        }
      }
    }
  }
}
