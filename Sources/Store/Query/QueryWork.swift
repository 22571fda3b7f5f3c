/// What a query looked at to come to its answer: what it cost, in figures that no clock makes noisy.
public struct QueryWork: Equatable, Sendable {
  /// Rows, or entries of an attribute's column, that were looked at one by one, counted again for each
  /// question that was put to them.
  public var rowsScanned = 0
  /// Distinct strings that a text was looked for in.
  public var stringsSearched = 0
  /// Columns of segments that an index showed to hold nothing of what was asked for.
  public var columnsSkipped = 0

  public init() {}
}

/// Counts a query's work while it goes on; confined to the query's thread.
final class QueryMeter {
  private(set) var work = QueryWork()

  @inline(__always) func scanned(rows: Int) { work.rowsScanned &+= rows }

  @inline(__always) func searched(strings: Int) { work.stringsSearched &+= strings }

  @inline(__always) func skippedColumn() { work.columnsSkipped &+= 1 }
}
