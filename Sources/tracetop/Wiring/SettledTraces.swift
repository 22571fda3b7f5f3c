import Ingest
import Store

/// Traces as they come to their end: each once, when nothing more is expected of it.
///
/// Confined to one thread.
struct SettledTraces {
  /// How long a trace that is whole must have been quiet: its spans come in several requests.
  private static let wholeTime = Nanoseconds.seconds(1)
  /// How long one with gaps is waited for, as on the screen.
  private static let brokenTime = Nanoseconds.seconds(10)

  private let live: LiveQuery
  /// Traces that have not come to their end.
  private var pending: [TraceNumber] = []
  /// Traces from this number on were not seen yet.
  private var seen: UInt64 = 0

  init(_ filter: Filter?) { live = LiveQuery(filter: filter) }

  /// Forgets every trace that is there and at its end: it was before anybody looked.
  mutating func begin(at snapshot: Snapshot, now: UnixNanos) { _ = take(from: snapshot, now: now) }

  /// The traces that the filter selects and that have come to their end since, in the order in which
  /// they began to arrive; with `isLast` those too of which more may have come.
  mutating func take(
    from snapshot: Snapshot, now: UnixNanos, isLast: Bool = false
  ) -> [TraceNumber] {
    let numbers = snapshot.traceNumbers
    for number in max(seen, numbers.lowerBound)..<max(seen, numbers.upperBound) {
      pending.append(TraceNumber(number))
    }
    seen = max(seen, numbers.upperBound)
    guard !pending.isEmpty else { return [] }
    _ = live.update(to: snapshot, now: now)
    var settled: [TraceNumber] = []
    pending.removeAll { number in
      guard let summary = snapshot.summary(of: number, now: now) else { return true }
      guard isLast || Self.settles(summary) <= now else { return false }
      if live.isSelected(number) { settled.append(number) }
      return true
    }
    return settled
  }

  /// When the next trace comes to its end if nothing arrives; nil where none is waited for.
  func next(in snapshot: Snapshot, now: UnixNanos) -> UnixNanos? {
    pending.lazy.compactMap { snapshot.summary(of: $0, now: now).map(Self.settles) }.min()
  }

  private static func settles(_ summary: TraceSummary) -> UnixNanos {
    let isWhole = summary.hasRoot && summary.missingParents == 0
    return summary.touched + (isWhole ? wholeTime : brokenTime)
  }
}
