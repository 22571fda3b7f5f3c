import Store
import Support
import Testing

@testable import Ingest

@Suite("Logs beside their spans")
struct HeldLogsTests {
  private func record(_ trace: UInt64, _ time: UInt64, text: String = "message") -> LogRecord {
    LogRecord(
      traceID: TraceID(high: 0xACE, low: trace), spanID: SpanID(1), time: UnixNanos(time),
      severity: LogSeverity(rawValue: 9), body: .string(text),
      attributes: [Attribute("code.line.number", .int(Int64(time % 50)))])
  }

  @Test("Records that come before their trace wait for it, and are there when it comes")
  func waiting() {
    let scene = LogScene()
    scene.receive([record(1, 3), record(2, 5), record(1, 2)])
    #expect(scene.statistics.logsWaiting == 3)
    #expect(scene.statistics.tracesHeld == 0)
    scene.receiveSpans(of: [1])
    #expect(scene.logs(ofTrace: 1) == [record(1, 2), record(1, 3)])
    scene.receive([record(1, 1)])
    #expect(scene.logs(ofTrace: 1) == [record(1, 1), record(1, 2), record(1, 3)])
    #expect(scene.statistics.logsWaiting == 1)
    #expect(scene.statistics.logsHeld == 4)
  }

  @Test(
    "A record that comes again is held once, waiting or not; one without a time cannot be told apart"
  )
  func duplicates() {
    let scene = LogScene()
    scene.receive([record(1, 3), record(1, 4)])
    scene.receive([record(1, 3), record(1, 4)])
    scene.receiveSpans(of: [1])
    scene.receive([record(1, 3), record(1, 4), record(1, 5)])
    #expect(scene.logs(ofTrace: 1) == [record(1, 3), record(1, 4), record(1, 5)])
    #expect(scene.statistics.logsDuplicate == 4)
    scene.receive([record(1, 0), record(1, 0)])
    #expect(scene.logs(ofTrace: 1).count == 5)
    #expect(scene.statistics.logsAddUp)
  }

  @Test("Records that are alike in one request are held each, and that request sent again is not")
  func copies() {
    let scene = LogScene()
    scene.receiveSpans(of: [1])
    var flagged = record(1, 3)
    flagged.flags = 1
    let request = [record(1, 3), record(1, 3), flagged, record(1, 3)]
    scene.receive(request)
    #expect(scene.logs(ofTrace: 1) == request)
    #expect(scene.statistics.logsDuplicate == 0)
    scene.receive(request)
    scene.receive([record(1, 3)])
    #expect(scene.logs(ofTrace: 1) == request)
    #expect(scene.statistics.logsDuplicate == 5)
    #expect(scene.statistics.logsAddUp)
  }

  @Test(
    "A viewer has every copy, however what is held is divided, and none twice of what comes after")
  func copiesForViewers() throws {
    let scene = LogScene()
    scene.receiveSpans(of: [1])
    let text = String(repeating: "x", count: 300)
    let request = (0..<6_000 as Range<UInt64>).map { record(1, 3 + $0 % 2, text: text) }
    scene.receive(request)
    let held = try HeldTraces.answering(
      WatchRequest(follow: false), from: scene.snapshot, now: UnixNanos(0))
    let copy = LogScene()
    var chunks = 0
    while let chunk = held.nextChunk() { copy.receiver.receive(MessageBytes(chunk)) }
    while let chunk = held.nextLogs() {
      chunks += 1
      copy.receiver.receive(logs: MessageBytes(chunk))
    }
    #expect(chunks > 2)
    #expect(copy.logs(ofTrace: 1) == LogScene.inOrder(request))
    // The request that was held was on its way too.
    copy.receive(request)
    #expect(copy.logs(ofTrace: 1).count == 6_000)
    #expect(copy.statistics.logsDuplicate == 6_000)
  }

