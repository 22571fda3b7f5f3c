import Store
import Support
import Synchronization
import Testing

@testable import Ingest

/// One thread takes spans and logs in and evicts, others read; worth most under ThreadSanitizer.
@Suite("Readers of logs beside a writer", .serialized)
struct LogReadersTests {
  private static let traces: UInt64 = 4_000

  private static func record(_ trace: UInt64, _ number: UInt64) -> LogRecord {
    LogRecord(
      traceID: TraceID(high: 0xACE, low: trace), spanID: SpanID(1), time: UnixNanos(number + 1),
      severity: LogSeverity(rawValue: Int32(number % 24)),
      body: .string("\(trace)/\(number) " + String(repeating: "y", count: 300)),
      attributes: [Attribute("k\(trace % 40)", .int(Int64(number)))])
  }

  @Test("Every record that a reader sees is whole and its trace's own")
  func reading() {
    let scene = LogScene(budgetBytes: 8 << 20)
    let store = scene.store
    let isDone = Atomic<Bool>(false)
    let mistakes = Mutex<[String]>([])
    let seen = Atomic<Int>(0)
    let first = Mutex(SendableScene(scene))
    let write: @Sendable () -> Void = {
      first.withLock { scene in
        for trace in 0..<Self.traces {
          scene.value.receive([Self.record(trace, 0), Self.record(trace, 1)])
          scene.value.receiveSpans(of: [trace])
          scene.value.receive([Self.record(trace, 2)])
        }
      }
      isDone.store(true, ordering: .releasing)
    }
    let read: @Sendable () -> Void = {
      var rounds = 0
      repeat {
        store.refresh()
        let snapshot = store.snapshot()
        for number in snapshot.traceNumbers.suffix(200) {
          let records = snapshot.logRecords(of: TraceNumber(number))
          guard let id = snapshot.id(of: TraceNumber(number)) else { continue }
          let expected = (0..<UInt64(records.count)).map { Self.record(id.low, $0) }
          if records != expected {
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
    #expect(store.settledSnapshot().statistics.logsAddUp)
  }

  /// Handed to one thread and not touched by another.
  private struct SendableScene: @unchecked Sendable {
    let value: LogScene
    init(_ value: LogScene) { self.value = value }
  }
}
