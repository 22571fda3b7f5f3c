/// The size of a terminal or a pane, in character cells.
public struct Size: Equatable, Hashable, Sendable {
  public var rows: Int
  public var columns: Int

  /// Negative numbers count as zero.
  public init(rows: Int, columns: Int) {
    self.rows = max(0, rows)
    self.columns = max(0, columns)
  }
}

/// A block of cells: where it begins and how far it reaches.
public struct Rect: Equatable, Hashable, Sendable {
  public var row: Int
  public var column: Int
  public var rows: Int
  public var columns: Int

  /// Negative extents count as zero.
  public init(row: Int, column: Int, rows: Int, columns: Int) {
    self.row = row
    self.column = column
    self.rows = max(0, rows)
    self.columns = max(0, columns)
  }

  /// All cells of a screen.
  public init(_ size: Size) {
    self.init(row: 0, column: 0, rows: size.rows, columns: size.columns)
  }

  public var size: Size { Size(rows: rows, columns: columns) }
  /// The row after the last one.
  public var endRow: Int { row + rows }
  /// The column after the last one.
  public var endColumn: Int { column + columns }
  public var isEmpty: Bool { rows == 0 || columns == 0 }
  public var rowRange: Range<Int> { row..<endRow }
  public var columnRange: Range<Int> { column..<endColumn }

  public func contains(row: Int, column: Int) -> Bool {
    rowRange.contains(row) && columnRange.contains(column)
  }

  // MARK: - Parts

  /// What is left inside margins; margins that meet leave nothing.
  public func inset(top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0) -> Rect {
    Rect(
      row: row + min(top, rows), column: column + min(left, columns),
      rows: rows - top - bottom, columns: columns - left - right)
  }

  /// The first `count` rows and the rest below; fewer where there are not that many.
  public func split(top count: Int) -> (top: Rect, rest: Rect) {
    let first = min(max(0, count), rows)
    return (
      Rect(row: row, column: column, rows: first, columns: columns),
      Rect(row: row + first, column: column, rows: rows - first, columns: columns)
    )
  }

  /// The last `count` rows and the rest above.
  public func split(bottom count: Int) -> (rest: Rect, bottom: Rect) {
    let (rest, bottom) = split(top: rows - min(max(0, count), rows))
    return (rest, bottom)
  }

  /// The first `count` columns and the rest to the right.
  public func split(left count: Int) -> (left: Rect, rest: Rect) {
    let first = min(max(0, count), columns)
    return (
      Rect(row: row, column: column, rows: rows, columns: first),
      Rect(row: row, column: column + first, rows: rows, columns: columns - first)
    )
  }

  /// The last `count` columns and the rest to the left.
  public func split(right count: Int) -> (rest: Rect, right: Rect) {
    let (rest, right) = split(left: columns - min(max(0, count), columns))
    return (rest, right)
  }
}
