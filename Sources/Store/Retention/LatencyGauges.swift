/// Tells what is slow: for each root name, whether a request takes longer than 99 of 100 before it.
///
/// Counts in buckets a quarter of an octave wide; the older half of what was counted fades when
/// ``window`` are counted.
struct LatencyGauges {
  /// How many durations of a name are counted before all of them weigh half.
  static let window: UInt32 = 4_096
  /// A name with fewer durations than this has nothing slow: the 99th of 100 is not known.
  static let smallest: UInt32 = 128
  /// More names than these share one gauge: names with ids in them would be without end.
  static let names = 256

  private struct Gauge {
    var counts = [UInt16](repeating: 0, count: 62 * 4)
    var total: UInt32 = 0
    /// Buckets past this one are slow.
    var limit = Int.max
    var sinceLimit: UInt32 = 0
  }

  private var gauges: [UInt64: Gauge] = [:]

  var bytes: Int { gauges.count * 600 }

  /// Whether a duration is slow among those of a name (its hash) so far, of which it is one from now on.
  mutating func add(_ duration: Nanoseconds, name: UInt64) -> Bool {
    let isKnown = gauges[name] != nil || gauges.count < LatencyGauges.names
    return LatencyGauges.add(duration, to: &gauges[isKnown ? name : 0, default: Gauge()])
  }

  private static func add(_ duration: Nanoseconds, to gauge: inout Gauge) -> Bool {
    let bucket = bucket(duration.rawValue)
    let isSlow = gauge.total >= smallest && bucket > gauge.limit
    gauge.counts[bucket] &+= 1
    gauge.total += 1
    gauge.sinceLimit += 1
    if gauge.total >= window {
      for index in gauge.counts.indices { gauge.counts[index] /= 2 }
      gauge.total = gauge.counts.reduce(0) { $0 + UInt32($1) }
      gauge.sinceLimit = 64
    }
    if gauge.sinceLimit >= 64, gauge.total >= smallest {
      gauge.sinceLimit = 0
      gauge.limit = limit(of: gauge)
    }
    return isSlow
  }

  /// The bucket that the 99th of 100 durations is in.
  private static func limit(of gauge: Gauge) -> Int {
    let wanted = (UInt64(gauge.total) * 99 + 99) / 100
    var seen: UInt64 = 0
    for (bucket, count) in gauge.counts.enumerated() {
      seen += UInt64(count)
      if seen >= wanted { return bucket }
    }
    return .max
  }

  private static func bucket(_ value: UInt64) -> Int {
    guard value >= 4 else { return Int(value) }
    let octave = UInt64.bitWidth - 1 - value.leadingZeroBitCount
    return (octave - 1) * 4 + Int(value >> UInt64(octave - 2) & 3)
  }
}
