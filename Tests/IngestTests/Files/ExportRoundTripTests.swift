import Foundation
import Ingest
import Store
import Support
import Testing

@Suite("Export and open")
struct ExportRoundTripTests {
  private static func export(_ store: Store, _ format: RequestFormat) -> [UInt8] {
    let snapshot = store.settledSnapshot()
    let held = HeldTraces(snapshot.traceNumbers.map { TraceNumber($0) }, of: snapshot)
    var writer = RequestFileWriter(format)
    var bytes: [UInt8] = []
    while let request = held.nextChunk() { bytes += writer.bytes(of: MessageBytes(request)) }
    while let request = held.nextLogs() { bytes += writer.bytes(of: MessageBytes(request), .logs) }
    return bytes
  }

  @Test("Random spans come back as they were, in both formats", arguments: RequestFormat.allCases)
  func random(_ format: RequestFormat) throws {
    for _ in 0..<150 {
      let seed = UInt64.random(in: .min ... .max)
      var random = RandomSpans(seed: seed)
      let store = Store(budgetBytes: 1 << 30)
      var encoder = TraceRequestEncoder()
      StoreReceiver(store: store).receive(MessageBytes(encoder.encode(random.spans(8))))
      let before = FileScene.spans(of: store)
      let scene = try FileScene(Self.export(store, format))
      #expect(scene.problems == [], "seed \(seed)")
      #expect(scene.spans.byTrace == before.byTrace, "seed \(seed)")
    }
  }

  @Test(
    "Every captured span comes back as it was, in both formats", arguments: RequestFormat.allCases)
  func captured(_ format: RequestFormat) throws {
    for folder in ["plano", "envoy", "contextforge"] {
      let captured = try CapturedRequests(folder)
      let store = Store(budgetBytes: 1 << 30)
      let receiver = StoreReceiver(store: store)
      for body in captured.bodies { receiver.receive(MessageBytes(body)) }
      let scene = try FileScene(Self.export(store, format))
      #expect(scene.problems == [])
      #expect(scene.spans.byTrace == captured.spans.byTrace)
    }
  }

  @Test(
    "Random logs come back beside their spans, in both formats", arguments: RequestFormat.allCases)
  func logs(_ format: RequestFormat) throws {
    for _ in 0..<60 {
      let seed = UInt64.random(in: .min ... .max)
      var random = RandomLogs(SplitMix64(seed: seed))
      let scene = LogScene()
      scene.receiveSpans(of: 1...4)
      scene.receive(
        (0..<12 as Range<UInt64>).map { random.record(trace: $0 % 4 + 1, span: $0 % 3) })
      let read = try FileScene(Self.export(scene.store, format))
      #expect(read.problems == [], "seed \(seed)")
      #expect(read.logs.byTrace == FileScene.logs(of: scene.store).byTrace, "seed \(seed)")
    }
  }

  @Test("Values at the edge come back as they were")
  func edges() throws {
    var span = SpanRecord(
      traceID: TraceID(high: 1, low: 2), spanID: SpanID(3), name: "\u{1B}[31m\u{202E}\"\\\u{0}",
      start: UnixNanos(.max), end: UnixNanos(0))
    span.attributes = [
      Attribute("a", .int(.min)), Attribute("a", .int(.max)), Attribute("", .string("")),
      Attribute("nan", .double(.nan)), Attribute("inf", .double(.infinity)),
      Attribute("-inf", .double(-.infinity)), Attribute("-0", .double(-0.0)),
      Attribute("tiny", .double(.leastNonzeroMagnitude)),
      Attribute("huge", .double(.greatestFiniteMagnitude)), Attribute("third", .double(1 / 3)),
      Attribute("no", .empty), Attribute("bytes", .bytes([0xFF, 0, 0x80])),
      Attribute("nothing", .bytes([])), Attribute("list", .array([])),
      Attribute("map", .keyValues([Attribute("k", .array([.empty, .int(0), .keyValues([])]))])),
    ]
    let store = Store(budgetBytes: 1 << 26)
    var encoder = TraceRequestEncoder()
    StoreReceiver(store: store).receive(MessageBytes(encoder.encode([span])))
    for format in RequestFormat.allCases {
      #expect(try FileScene(Self.export(store, format)).spans == [span])
    }
  }

  @Test("A request is one line, written as OTLP/JSON has it")
  func line() throws {
    var span = SpanRecord(
      traceID: TraceID(high: 0x0102030405060708, low: 0x090a0b0c0d0e0f10), spanID: SpanID(0xEEE),
      name: "é \u{1B}\n", start: UnixNanos(5), end: UnixNanos(6))
    span.kind = .server
    span.attributes = [Attribute("n", .int(-7)), Attribute("d", .double(0.5))]
    span.statusCode = .error
    span.statusMessage = "no"
    var encoder = TraceRequestEncoder()
    var writer = RequestFileWriter(.json)
    let text = String(
      decoding: writer.bytes(of: MessageBytes(encoder.encode([span]))), as: UTF8.self)
    #expect(
      text
        == #"{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[{"#
        + #""traceId":"0102030405060708090a0b0c0d0e0f10","spanId":"0000000000000eee","#
        + #""name":"é \u001b\n","kind":2,"startTimeUnixNano":"5","endTimeUnixNano":"6","#
        + #""attributes":[{"key":"n","value":{"intValue":"-7"}},{"key":"d","value":{"doubleValue":0.5}}],"#
        + #""status":{"message":"no","code":2}}]}]}]}"# + "\n")
    #expect(writer.tally.spans == 1)
    #expect(writer.tally.traces == 1)
  }
}
