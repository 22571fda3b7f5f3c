/// Measures what arrived lately: rates, error share, latencies.
struct TrafficMeter {
  static let window = Nanoseconds.seconds(300)
  static let rateWindow = Nanoseconds.seconds(10)
  static let historyBucket = Nanoseconds.seconds(2)
  /// More traces than these are not looked at.
  static let maximumTraces = 100_000
  /// After this many selected traces in a row that arrived before the window, the others did too: numbers
  /// are given in order of arrival, but history may come a little out of order.
  static let patience = 1_000
  /// A measurement is repeated no sooner than this; it costs up to a millisecond.
  static let interval = Nanoseconds.milliseconds(200)

  private var last = Traffic()
  private var measuredAt = UnixNanos(0)
  private var version: UInt64?

  /// `windowEnd` is where the windows end, where that is not now: then nothing leaves them by itself.
  mutating func measure(
    _ snapshot: Snapshot, now: UnixNanos, windowEnd: UnixNanos? = nil, selected: TraceBits,
    joinsTraces: Bool = false
  ) -> Traffic {
    if version != nil, now.since(measuredAt) < TrafficMeter.interval, now >= measuredAt {
      // What is left out now is measured soon.
      if version != snapshot.version { last.nextChange = measuredAt + TrafficMeter.interval }
      return last
    }
    version = snapshot.version
    measuredAt = now
    let end = windowEnd ?? now
    var traffic = Traffic()
    var latencies = LatencyHistogram()
    // In units, where requests are thinned.
    let scale = CountScale(snapshot)
    var recent = (traces: 0, spans: 0)
    var history = [Int](repeating: 0, count: traffic.rateHistory.count)
    var oldest = end
    var looked = 0
    var outside = 0
    selected.forEachReversed { number in
      // What is asked stands at the record's beginning, so that is all of it that is read.
      guard snapshot.chunks.contains(number), snapshot.chunks[number].isHeld else { return true }
      var seen = Sighting(snapshot.chunks[number], scale)
      // A request came with the first of its traces, so the others make none younger.
      let mayBeRecent = end.since(seen.arrived) < TrafficMeter.window
      if joinsTraces, seen.hasPeer, mayBeRecent {
        // Of the traces of a request only the one that leads is selected.
        let request = snapshot.requestRecord(snapshot.members(of: number))
        if let request { seen = Sighting(request, scale) }
      }
      let (arrived, units) = (seen.arrived, seen.units)
      if end.since(arrived) >= TrafficMeter.window {
        outside += 1
        return snapshot.isBackfilled || outside <= TrafficMeter.patience
      }
      outside = 0
      looked += 1
      oldest = min(oldest, arrived)
      if units != scale.one { traffic.isScaled = true }
      traffic.windowTraces += units
      if seen.hasFailed { traffic.errorTraces += units }
      latencies.add(seen.duration, times: units)
      traffic.latencyHistogram[
        TrafficMeter.octave(seen.duration, traffic.latencyHistogram.count)] += units
      let age = end.since(arrived)
      if age < TrafficMeter.rateWindow {
        recent.traces += units
        recent.spans += seen.spans * units
      }
      let bucket = Int(age.rawValue / TrafficMeter.historyBucket.rawValue)
      if bucket < history.count { history[history.count - 1 - bucket] += units }
      return looked < TrafficMeter.maximumTraces
    }
    let seconds = max(1, min(10, end.since(oldest).milliseconds / 1_000))
    traffic.windowTraces = scale.count(traffic.windowTraces)
    traffic.errorTraces = scale.count(traffic.errorTraces)
    traffic.latencyHistogram = scale.count(traffic.latencyHistogram)
    let one = Double(scale.one)
    traffic.tracesPerSecond = Double(recent.traces) / one / seconds
    traffic.spansPerSecond = Double(recent.spans) / one / seconds
    traffic.rateHistory = history.map { Double($0) / one / 2 }
    traffic.p50 = latencies.quantile(0.50)
    traffic.p95 = latencies.quantile(0.95)
    traffic.p99 = latencies.quantile(0.99)
    if windowEnd != nil {
      traffic.nextChange = nil
    } else if recent.traces > 0 {
      traffic.nextChange = now + .seconds(1)
    } else if history.contains(where: { $0 > 0 }) {
      // Nothing comes any more: what did moves through the history, a bucket at a time.
      traffic.nextChange = now + TrafficMeter.historyBucket
    } else if traffic.windowTraces > 0 {
      traffic.nextChange = max(oldest + TrafficMeter.window, now + TrafficMeter.historyBucket)
    }
    last = traffic
    return traffic
  }

  /// What of a trace, or of a request, is measured.
  private struct Sighting {
    let arrived: UnixNanos
    let duration: Nanoseconds
    let spans: Int
    let units: Int
    let hasFailed: Bool
    let hasPeer: Bool

    @inline(__always)
    init(_ record: TraceRecord, _ scale: CountScale) {
      arrived = UnixNanos(record.firstTouched)
      duration = UnixNanos(record.end).since(UnixNanos(record.start == .max ? 0 : record.start))
      spans = Int(record.spans)
      units = scale.units(of: record)
      hasFailed = record.hasFailed
      hasPeer = record.peer != 0
    }
  }

  /// The bucket of a duration: 0 up to 1 ms, then one for each doubling.
  private static func octave(_ duration: Nanoseconds, _ count: Int) -> Int {
    guard duration > .milliseconds(1) else { return 0 }
    // Rounded down from one nanosecond less, which is one less than rounded up.
    let milliseconds = (duration.rawValue - 1) / 1_000_000
    return min(count - 1, UInt64.bitWidth - milliseconds.leadingZeroBitCount)
  }
}