  @Test("Logs go with their trace, stay within their part of the memory, and every one is counted")
  func budget() {
    let budget = 8 << 20
    let scene = LogScene(budgetBytes: budget)
    var random = SplitMix64.announced("log budget")
    for round in 0..<700 as Range<UInt64> {
      let traces = round * 20..<round * 20 + 20
      let early = random.chance(50)
      if early { scene.receiveSpans(of: traces) }
      scene.receive(
        traces.flatMap { trace in
          (1...3).map { record(trace, $0, text: "\(trace) " + String(repeating: "x", count: 200)) }
        })
      if !early { scene.receiveSpans(of: traces) }
    }
    let statistics = scene.statistics
    #expect(statistics.logsReceived == 42_000)
    #expect(statistics.logsAddUp)
    #expect(statistics.logsEvicted > 10_000)
    #expect(statistics.logsWaiting == 0)
    #expect(statistics.memoryBytes <= budget)
    // The newest are whole.
    let newest = 700 * 20 - 1 as UInt64
    #expect(scene.logs(ofTrace: newest).count == 3)
    // What the counts say is what can be read.
    let snapshot = scene.snapshot
    let readable = snapshot.traceNumbers.reduce(0) {
      $0 + snapshot.logReferences(of: TraceNumber($1)).count
    }
    #expect(UInt64(readable) == statistics.logsHeld)
  }

  @Test("A flood of records whose traces never come does not push out the spans")
  func flood() {
    let scene = LogScene(budgetBytes: 8 << 20)
    scene.receiveSpans(of: 1...500)
    for round in 0..<200 as Range<UInt64> {
      scene.receive((0..<500).map { record(1_000_000 + round * 500 + $0, 1 + $0) })
    }
    let statistics = scene.statistics
    #expect(statistics.tracesHeld == 500)
    #expect(statistics.tracesEvicted == 0)
    #expect(statistics.logsReceived == 100_000)
    #expect(statistics.logsHeld == statistics.logsWaiting)
    #expect(statistics.logsAddUp)
    #expect(statistics.memoryBytes < 6 << 20)
  }

  @Test("A snapshot goes on reading the logs of its moment")
  func snapshots() throws {
    let scene = LogScene(budgetBytes: 8 << 20)
    scene.receiveSpans(of: [1])
    scene.receive((1...100).map { record(1, $0) })
    let before = scene.snapshot
    let trace = try #require(before.find(TraceID(high: 0xACE, low: 1)))
    scene.receive((101...200).map { record(1, $0) })
    for round in 0..<300 as Range<UInt64> {
      scene.receiveSpans(of: 100 + round * 100..<200 + round * 100)
      scene.receive(
        (0..<100).map {
          record(100 + round * 100 + $0, $0, text: String(repeating: "\(round) ", count: 50))
        })
    }
    #expect(before.logRecords(of: trace) == (1...100).map { record(1, $0) })
    #expect(before.logMarks(of: trace)[SpanID(1)]?.count == 100)
  }

  @Test("What a viewer is sent of a store holds the logs, after the spans")
  func heldForViewers() throws {
    let scene = LogScene()
    scene.receiveSpans(of: [1, 2])
    scene.receive([record(1, 3), record(2, 4), record(9, 5)])
    let held = try HeldTraces.answering(
      WatchRequest(follow: false), from: scene.snapshot, now: UnixNanos(0))
    let copy = LogScene()
    while let chunk = held.nextChunk() { copy.receiver.receive(MessageBytes(chunk)) }
    while let chunk = held.nextLogs() { copy.receiver.receive(logs: MessageBytes(chunk)) }
    #expect(copy.logs(ofTrace: 1) == [record(1, 3)])
    #expect(copy.logs(ofTrace: 2) == [record(2, 4)])
    // Sent again, as after a lost connection, nothing of it is new.
    let again = try HeldTraces.answering(
      WatchRequest(follow: false), from: scene.snapshot, now: UnixNanos(0))
    while let chunk = again.nextLogs() { copy.receiver.receive(logs: MessageBytes(chunk)) }
    #expect(copy.statistics.logsHeld == 2)
    #expect(copy.statistics.logsDuplicate == 2)
    // Who asks for one span of each trace wants no logs.
    let list = try HeldTraces.answering(
      WatchRequest(spans: 1, follow: false), from: scene.snapshot, now: UnixNanos(0))
    while list.nextChunk() != nil {}
    #expect(list.nextLogs() == nil)
  }
}
