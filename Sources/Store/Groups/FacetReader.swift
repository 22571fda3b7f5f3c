/// Finds the keys that split the traces of a filter best, and counts their values.
///
/// The first table reads every segment once and keeps what each trace has under the keys that could be
/// facets; the tables after it read what is new, and count. Keys with a value for each trace are left out
/// after a look at a few thousand entries. A table is made in steps, a segment or a key each, so that other
/// questions come between; what was read for a table that is begun anew is not read again. Confined to the
/// thread that asks.
public final class FacetReader {
  /// How many facets a table has, and how many values of each.
  public static let facetsShown = 16
  public static let valuesShown = 8

  public let joinsTraces: Bool
  private let figures: TraceFigures
  private var matrix: FacetMatrix?
  private var count: FacetCount?

  public init(joinsTraces: Bool) {
    self.joinsTraces = joinsTraces
    figures = TraceFigures(joinsTraces: joinsTraces)
  }

  /// Bytes of memory taken between two tables.
  public var bytes: Int { figures.bytes + (matrix?.bytes ?? 0) }

  /// Whether a table is being made.
  public var isCounting: Bool { count != nil }

  /// Begins a table; what was begun before is forgotten.
  public func begin(_ snapshot: Snapshot, _ selection: GroupSelection, now: UnixNanos) {
    let touched = figures.update(to: snapshot)
    if matrix?.isOutdated(snapshot) ?? false { matrix = nil }
    let known = matrix
    let matrix = known ?? FacetMatrix(snapshot)
    self.matrix = matrix
    if known != nil { matrix.follow(snapshot, touched ?? [], figures, now) }
    count = FacetCount(figures, matrix, snapshot, selection, now)
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
