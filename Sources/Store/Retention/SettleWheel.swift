/// Traces by when they are to be looked at: whether they have settled.
///
/// A circle of buckets, each a tenth of a second; what is due later than the circle reaches is looked
/// at when it comes round, and put in again.
struct SettleWheel {
  static let grain: UInt64 = 100_000_000
  /// More than the settle time: 25.6 s.
  static let buckets = 256

  private var traces = [[UInt64]](repeating: [], count: SettleWheel.buckets)
  private(set) var count = 0
  /// The first moment, in grains, that was not looked at.
  private var next: UInt64 = 0

  var bytes: Int { count * 8 + SettleWheel.buckets * 16 }

  /// Puts a trace where it is looked at no earlier than `due`, but for ones that are far away.
  mutating func add(_ number: UInt64, due: UInt64) {
    let tick = max(due / SettleWheel.grain + 1, next)
    let last = next + UInt64(SettleWheel.buckets - 1)
    if count == 0, tick > last { next = tick }
    traces[Int(min(tick, max(last, next)) % UInt64(SettleWheel.buckets))].append(number)
    count += 1
  }

  /// The traces that are due, no longer in it.
  mutating func take(now: UInt64) -> [UInt64] {
    let tick = now / SettleWheel.grain
    guard count > 0 else {
      next = max(next, tick)
      return []
    }
    var due: [UInt64] = []
    // Once round is everything.
    var looked = 0
    while next <= tick, looked < SettleWheel.buckets {
      let bucket = Int(next % UInt64(SettleWheel.buckets))
      if !traces[bucket].isEmpty {
        due += traces[bucket]
        traces[bucket].removeAll(keepingCapacity: true)
      }
      next += 1
      looked += 1
    }
    next = max(next, tick)
    count -= due.count
    return due
  }

  /// When the first ones are due; nil where there are none.
  var nextDue: UInt64? {
    guard count > 0 else { return nil }
    for offset in 0..<UInt64(SettleWheel.buckets) {
      let tick = next + offset
      if !traces[Int(tick % UInt64(SettleWheel.buckets))].isEmpty {
        return tick * SettleWheel.grain
      }
    }
    return nil
  }
}
