import Oracle
import Store
import Support
import SwiftProtobuf
import Testing

@testable import Ingest

@Suite("Requests of logs")
struct LogDecoderTests {
  private typealias Request = Opentelemetry_Proto_Collector_Logs_V1_ExportLogsServiceRequest

  @Test("What was sent is what is held, in protobuf and in JSON as swift-protobuf writes it")
  func roundTrip() throws {
    var logs = RandomLogs(.announced("log round trip"))
    for round in 0..<100 as Range<UInt64> {
      let records = (0..<logs.random.number(1...20 as ClosedRange<UInt64>)).map { _ in
        logs.record(trace: round, span: logs.random.number(0...2))
      }
      let body = LogRequestEncoder.encode(records)
      let oracle = try Request(serializedBytes: body)
      let scenes = (protobuf: LogScene(), json: LogScene())
      scenes.protobuf.receiveSpans(of: [round])
      scenes.json.receiveSpans(of: [round])
      scenes.protobuf.receiver.receive(logs: MessageBytes(try oracle.serializedBytes() as [UInt8]))
      // protobuf's own JSON writes ids in base64, OTLP's in hexadecimal.
      let json = JSONProof.hexadecimal(Array(try oracle.jsonUTF8Data()))
      let outcome = unsafe json.withUnsafeBytes {
        unsafe scenes.json.receiver.receive(jsonLogs: $0)
      }
      #expect(outcome == .accepted(count: records.count))
      #expect(scenes.protobuf.logs(ofTrace: round) == LogScene.inOrder(records))
      #expect(scenes.json.logs(ofTrace: round) == LogScene.inOrder(records))
    }
  }

