import Foundation
import Store
import Support
import Testing

@testable import Ingest

@Suite("Logs in files")
struct LogFileTests {
  private static func id(_ number: UInt64) -> TraceID { TraceID(high: 0xACE, low: number) }

  private static func record(_ trace: UInt64, _ time: UInt64) -> LogRecord {
    LogRecord(
      traceID: id(trace), spanID: SpanID(1), time: UnixNanos(time),
      severity: LogSeverity(rawValue: 9), body: .string("message \(time)"),
      attributes: [Attribute("code.line.number", .int(7))],
      resource: Resource(attributes: [Attribute("service.name", .string("tools"))]))
  }

  private static let records = [record(1, 1_000), record(2, 1_100), record(1, 1_200)]

  private static var spanRequest: [UInt8] {
    var encoder = TraceRequestEncoder()
    return encoder.encode(
      (1...2).map {
        SpanRecord(
          traceID: id($0), spanID: SpanID(1), name: "work", start: UnixNanos(1_000),
          end: UnixNanos(2_000))
      })
  }

  private static func json(_ request: [UInt8], _ kind: RequestKind) -> [UInt8] {
    var writer = RequestFileWriter(.json)
    return writer.bytes(of: MessageBytes(request), kind)
  }

  /// The file in each form that other programs write.
  enum Form: String, CaseIterable {
    case lines, logsFirst, oneObject, indented, list, protobuf, varint, word, compressedWords
  }

  private static func file(_ form: Form) throws -> [UInt8] {
    let (spans, logs) = (spanRequest, LogRequestEncoder.encode(records))
    let (spanLine, logLine) = (json(spans, .spans), json(logs, .logs))
    func members(_ line: [UInt8]) throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
    }
    switch form {
    case .lines: return spanLine + logLine
    case .logsFirst: return logLine + spanLine
    case .oneObject, .indented:
      let both = try members(spanLine).merging(try members(logLine)) { first, _ in first }
      let options: JSONSerialization.WritingOptions = form == .indented ? [.prettyPrinted] : []
      return Array(try JSONSerialization.data(withJSONObject: both, options: options))
    case .list:
      return Array("[".utf8) + spanLine.dropLast() + Array(",".utf8) + logLine.dropLast()
        + Array("]".utf8)
    case .protobuf: return spans + logs
    case .varint, .word, .compressedWords:
      return [spans, logs].flatMap { message in
        let message = form == .compressedWords ? Packing.zstd(message) : message
        var head = WireWriter()
        if form == .varint {
          head.varint(UInt64(message.count))
        } else {
          head.word(UInt64(UInt32(message.count).byteSwapped), bytes: 4)
        }
        return head.bytes + message
      }
    }
  }

  @Test("Logs come out of each form beside their spans", arguments: Form.allCases)
  func everyForm(_ form: Form) throws {
    let bytes = try Self.file(form)
    for packed in [bytes, Packing.gzip(bytes), Packing.zstd(bytes)] {
      let scene = try FileScene(packed)
      #expect(scene.error == nil)
      #expect(scene.problems == [])
      #expect(scene.spans.count == 2)
      #expect(scene.logs.byTrace == Self.records.byTrace)
      #expect(scene.report.logs == 3)
      #expect(scene.report.spans == 2)
    }
  }

  @Test("A file of logs alone is read, and those without a trace are counted")
  func alone() throws {
    var nameless = Self.record(1, 5)
    nameless.traceID = TraceID(high: 0, low: 0)
    let request = LogRequestEncoder.encode([nameless, Self.record(1, 6)])
    for bytes in [request, Self.json(request, .logs)] {
      let scene = try FileScene(bytes)
      #expect(scene.error == nil)
      #expect(scene.problems == [])
      #expect((scene.report.logs, scene.report.logsWithoutTrace) == (2, 1))
    }
  }

  @Test("A broken record of logs is said with its line, and the rest is read")
  func broken() throws {
    let line = Self.json(LogRequestEncoder.encode(Self.records), .logs)
    let scene = try FileScene(
      Self.json(Self.spanRequest, .spans) + line.prefix(100) + [0x0A]
        + Array(#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"flags":"x"}]}]}]}"#.utf8) + [0x0A]
        + line)
    #expect(scene.report.problems.map(\.line) == [2, 3])
    #expect(scene.logs.byTrace == Self.records.byTrace)
  }

  @Test("What is exported as protobuf is a request of spans to any other reader")
  func unknownField() throws {
    let scene = LogScene()
    scene.receiveSpans(of: 1...2)
    scene.receive(Self.records)
    let snapshot = scene.snapshot
    let held = HeldTraces(snapshot.traceNumbers.map { TraceNumber($0) }, of: snapshot)
    var writer = RequestFileWriter(.protobuf)
    var bytes: [UInt8] = []
    while let request = held.nextChunk() { bytes += writer.bytes(of: MessageBytes(request)) }
    while let request = held.nextLogs() { bytes += writer.bytes(of: MessageBytes(request), .logs) }
    #expect(try OracleReading.spans(bytes).count == 2)
    #expect((writer.tally.traces, writer.tally.spans, writer.tally.logs) == (2, 2, 3))
    #expect(try FileScene(bytes).logs.byTrace == Self.records.byTrace)
  }
}
