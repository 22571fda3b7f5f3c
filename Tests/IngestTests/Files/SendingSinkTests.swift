import Store
import Testing

@testable import Ingest

@Suite("Sending records of files, and what the receiver takes of them")
struct SendingSinkTests {
  /// A receiver that refuses what is longer than it takes, or has more items.
  private final class Receiver: RequestSender {
    let isConnected = true
    var mostBytes = Int.max
    var mostItems = Int.max
    /// What is said to every request; nil where they are taken.
    var error: IngestError?
    /// The items of each request that was taken, and how many were not.
    var taken: [Int] = []
    var refused = 0
    var requests: [[UInt8]] = []
    var logRequests: [[UInt8]] = []

    func send(_ kind: RequestKind, _ body: MessageBytes) throws(IngestError) -> RequestAnswer {
      var tally = RequestTally()
      tally.add(body, kind)
      let items = tally.spans + tally.logs
      if error != nil || body.count > mostBytes || items > mostItems {
        refused += 1
        throw error ?? IngestError(.unfit, "too much")
      }
      taken.append(items)
      if kind == .spans { requests.append(body.bytes) } else { logRequests.append(body.bytes) }
      return (0, "")
    }

    func close() {}
  }

  /// Spans of one trace, each with an attribute of so many bytes.
  private static func spans(_ numbers: ClosedRange<UInt64>, bytes: Int = 10) -> [SpanRecord] {
    numbers.map { number in
      SpanRecord(
        traceID: TraceID(high: 1, low: 2), spanID: SpanID(number), name: "work",
        start: UnixNanos(1_000), end: UnixNanos(2_000),
        attributes: [Attribute("text", .string(String(repeating: "x", count: bytes)))])
    }
  }

  /// A line of JSON for each run of spans.
  private static func lines(_ runs: [[SpanRecord]]) -> [UInt8] {
    runs.flatMap { run in
      var encoder = TraceRequestEncoder()
      var writer = RequestFileWriter(.json)
      return writer.bytes(of: MessageBytes(encoder.encode(run)))
    }
  }

  /// Reads the file into the receiver.
  private static func send(
    _ bytes: [UInt8], to receiver: Receiver
  ) throws -> (report: FileReport, sink: SendingSink, error: FileError?) {
    let sender = PatientSender(
      receiver, patienceMilliseconds: 0, connect: { () throws(IngestError) in receiver })
    let sink = SendingSink(sender)
    let (report, error) = try FileScene.read(bytes, into: sink)
    return (report, sink, error)
  }

  /// What a store holds of the requests that were taken.
  private static func held(_ receiver: Receiver) -> [SpanRecord] {
    let store = Store(budgetBytes: 1 << 28)
    let other = StoreReceiver(store: store)
    for request in receiver.requests { other.receive(MessageBytes(request)) }
    return FileScene.spans(of: store)
  }

  @Test("A long record is not put to others that are short")
  func pooling() throws {
    let receiver = Receiver()
    receiver.mostBytes = 1_500_000
    let file = Self.lines([
      Self.spans(1...1, bytes: 900_000), Self.spans(2...2, bytes: 1_400_000), Self.spans(3...3),
      Self.spans(4...4),
    ])
    let (report, sink, error) = try Self.send(file, to: receiver)
    #expect(error == nil)
    #expect(report.isWhole)
    #expect(receiver.taken == [1, 1, 2])
    #expect(receiver.refused == 0)
    #expect(sink.sent.spans == SendingSink.Tally(sent: 4))
  }

