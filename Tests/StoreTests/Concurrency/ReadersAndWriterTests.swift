import Support
import Synchronization
import Testing

@testable import Store

/// One thread appends and evicts, others read: what a snapshot says must be true, whole, and stay so.
///
/// Worth most under ThreadSanitizer: `Scripts/test-threads`.
@Suite("Readers beside a writer", .serialized)
struct ReadersAndWriterTests {
  private static let budget = 6 << 20
  private static let traces = 3_000
  private static let spansPerTrace: UInt64 = 4

  /// A span that follows from its numbers alone, so that a reader knows what it must find.
  private static func span(_ trace: UInt64, _ id: UInt64) -> SpanRecord {
    let start = RandomTraffic.start + trace * 1_000_000 + id * 1_000
    var span = SpanRecord(
      traceID: TraceID(high: 7, low: trace), spanID: SpanID(id),
      parentSpanID: SpanID(id == 1 ? 0 : id - 1), flags: UInt32(trace & 3),
      name: "span \(trace % 100)", kind: SpanKind(rawValue: Int32(trace % 5)),
      start: UnixNanos(start), end: UnixNanos(start + 500),
      attributes: [
        Attribute("tenant.id", .string("tenant-\(trace % 20)")),
        Attribute("unique", .string("\(trace)/\(id) " + String(repeating: "x", count: 500))),
        Attribute("wide", .int(Int64(trace) << 33)),
        Attribute("key \(trace % 300)", .double(Double(trace) / 8)),
        Attribute("list", .array([.int(Int64(id)), .string("\(trace % 50)")])),
      ],
      statusCode: StatusCode(rawValue: trace % 9 == 0 ? 2 : 0),
      resource: Resource(attributes: [
        Attribute("service.name", .string("service \(trace % 11)"))
      ]),
      scope: Scope(name: "scope \(trace % 3)", version: "1"))
    if id == 2 {
      span.events = [
        SpanEvent(
          time: UnixNanos(start), name: "event \(trace % 4)",
          attributes: [Attribute("n", .int(Int64(trace)))])
      ]
    }
    return span
  }

  /// What went wrong, and how much was looked at.
  private final class Findings: Sendable {
    let mistakes = Mutex<[String]>([])
    let spansRead = Atomic<Int>(0)
    let isDone = Atomic<Bool>(false)

    func note(_ mistake: String) {
      mistakes.withLock { if $0.count < 5 { $0.append(mistake) } }
    }
  }

  /// Appends every trace, its spans in several batches, and says when it is done.
  private func write(_ store: Store, _ findings: Findings) {
    let batch = SpanBatch()
    var waiting: [SpanRecord] = []
    var random = SplitMix64(seed: 1)
    for trace in 1...UInt64(Self.traces) {
      for id in 1...Self.spansPerTrace { waiting.append(Self.span(trace, id)) }
      guard trace % 8 == 0 else { continue }
      waiting.shuffle(using: &random)
      batch.removeAll()
      let now = waiting.count / 2
      for span in waiting.prefix(now) { batch.add(span) }
      waiting.removeFirst(now)
      _ = store.append(batch)
      store.refresh()
    }
    findings.isDone.store(true, ordering: .releasing)
  }

  /// Compares some of what a snapshot shows with what was sent.
  private func check(
    _ snapshot: Snapshot, _ random: inout SplitMix64, _ findings: Findings, traces: Int
  ) {
    guard !snapshot.traceNumbers.isEmpty else { return }
    for _ in 0..<traces {
      let number = TraceNumber(
        random.number(snapshot.traceNumbers.lowerBound...snapshot.traceNumbers.upperBound - 1))
      guard let summary = snapshot.summary(of: number, now: UnixNanos(.max)) else { continue }
      let rows = snapshot.spans(of: number)
      if rows.count != summary.spanCount || rows.count > Int(Self.spansPerTrace) {
        findings.note("trace \(number) has \(rows.count) spans, not \(summary.spanCount)")
      }
      for row in rows {
        let expected = Self.span(summary.id.low, row.spanID.rawValue)
        if snapshot.record(of: row.reference) != expected || row.name != expected.name {
          findings.note("trace \(number), span \(row.spanID): another value")
        }
        findings.spansRead.add(1, ordering: .relaxed)
      }
    }
  }

  private func read(_ store: Store, _ findings: Findings, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    // One snapshot is kept for long: what it showed goes on being there.
    var kept = store.snapshot()
    var rounds = 0
    while true {
      let isLast = findings.isDone.load(ordering: .acquiring)
      let snapshot = store.snapshot()
      check(snapshot, &random, findings, traces: 8)
      check(kept, &random, findings, traces: 2)
      rounds += 1
      if rounds % 64 == 0 { kept = snapshot }
      if isLast { return }
    }
  }

  @Test("What a snapshot shows is whole and stays, while spans arrive and traces are evicted")
  func snapshots() {
    let store = Store(budgetBytes: Self.budget)
    let findings = Findings()
    inParallel(
      [{ @Sendable in write(store, findings) }]
        + (1...3).map { seed in { @Sendable in read(store, findings, seed: seed) } })
    #expect(findings.mistakes.withLock { $0 } == [])
    #expect(findings.spansRead.load(ordering: .relaxed) > 1_000)
    #expect(store.settledSnapshot().statistics.tracesEvicted > 500)
  }

  @Test("A filter kept current beside the writer selects what its snapshot holds")
  func filters() throws {
    let store = Store(budgetBytes: Self.budget)
    let findings = Findings()
    let filters = try [
      "tenant.id=tenant-3", "service=\"service 4\" and not error", "unique=~\"7/2\"", "wide>1M",
    ].map { try FilterParser.parse($0) }
    inParallel(
      [{ @Sendable in write(store, findings) }]
        + filters.map { filter in
          { @Sendable in
            let live = LiveQuery(filter: filter)
            while true {
              let isLast = findings.isDone.load(ordering: .acquiring)
              let snapshot = isLast ? store.settledSnapshot() : store.snapshot()
              let now = UnixNanos(.max)
              var result = live.update(to: snapshot, now: now)
              while !result.isComplete { result = live.update(to: snapshot, now: now) }
              // The naive evaluator takes its time: it looks at the last one, and one now and then.
              guard isLast || snapshot.version % 41 == 0 else { continue }
              let expected = snapshot.traceNumbers.map { TraceNumber($0) }.filter { number in
                snapshot.facts(of: number, now: now).map {
                  NaiveEvaluator($0).matches(filter)
                } ?? false
              }
              if Set(result.traces) != Set(expected) {
                findings.note("\(filter.map { "\($0)" } ?? ""): \(result.traces.count) traces")
              }
              findings.spansRead.add(expected.count, ordering: .relaxed)
              if isLast { return }
            }
          }
        })
    #expect(findings.mistakes.withLock { $0 } == [])
    #expect(findings.spansRead.load(ordering: .relaxed) > 0)
  }
}
