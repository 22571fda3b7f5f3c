import Support
import Synchronization
import Testing

@testable import Store

/// One thread takes spans and logs in and evicts, others read; worth most under ThreadSanitizer:
/// `Scripts/test-threads`.
@Suite("Readers of logs beside a writer", .serialized)
struct ReadersAndWriterLogTests {
  private static let traces: UInt64 = 3_000

  private static func text(_ trace: UInt64, _ number: UInt64) -> String {
    "\(trace)/\(number) " + String(repeating: "y", count: 300)
  }

  private static func record(_ trace: UInt64, _ number: UInt64) -> LogRecord {
    LogRecord(
      traceID: TraceID(high: 0xACE, low: trace), spanID: SpanID(1), time: UnixNanos(number + 1),
      severity: LogSeverity(rawValue: Int32(number % 24)), body: .string(text(trace, number)),
      attributes: [Attribute("k\(trace % 40)", .int(Int64(number)))])
  }

  /// Fills a batch as a decoder does.
  private static func fill(_ logs: LogBatch, _ trace: UInt64, _ numbers: Range<UInt64>) {
    logs.removeAll()
    let lines = logs.lines
    let resource = lines.finishResource(
      from: lines.beginOrigin(), message: .empty, schemaURL: .empty)
    let scope = lines.beginScope()
    let bytes = { (word: UInt64) in
      (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
    for number in numbers {
      lines.beginSpan(resource: resource, scope: scope)
      lines.set(traceID: lines.arena.keep(bytes(0xACE) + bytes(trace)))
      lines.set(spanID: lines.arena.keep(bytes(1)))
      lines.set(start: number + 1)
      lines.set(kind: Int32(number % 24))
      lines.add(lines.arena.keep("k\(trace % 40)"), integer: Int64(number), of: .span)
      var content = WireWriter()
      content.message(5) { writer in writer.string(1, text(trace, number)) }
      lines.set(extras: lines.arena.keep(content.bytes))
      logs.finishRecord()
    }
  }

  @Test("Every record that a reader sees is whole and its trace's own")
  func reading() {
    let store = Store(budgetBytes: 8 << 20)
    let isDone = Atomic<Bool>(false)
    let mistakes = Mutex<[String]>([])
    let seen = Atomic<Int>(0)
    let write: @Sendable () -> Void = {
      let logs = LogBatch()
      let batch = SpanBatch()
      for trace in 0..<Self.traces {
        Self.fill(logs, trace, 0..<2)
        _ = store.append(logs)
        batch.removeAll()
        batch.add(
          SpanRecord(
            traceID: TraceID(high: 0xACE, low: trace), spanID: SpanID(1), name: "work",
            start: UnixNanos(1), end: UnixNanos(2)))
        _ = store.append(batch)
        Self.fill(logs, trace, 2..<3)
        _ = store.append(logs)
      }
      isDone.store(true, ordering: .releasing)
    }
    let read: @Sendable () -> Void = {
      var rounds = 0
      repeat {
        store.refresh()
        let snapshot = store.snapshot()
        for number in snapshot.traceNumbers.suffix(200) {
          guard let id = snapshot.id(of: TraceNumber(number)) else { continue }
          let records = snapshot.logRecords(of: TraceNumber(number))
          if records != (0..<UInt64(records.count)).map({ Self.record(id.low, $0) }) {
            mistakes.withLock { if $0.count < 3 { $0.append("trace \(id.low): \(records.count)") } }
          }
          seen.add(records.count, ordering: .relaxed)
        }
        rounds += 1
      } while !isDone.load(ordering: .acquiring) || rounds < 3
    }
    inParallel([write, read, read])
    #expect(mistakes.withLock { $0 } == [])
    #expect(seen.load(ordering: .relaxed) > 0)
    let held = store.settledSnapshot().statistics
    #expect(held.logsReceived == 9_000)
    #expect(held.logsHeld + held.logsEvicted == 9_000)
    #expect(held.logsEvicted > 0)
  }
}
