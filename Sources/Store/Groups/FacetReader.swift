/// Finds the keys that split the traces of a filter best, and counts their values.
///
/// Every key that could be a facet is counted over the columns that have it; keys with a value for
/// each trace are left out after a look at a few thousand entries. A table is made in steps, a key each,
/// so that other questions come between. Confined to the thread that asks.
public final class FacetReader {
  /// How many facets a table has, and how many values of each.
  public static let facetsShown = 16
  public static let valuesShown = 8

  public let joinsTraces: Bool
  private let figures: TraceFigures
  private var count: FacetCount?

  public init(joinsTraces: Bool) {
    self.joinsTraces = joinsTraces
    figures = TraceFigures(joinsTraces: joinsTraces)
  }

  /// Bytes of memory taken between two tables.
  public var bytes: Int { figures.bytes }

  /// Whether a table is being made.
  public var isCounting: Bool { count != nil }

  /// Begins a table; what was begun before is forgotten.
  public func begin(_ snapshot: Snapshot, _ selection: GroupSelection, now: UnixNanos) {
    _ = figures.update(to: snapshot)
    count = FacetCount(figures, snapshot, selection, now)
  }

  /// Goes on with the table, at least a step; the table once it is done, nil before.
  public func proceed(isTimeUp: () -> Bool = { false }) -> FacetTable? {
    while count?.step() ?? false {
      if isTimeUp() { return nil }
    }
    defer { count = nil }
    return count?.table
  }
}