  @Test("A record that is refused is said with its place, and the others are taken")
  func refusedRecord() throws {
    let receiver = Receiver()
    receiver.mostBytes = 100_000
    let runs = [Self.spans(1...1), Self.spans(2...2, bytes: 200_000), Self.spans(3...3)]
    let file = Self.lines(runs)
    let (report, sink, error) = try Self.send(file, to: receiver)
    #expect(error == nil)
    #expect(
      report.problems.map(\.description) == [
        "line 2, byte \(Self.lines([runs[0]]).count): 1 span left out: too much"
      ])
    #expect(receiver.taken == [1, 1])
    #expect(sink.sent.spans == SendingSink.Tally(sent: 2))
    #expect(Self.held(receiver) == runs[0] + runs[2])
  }

  @Test(
    "A record with more than a request may hold is cut, and every span arrives once",
    arguments: ["items", "bytes"])
  func cut(_ limit: String) throws {
    let receiver = Receiver()
    if limit == "items" { receiver.mostItems = 300 } else { receiver.mostBytes = 100_000 }
    let spans = Self.spans(1...1_000, bytes: 300)
    let (report, sink, error) = try Self.send(Self.lines([spans]), to: receiver)
    #expect(error == nil)
    #expect(report.isWhole)
    #expect(receiver.taken.reduce(0, +) == 1_000)
    #expect(sink.sent.spans == SendingSink.Tally(sent: 1_000))
    #expect(Self.held(receiver) == spans)
  }

  @Test("A record with more spans than a collector takes in one request is read and sent")
  func manySpans() throws {
    let receiver = Receiver()
    receiver.mostItems = BatchLimits().spans
    let spans = Self.spans(1...140_000, bytes: 0)
    var encoder = TraceRequestEncoder()
    let (report, sink, error) = try Self.send(encoder.encode(spans), to: receiver)
    #expect(error == nil)
    #expect(report.problems == [])
    #expect(receiver.taken.reduce(0, +) == 140_000)
    #expect(sink.sent.spans == SendingSink.Tally(sent: 140_000))
  }

  @Test("A receiver that takes nothing gets a bounded number of requests, and all is said")
  func takesNothing() throws {
    let receiver = Receiver()
    receiver.error = IngestError(.unfit, "malformed")
    let file = Self.lines([Self.spans(1...2), Self.spans(3...402, bytes: 100)])
    let (report, sink, error) = try Self.send(file, to: receiver)
    #expect(error == nil)
    #expect(
      report.problems.map(\.text) == [
        "2 spans left out: malformed", "400 spans left out: malformed",
      ])
    #expect(sink.sent.spans == SendingSink.Tally())
    #expect(receiver.refused < 20)
  }

  @Test("A receiver that lets nobody in ends the import")
  func unauthenticated() throws {
    let receiver = Receiver()
    receiver.error = IngestError(.refused, "who is it?")
    let (_, _, error) = try Self.send(Self.lines([Self.spans(1...1)]), to: receiver)
    #expect(error == FileError("who is it?"))
    #expect(receiver.refused == 1)
  }

  private static func log(_ time: UInt64, _ text: String = "message") -> LogRecord {
    LogRecord(
      traceID: TraceID(high: 0xACE, low: 1), spanID: SpanID(1), time: UnixNanos(time),
      body: .string(text))
  }

  /// The logs that a store holds of the requests that were taken.
  private static func heldLogs(_ receiver: Receiver) -> [LogRecord] {
    let scene = LogScene()
    scene.receiveSpans(of: [1])
    for request in receiver.logRequests { scene.receiver.receive(logs: MessageBytes(request)) }
    return scene.logs(ofTrace: 1)
  }

  @Test(
    "Log records that are alike in one request of a file arrive each, a request that is there twice once",
    arguments: [RequestFormat.json, .protobuf])
  func copies(_ format: RequestFormat) throws {
    var writer = RequestFileWriter(format)
    let records = [Self.log(1), Self.log(1), Self.log(2)]
    let other = [Self.log(3), Self.log(4)]
    var encoder = TraceRequestEncoder()
    var file = writer.bytes(of: MessageBytes(encoder.encode(Self.spans(1...1))))
    for request in [records, other, records] {
      file += writer.bytes(of: MessageBytes(LogRequestEncoder.encode(request)), .logs)
    }
    let receiver = Receiver()
    let (report, _, error) = try Self.send(file, to: receiver)
    #expect(error == nil)
    #expect(report.isWhole)
    #expect(receiver.taken == [5, 1, 3])
    #expect(Self.heldLogs(receiver) == records + other)
  }

  @Test("What was held is exported and read back with every copy, also where it is divided")
  func copiesInFiles() throws {
    let scene = LogScene()
    scene.receiveSpans(of: [1])
    let records = (0..<3_000).map { _ in Self.log(1, String(repeating: "x", count: 300)) }
    scene.receive(records)
    for format in RequestFormat.allCases {
      let held = try HeldTraces.answering(
        WatchRequest(follow: false), from: scene.snapshot, now: UnixNanos(0))
      var writer = RequestFileWriter(format)
      var file: [UInt8] = []
      while let chunk = held.nextChunk() { file += writer.bytes(of: MessageBytes(chunk)) }
      while let chunk = held.nextLogs() { file += writer.bytes(of: MessageBytes(chunk), .logs) }
      #expect(try FileScene(file).logs == records)
      // And the file twice is the same once.
      #expect(try FileScene(file + file).logs == records)
      let receiver = Receiver()
      _ = try Self.send(file + file, to: receiver)
      #expect(Self.heldLogs(receiver) == records)
    }
  }

  @Test("Log records that are alike arrive each where their request has to be cut between them")
  func copiesThatAreCut() throws {
    let receiver = Receiver()
    receiver.mostBytes = 30_000
    let records = (0..<5).map { _ in Self.log(1, String(repeating: "x", count: 20_000)) }
    var writer = RequestFileWriter(.json)
    let file = writer.bytes(of: MessageBytes(LogRequestEncoder.encode(records)), .logs)
    let (report, _, error) = try Self.send(file, to: receiver)
    #expect(error == nil)
    #expect(report.isWhole)
    #expect(receiver.taken == [1, 1, 1, 1, 1])
    #expect(Self.heldLogs(receiver) == records)
  }

  @Test("A part says the resource and scope of its spans, and what is longer stands alone")
  func parts() throws {
    var spans = Self.spans(1...6, bytes: 100)
    spans[2].attributes = [Attribute("text", .string(String(repeating: "y", count: 5_000)))]
    for place in 3..<6 {
      spans[place].resource = Resource(attributes: [Attribute("service.name", .string("b"))])
      spans[place].scope = Scope(name: place == 5 ? "last" : "lib", version: "2")
    }
    var encoder = TraceRequestEncoder()
    let request = encoder.encode(spans)
    let parts = RequestCut.parts(of: request[...], .spans, atMost: 500)
    #expect(parts.map(\.items) == [2, 1, 2, 1])
    let receiver = Receiver()
    receiver.requests = parts.map(\.request)
    #expect(Self.held(receiver) == spans)
    #expect(RequestCut.parts(of: [10, 200], .spans, atMost: 100) == [])
  }
}
