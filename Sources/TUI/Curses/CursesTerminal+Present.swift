import CNcurses
import Glibc

extension CursesTerminal {
  /// A frame that changes more rows than this is bracketed as one; smaller ones cannot be seen half done.
  private static let rowsAtOnce = 4

  mutating func present(_ frame: inout Frame) {
    let isWhole = shown?.size != frame.size
    if isWhole {
      unsafe clearok(cnc_stdscr(), true)
      unsafe werase(cnc_stdscr())
      makeRoom(for: frame.size.columns)
    }
    var changes = 0
    let size = size
    for row in 0..<min(frame.size.rows, size.rows) where isWhole || differs(frame, row) {
      changes += 1
      draw(frame, row)
    }
    let hasMoved = place(frame.cursor, since: shown?.cursor)
    // The two take turns, so that neither is copied when it is drawn on.
    if shown == nil { shown = Frame(size: frame.size, isASCII: frame.isASCII) }
    if var last = shown.take() {
      swap(&last, &frame)
      shown = last
    }
    guard changes > 0 || hasMoved else { return }
    let isBracketed = changes > Self.rowsAtOnce
    if isBracketed { send(family.frameBegin) }
    unsafe wnoutrefresh(cnc_stdscr())
    // Writes all that ncurses holds, so what is sent after it comes after it.
    doupdate()
    if isBracketed { send(family.frameEnd) }
  }

  mutating func forget() { shown = nil }

  private func differs(_ frame: Frame, _ row: Int) -> Bool {
    shown?.differs(from: frame, row: row) ?? true
  }

  /// Up to so many blanks between characters have the colour of the one before them.
  private static let longestGap = 3

  /// Gives one row to ncurses: characters, not columns, so the right halves of wide ones are left out.
  ///
  /// A change of colour is some ten bytes, and of a blank nothing is seen but its background and the
  /// line under it. So a gap between words goes on in the colour before it. It depends on the row alone:
  /// rows that say the same are the same to ncurses, which scrolls them where the terminal can.
  private mutating func draw(_ frame: Frame, _ number: Int) {
    let cells = frame.cells[number * frame.size.columns..<(number + 1) * frame.size.columns]
    var count = 0
    var index = cells.startIndex
    while index < cells.endIndex {
      guard palette.isInvisible(cells[index]) else {
        if !cells[index].isContinuation { put(cells[index], cells[index].style, &count) }
        index += 1
        continue
      }
      let first = index
      while index < cells.endIndex, palette.isInvisible(cells[index]) { index += 1 }
      let isGap =
        index - first <= Self.longestGap && first > cells.startIndex && index < cells.endIndex
      let before = isGap ? cells[first - 1].style : .text
      let style = palette.isBare(before) ? before : .text
      for blank in first..<index { put(cells[blank], style, &count) }
    }
    unsafe mvwadd_wchnstr(cnc_stdscr(), Int32(number), 0, row.baseAddress, Int32(count))
  }

  private mutating func put(_ cell: Cell, _ style: Style, _ count: inout Int) {
    var character = palette.cell(style)
    character.chars.0 = wchar_t(cell.base)
    if cell.hasMark {
      character.chars.1 = wchar_t(cell.firstMark)
      character.chars.2 = wchar_t(cell.secondMark)
    }
    unsafe row[count] = character
    count += 1
  }

  private mutating func makeRoom(for columns: Int) {
    guard unsafe row.count < columns else { return }
    unsafe row.deallocate()
    unsafe row = .allocate(capacity: columns)
  }

  /// Shows, moves or hides the cursor; says whether anything has to be sent.
  private mutating func place(
    _ cursor: (row: Int, column: Int)?, since last: (row: Int, column: Int)?
  ) -> Bool {
    if let cursor { unsafe wmove(cnc_stdscr(), Int32(cursor.row), Int32(cursor.column)) }
    // A hidden cursor may stay where the last change left it.
    unsafe leaveok(cnc_stdscr(), cursor == nil)
    let isChange = isCursorShown != (cursor != nil)
    if isChange {
      curs_set(cursor == nil ? 0 : 1)
      isCursorShown = cursor != nil
    }
    return isChange || cursor?.row != last?.row || cursor?.column != last?.column
  }
}
