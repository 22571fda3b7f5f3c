extension Frame {
  /// The cells of a part of the frame, row after row; what is outside of it is left out.
  func cells(in area: Rect) -> [Cell] {
    let columns = clipped(area.columnRange, to: size.columns)
    var part: [Cell] = []
    part.reserveCapacity(area.rows * columns.count)
    for row in clipped(area.rowRange, to: size.rows) {
      let start = row * size.columns
      part += cells[start + columns.lowerBound..<start + columns.upperBound]
    }
    return part
  }

  /// Puts back what ``cells(in:)`` gave for an area of the same size.
  mutating func put(_ part: [Cell], in area: Rect) {
    let columns = clipped(area.columnRange, to: size.columns)
    let rows = clipped(area.rowRange, to: size.rows)
    guard !columns.isEmpty, part.count == rows.count * columns.count else { return }
    let width = size.columns
    var cells = cells.mutableSpan
    let part = part.span
    var next = 0
    for row in rows {
      for index in row * width + columns.lowerBound..<row * width + columns.upperBound {
        cells[index] = part[next]
        next += 1
      }
    }
  }

  /// Whether two frames of one size look different in a row.
  func differs(from other: Frame, row: Int) -> Bool {
    let range = row * size.columns..<(row + 1) * size.columns
    let (mine, others) = (cells.span.extracting(range), other.cells.span.extracting(range))
    var difference: UInt64 = 0
    for index in 0..<mine.count { difference |= mine[index].difference(from: others[index]) }
    return difference != 0
  }

  private func clipped(_ range: Range<Int>, to end: Int) -> Range<Int> {
    let first = min(max(0, range.lowerBound), end)
    return first..<max(first, min(range.upperBound, end))
  }
}
