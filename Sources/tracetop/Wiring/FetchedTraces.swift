import Ingest
import Store

/// Traces that were fetched from a collector, the one touched last first; each is put together when it is asked for.
struct FetchedTraces: Sendable {
  /// Room for all that a collector may hold: what it sent is to be printed, not thinned.
  static let budgetBytes = 1 << 40

  private let snapshot: Snapshot
  private let now: UnixNanos
  private(set) var numbers: [TraceNumber]

  init(_ snapshot: Snapshot, now: UnixNanos) {
    self.snapshot = snapshot
    self.now = now
    // A collector sends them in the order in which they were touched, so their numbers say it.
    numbers = snapshot.traceNumbers.reversed().map { TraceNumber($0) }
      .filter { snapshot.summary(of: $0, now: now) != nil }
  }

  var isEmpty: Bool { numbers.isEmpty }

  var ids: [TraceID] { numbers.compactMap { snapshot.summary(of: $0, now: now)?.id } }

  /// The traces themselves, one at a time.
  var documents: some Sequence<TraceDocument> {
    numbers.lazy.compactMap { document($0) }
  }

  func summary(_ number: TraceNumber) -> TraceSummary? { snapshot.summary(of: number, now: now) }

  func document(_ number: TraceNumber) -> TraceDocument? {
    TraceDocument(of: number, in: snapshot, now: now)
  }

  // MARK: - Choosing

  mutating func keepFirst(_ count: Int) { numbers = Array(numbers.prefix(count)) }

  mutating func keep(where isKept: (TraceID) -> Bool) {
    numbers.removeAll { number in
      snapshot.summary(of: number, now: now).map { !isKept($0.id) } ?? true
    }
  }
}
