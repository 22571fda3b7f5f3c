/// Turns weights into whole units for sums of integers: eighths where requests are thinned, else ones.
struct CountScale {
  /// How many units one request has that stands for itself alone.
  let one: Int

  init(_ snapshot: Snapshot) { one = snapshot.statistics.sampledShare == nil ? 1 : 8 }

  @inline(__always)
  func units(of record: TraceRecord) -> Int {
    one == 1 ? 1 : max(1, Int((record.countedAs * Double(one)).rounded()))
  }

  /// The count that a sum of units is.
  func count(_ units: Int) -> Int { one == 1 ? units : (units + one / 2) / one }

  func count(_ units: [Int]) -> [Int] { one == 1 ? units : units.map { count($0) } }
}
