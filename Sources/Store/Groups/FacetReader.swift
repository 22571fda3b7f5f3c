/// Finds the keys that split the traces of a filter best, and counts their values.
///
/// The first table reads every segment once and keeps what each trace has under the keys that could be
/// facets; the tables after it read what is new, and count. Keys with a value for each trace are left out
/// after a look at a few thousand entries. A table is made in steps of a millisecond or a few, so that
/// other questions come between: it says what held in the snapshot it was begun with, whatever came
/// meanwhile. What was read for a table that is begun anew is not read again. Confined to the thread that
/// asks.
public final class FacetReader {
  /// How many facets a table has, and how many values of each.
  public static let facetsShown = 16
  public static let valuesShown = 8
  /// So many traces that changed are read in a step.
  private static let tracesPerStep = 128

  /// A table that is being made: of what, and as of when.
  private struct Order {
    let snapshot: Snapshot
    let selection: GroupSelection
    let now: UnixNanos
  }

  public let joinsTraces: Bool
  private let figures: TraceFigures
  private var matrix: FacetMatrix?
  /// Traces that changed and were not read again yet, each once.
  private var changed: [UInt64] = []
  private var isChanged = TraceBits()
  private var order: Order?
  private var count: FacetCount?

  public init(joinsTraces: Bool) {
    self.joinsTraces = joinsTraces
    figures = TraceFigures(joinsTraces: joinsTraces)
  }

  /// Bytes of memory taken between two tables.
  public var bytes: Int { figures.bytes + (matrix?.bytes ?? 0) }

  /// Whether a table is being made.
  public var isCounting: Bool { order != nil }

  /// Begins a table of a snapshot that is the last one's or newer; what was begun before is forgotten.
  public func begin(_ snapshot: Snapshot, _ selection: GroupSelection, now: UnixNanos) {
    if matrix?.isOutdated(snapshot) ?? false { matrix = nil }
    isChanged.forget(below: snapshot.chunks.base)
    let touched = figures.follow(snapshot) ?? []
    let matrix = matrix ?? FacetMatrix(snapshot)
    self.matrix = matrix
    matrix.begin(snapshot, figures)
    for number in touched + matrix.takeSettled(now) where isChanged.insert(number) {
      changed.append(number)
    }
    order = Order(snapshot: snapshot, selection: selection, now: now)
    count = nil
  }

  /// Goes on with the table, at least a step; the table once it is done, nil before.
  public func proceed(isTimeUp: () -> Bool = { false }) -> FacetTable? {
    guard order != nil else { return nil }
    while step() {
      if isTimeUp() { return nil }
    }
    defer {
      (order, count) = (nil, nil)
      figures.rest()
    }
    return count?.table
  }

  /// Reads or counts a part; false when all is done.
  private func step() -> Bool {
    guard let order, let matrix else { return false }
    if readChanged(order, matrix) || matrix.followRows(order.snapshot) { return true }
    // What is selected is looked at once everything is of the same moment.
    guard count != nil else {
      count = FacetCount(figures, matrix, order.snapshot, order.selection, order.now)
      return true
    }
    return count?.step() ?? false
  }

  private func readChanged(_ order: Order, _ matrix: FacetMatrix) -> Bool {
    guard !changed.isEmpty else { return false }
    let next = Array(changed.suffix(FacetReader.tracesPerStep))
    changed.removeLast(next.count)
    for number in next { isChanged.remove(number) }
    figures.refresh(next, order.snapshot)
    matrix.readRecords(of: next, figures, order.snapshot, order.now)
    return true
  }
}
