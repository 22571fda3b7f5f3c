import Ingest
import Store
import Support
import Testing

@Suite("plano.TraceQuery/GetTraces")
struct PlanoTracesTests {
  private static func store(_ requests: [[SpanRecord]]) -> Store {
    let store = Store(budgetBytes: 256 << 20)
    let receiver = StoreReceiver(store: store)
    var encoder = TraceRequestEncoder()
    for spans in requests { receiver.receive(MessageBytes(encoder.encode(spans))) }
    return store
  }

  private static func answer(_ requests: [[SpanRecord]], maximumBytes: Int? = nil) -> String {
    let bytes = PlanoTraces.answer(
      from: store(requests).settledSnapshot(),
      maximumBytes: maximumBytes ?? PlanoTraces.maximumBytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The ids of the traces of an answer, and how many spans each has.
  private static func traces(_ answer: String) -> [(number: Int, spans: Int)] {
    answer.split(separator: #""trace_id":""#).dropFirst().map { part in
      (Int(part.prefix(32), radix: 16) ?? -1, part.ranges(of: #""spanId""#).count)
    }
  }

  private static func spans(trace: UInt64, count: Int, size: Int = 100) -> [SpanRecord] {
    let id = TraceID(high: 0, low: trace)
    // The root comes last, as a gateway's does.
    return (1...count).reversed().map { number in
      SpanRecord(
        traceID: id, spanID: SpanID(UInt64(number)),
        parentSpanID: SpanID(number == 1 ? 0 : 1), name: "span \(number)",
        start: UnixNanos(UInt64(number)), end: UnixNanos(UInt64(number) + 5),
        attributes: [Attribute("text", .string(String(repeating: "x", count: size)))])
    }
  }

  @Test("A trace is written in planoai's own fields, compact, and nothing else")
  func fields() {
    let record = SpanRecord(
      traceID: TraceID(high: 1, low: 2), spanID: SpanID(3), parentSpanID: SpanID(4),
      name: "a \"name\"", kind: .server, start: UnixNanos(5), end: UnixNanos(6),
      attributes: [
        Attribute("s", .string("é")), Attribute("i", .int(-7)), Attribute("d", .double(0.5)),
        Attribute("b", .bool(true)), Attribute("l", .array([.int(1)])),
      ], statusCode: .error,
      resource: Resource(attributes: [Attribute("service.name", .string("plano(llm)"))]))
    var nameless = record
    nameless.traceID = TraceID(high: 1, low: 1)
    nameless.parentSpanID = .none
    nameless.attributes = []
    nameless.resource = Resource()
    let attributes = [
      #"{"key":"s","value":{"stringValue":"é"}}"#, #"{"key":"i","value":{"intValue":"-7"}}"#,
      #"{"key":"d","value":{"doubleValue":0.5}}"#, #"{"key":"b","value":{"boolValue":true}}"#,
      #"{"key":"l","value":{"arrayValue":{"values":[{"intValue":"1"}]}}}"#,
    ].joined(separator: ",")
    #expect(
      Self.answer([[nameless], [record]])
        == #"{"traces":[{"trace_id":"00000000000000010000000000000002","spans":["#
        + #"{"traceId":"00000000000000010000000000000002","spanId":"0000000000000003","#
        + #""parentSpanId":"0000000000000004","name":"a \"name\"","startTimeUnixNano":"5","#
        + #""endTimeUnixNano":"6","service":"plano(llm)","attributes":[\#(attributes)]}]},"#
        + #"{"trace_id":"00000000000000010000000000000001","spans":["#
        + #"{"traceId":"00000000000000010000000000000001","spanId":"0000000000000003","#
        + #""parentSpanId":"","name":"a \"name\"","startTimeUnixNano":"5","#
        + #""endTimeUnixNano":"6","service":"unknown","attributes":[]}]}]}"#)
    #expect(Self.answer([]) == #"{"traces":[]}"#)
  }

  @Test("The trace whose last span came last is first, however the spans were mixed")
  func order() {
    let (a, b, c) = (
      Self.spans(trace: 1, count: 2), Self.spans(trace: 2, count: 2), Self.spans(trace: 3, count: 1)
    )
    let answer = Self.answer([[a[0], b[0], c[0]], [b[1], a[1]]])
    #expect(Self.traces(answer).map(\.number) == [1, 2, 3])
  }

  @Test("Whole traces are sent while they fit, the newest ones; the rest is counted")
  func newestThatFit() {
    let requests = (1...20).map { Self.spans(trace: UInt64($0), count: 5) }
    let whole = Self.answer(requests)
    #expect(Self.traces(whole).map(\.number) == (1...20).reversed())
    #expect(!whole.contains("left_out"))
    for limit in stride(from: 2_000, through: 30_000, by: 499) {
      let answer = Self.answer(requests, maximumBytes: limit)
      #expect(answer.utf8.count <= limit)
      let traces = Self.traces(answer)
      #expect(traces.map(\.number) == (1...20).reversed().prefix(traces.count).map(\.self))
      #expect(traces.allSatisfy { $0.spans == 5 })
      #expect(
        answer.contains(#"],"traces_left_out":\#(20 - traces.count)}"#) == (traces.count < 20))
    }
  }

  @Test("A trace too long for any answer is sent in part, its root and its errors first")
  func inPart() {
    var long = Self.spans(trace: 2, count: 500)
    long[250].statusCode = .error
    let answer = Self.answer(
      [Self.spans(trace: 1, count: 3), long, Self.spans(trace: 3, count: 3)],
      maximumBytes: 40_000)
    #expect(answer.utf8.count <= 40_000)
    let traces = Self.traces(answer)
    #expect(traces.map(\.number) == [3, 2, 1])
    #expect(traces.map(\.spans) == [3, traces[1].spans, 3])
    #expect(traces[1].spans > 20)
    #expect(answer.contains(#""spans_left_out":\#(500 - traces[1].spans)"#))
    #expect(answer.contains(#""name":"span 1""#))
    #expect(answer.contains(#""name":"\#(long[250].name)""#))
  }

  @Test("A span too long for any answer leaves its trace without spans, and the others are sent")
  func giantSpan() {
    let answer = Self.answer(
      [Self.spans(trace: 1, count: 1), Self.spans(trace: 2, count: 1, size: 50_000)],
      maximumBytes: 20_000)
    #expect(answer.contains(#""spans":[],"spans_left_out":1}"#))
    #expect(Self.traces(answer).map(\.number) == [2, 1])
  }
}
