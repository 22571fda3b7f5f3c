/// How many requests came, and how many of them failed, where only a share of them is held.
public struct ScaledCounts: Equatable, Sendable {
  /// Those that a filter selects.
  public var selected = 0
  /// Errors, denials and clients gone among them.
  public var failed = 0
  /// All of them.
  public var all = 0

  public init(selected: Int = 0, failed: Int = 0, all: Int = 0) {
    self.selected = selected
    self.failed = failed
    self.all = all
  }
}

/// Sums the weights of what is held, where requests are thinned.
///
/// Looks at every record, some ten nanoseconds each, so it looks again only when a fiftieth of the time
/// has gone into it at most.
struct ScaledCounter {
  private static let interval = Nanoseconds.milliseconds(200)
  private static let restFactor: UInt64 = 50

  private var last: ScaledCounts?
  private var version: UInt64?
  private var notBefore = UnixNanos(0)
  private var countedAt = UnixNanos(0)
  /// When what is new will be counted; nil where all is.
  private(set) var nextChange: UnixNanos?

  mutating func counts(
    _ snapshot: Snapshot, now: UnixNanos, _ selected: TraceBits, _ failed: TraceBits,
    joinsTraces: Bool, isComplete: Bool
  ) -> ScaledCounts? {
    let scale = CountScale(snapshot)
    guard scale.one != 1 else { return nil }
    guard version != snapshot.version else { return last }
    if last != nil, now < notBefore, now >= countedAt {
      nextChange = notBefore
      return last
    }
    let began = WallClock.monotonic()
    var counts = ScaledCounts()
    let joined = joinsTraces ? snapshot.requests.joined : TraceBits()
    for number in snapshot.traceNumbers {
      guard let record = snapshot.traceRecord(number) else { continue }
      // The traces of one request weigh the same; the one that leads counts for all.
      if joined.contains(number), snapshot.members(of: number).first != number { continue }
      let units = scale.units(of: record)
      counts.all += units
      guard selected.contains(number) else { continue }
      counts.selected += units
      if failed.contains(number) { counts.failed += units }
    }
    counts = ScaledCounts(
      selected: scale.count(counts.selected), failed: scale.count(counts.failed),
      all: scale.count(counts.all))
    let took = Nanoseconds((WallClock.monotonic() - began) &* Self.restFactor)
    (last, countedAt, nextChange) = (counts, now, nil)
    // More of history may be selected of the same snapshot.
    version = isComplete ? snapshot.version : nil
    notBefore = now + max(Self.interval, took)
    return counts
  }
}