  @Test("OTLP/JSON: hexadecimal ids, numbers as text, names of severities, unknown members")
  func json() {
    let scene = LogScene()
    scene.receiveSpans(of: [7], span: 9)
    let text = """
      {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"app"}}]},
      "scopeLogs":[{"scope":{"name":"lib"},"logRecords":[
      {"timeUnixNano":"5","observedTimeUnixNano":6,"severityNumber":"SEVERITY_NUMBER_ERROR2",
      "severityText":"ERR","body":{"stringValue":"boom"},"new":{"a":[1]},
      "attributes":[{"key":"n","value":{"intValue":"12"}}],"flags":1,
      "traceId":"0000000000000ace0000000000000007","spanId":"0000000000000009"},
      {"severity_number":9,"body":{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}}]}},
      "trace_id":"0000000000000ACE0000000000000007","time_unix_nano":"4"},
      {"body":{"stringValue":"of no trace"}}]}]}]}
      """
    let bytes = Array(text.utf8)
    let outcome = unsafe bytes.withUnsafeBytes { unsafe scene.receiver.receive(jsonLogs: $0) }
    #expect(outcome == .accepted(count: 3))
    let trace = TraceID(high: 0xACE, low: 7)
    let resource = Resource(attributes: [Attribute("service.name", .string("app"))])
    #expect(
      scene.logs(ofTrace: 7) == [
        LogRecord(
          traceID: trace, time: UnixNanos(4), severity: LogSeverity(rawValue: 9),
          body: .keyValues([Attribute("a", .bool(true))]), resource: resource,
          scope: Scope(name: "lib")),
        LogRecord(
          traceID: trace, spanID: SpanID(9), time: UnixNanos(5), observed: UnixNanos(6),
          severity: LogSeverity(rawValue: 18), severityText: "ERR", body: .string("boom"),
          attributes: [Attribute("n", .int(12))], flags: 1, resource: resource,
          scope: Scope(name: "lib")),
      ])
    #expect(scene.statistics.logsWithoutTrace == 1)
  }

  @Test(
    "What goes on to viewers, from the batch or from what is held, reads back as the same records")
  func export() throws {
    var logs = RandomLogs(.announced("log export"))
    let records = (0..<300).map { _ in logs.record(trace: 1, span: logs.random.number(0...3)) }
    let scene = LogScene()
    scene.receiveSpans(of: [1])
    scene.receive(records)
    let snapshot = scene.snapshot
    let trace = try #require(snapshot.find(TraceID(high: 0xACE, low: 1)))
    var export = LogExport()
    for reference in snapshot.logReferences(of: trace) {
      export.append(reference, of: trace, in: snapshot)
    }
    let copy = LogScene()
    copy.receiveSpans(of: [1])
    copy.receiver.receive(logs: MessageBytes(export.finish()))
    #expect(copy.logs(ofTrace: 1) == LogScene.inOrder(records))

    let batch = LogBatch()
    var decoder = LogRequestDecoder()
    let body = LogRequestEncoder.encode(records)
    try unsafe body.withUnsafeBytes { unsafe try decoder.decode($0, into: batch) }
    let again = LogScene()
    again.receiveSpans(of: [1])
    again.receiver.receive(logs: MessageBytes(batch.exportRequest()))
    #expect(again.logs(ofTrace: 1) == LogScene.inOrder(records))
  }

  @Test("A mutated request is refused or taken, and whatever is taken adds up")
  func mutated() {
    var random = SplitMix64.announced("mutated logs")
    var logs = RandomLogs(random)
    let scene = LogScene(budgetBytes: 16 << 20)
    scene.receiveSpans(of: 0...3)
    for _ in 0..<1_500 {
      let records = (0..<3).map { _ in
        logs.record(trace: logs.random.number(0...7), span: logs.random.number(0...2))
      }
      var body = LogRequestEncoder.encode(records)
      for _ in 0..<random.number(1...4) where !body.isEmpty {
        body[random.number(0...body.count - 1)] = random.number(0...255)
      }
      if random.chance(30) { body = Array(body.prefix(random.number(0...body.count))) }
      let before = scene.statistics
      let outcome = scene.receiver.receive(logs: MessageBytes(body))
      let after = scene.statistics
      #expect(after.logsReceived - before.logsReceived == UInt64(outcome.accepted))
      #expect(after.logsAddUp)
    }
    // Whatever they have become, all of them can be read.
    let snapshot = scene.snapshot
    for trace in snapshot.traceNumbers {
      _ = snapshot.logRecords(of: TraceNumber(trace)).map(\.severityName)
    }
  }

  @Test("A body that is too long is cut and said, its record kept")
  func longBody() {
    let scene = LogScene()
    scene.receiveSpans(of: [1])
    var record = RandomLogs(SplitMix64(seed: 1)).recordWithTime(trace: 1)
    record.body = .string(String(repeating: "ä", count: 1 << 20))
    let outcome = scene.receive([record])
    #expect(
      outcome == .partial(accepted: 1, rejected: 0, reason: "0 attributes left out, 1 values cut"))
    let held = scene.logs(ofTrace: 1)
    #expect(held.count == 1)
    guard case .string(let text)? = held.first?.body else {
      Issue.record("no text")
      return
    }
    #expect(text.utf8.count <= 1 << 20 + 3)
    #expect(text.hasSuffix("ä…"))
    // What goes on to viewers is what is held, so that those who cut nothing have the same record.
    guard let request = scene.receiver.logsForViewers() else {
      Issue.record("viewers get what came")
      return
    }
    let viewer = LogScene()
    viewer.receiveSpans(of: [1])
    StoreReceiver(store: viewer.store, limits: .held).receive(logs: MessageBytes(request))
    #expect(viewer.logs(ofTrace: 1) == held)
  }
}

extension RandomLogs {
  func recordWithTime(trace: UInt64, time: UInt64 = 5) -> LogRecord {
    LogRecord(
      traceID: TraceID(high: 0xACE, low: trace), spanID: SpanID(1), time: UnixNanos(time),
      severity: LogSeverity(rawValue: 9), body: .string("message \(time)"))
  }
}
