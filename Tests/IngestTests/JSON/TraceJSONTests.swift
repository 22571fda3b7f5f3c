import Ingest
import Store
import Testing

@Suite("Trace JSON")
struct TraceJSONTests {
  private static let id = TraceID(high: 0x7f3a_9c2e_51d0_4be8, low: 0xa01f_22c9_d1e0_aa37)

  private static func document() -> TraceDocument {
    let record = SpanRecord(
      traceID: id, spanID: SpanID(0x1b), parentSpanID: .none, traceState: "a=1", flags: 257,
      name: "GET /cart", kind: .server, start: UnixNanos(1_764_000_000_000_000_001),
      end: UnixNanos(1_764_000_000_001_500_001),
      attributes: [
        Attribute("s", .string("x")), Attribute("i", .int(-5)), Attribute("d", .double(0.5)),
        Attribute("n", .double(.nan)), Attribute("b", .bool(true)), Attribute("s", .string("y")),
        Attribute("a", .array([.int(1), .empty])),
        Attribute("m", .keyValues([Attribute("k", .string("v"))])),
        Attribute("raw", .bytes([0, 255, 16])),
      ],
      events: [SpanEvent(time: UnixNanos(7), name: "e", attributes: [Attribute("k", .int(1))])],
      links: [SpanLink(traceID: [1, 171], spanID: [2])], statusCode: .error,
      statusMessage: "no",
      resource: Resource(attributes: [Attribute("service.name", .string("cart"))]),
      scope: Scope(name: "lib", version: "1"))
    var summary = TraceSummary(number: TraceNumber(1), id: id)
    summary.start = record.start
    summary.end = record.end
    summary.spanCount = 1
    summary.errorCount = 1
    summary.rootName = "GET /cart"
    summary.hasRoot = true
    summary.verdict = .error
    summary.evidence = [.statusError]
    summary.tenant = "acme"
    summary.tokensIn = 12
    summary.timeToFirstToken = .milliseconds(412)
    return TraceDocument(
      summary: summary, spans: [.init(record: record, role: .inbound, service: "cart")])
  }

  @Test("A trace is written with Plano's fields first, every kind of value, and its summary")
  func whole() {
    var json = JSONWriter(isIndented: false)
    json.traces([Self.document()])
    let attributes = [
      #"{"key":"s","value":{"stringValue":"x"}}"#, #"{"key":"i","value":{"intValue":"-5"}}"#,
      #"{"key":"d","value":{"doubleValue":0.5}}"#, #"{"key":"n","value":{"doubleValue":"NaN"}}"#,
      #"{"key":"b","value":{"boolValue":true}}"#, #"{"key":"s","value":{"stringValue":"y"}}"#,
      #"{"key":"a","value":{"arrayValue":{"values":[{"intValue":"1"},{}]}}}"#,
      #"{"key":"m","value":{"kvlistValue":{"values":[{"key":"k","value":{"stringValue":"v"}}]}}}"#,
      #"{"key":"raw","value":{"bytesValue":"AP8Q"}}"#,
    ].joined(separator: ",")
    let expected =
      #"{"traces":[{"trace_id":"7f3a9c2e51d04be8a01f22c9d1e0aa37","spans":["#
      + #"{"traceId":"7f3a9c2e51d04be8a01f22c9d1e0aa37","spanId":"000000000000001b","#
      + #""parentSpanId":"","name":"GET /cart","startTimeUnixNano":"1764000000000000001","#
      + #""endTimeUnixNano":"1764000000001500001","service":"cart","attributes":[\#(attributes)],"#
      + #""droppedAttributesCount":0,"kind":2,"status":{"code":2,"message":"no"},"#
      + #""role":"inbound","traceState":"a=1","flags":257,"events":[{"timeUnixNano":"7","#
      + #""name":"e","attributes":[{"key":"k","value":{"intValue":"1"}}],"#
      + #""droppedAttributesCount":0}],"droppedEventsCount":0,"links":[{"traceId":"01ab","#
      + #""spanId":"02","traceState":"","attributes":[],"droppedAttributesCount":0,"flags":0}],"#
      + #""droppedLinksCount":0,"resource":{"attributes":[{"key":"service.name","#
      + #""value":{"stringValue":"cart"}}],"droppedAttributesCount":0,"schemaUrl":""},"#
      + #""scope":{"name":"lib","version":"1","attributes":[],"droppedAttributesCount":0,"#
      + #""schemaUrl":""},"logs":[]}],"summary":{"verdict":"error","evidence":["status_error"],"#
      + #""tenant":"acme","user":null,"session":null,"request":null,"route":null,"#
      + #""model_asked":null,"model":null,"provider":null,"tokens_in":12,"tokens_out":null,"#
      + #""cost_usd":null,"ttft_ms":412.0,"start_unix_nano":1764000000000000001,"#
      + #""duration_ms":1.5,"spans":1,"errors":1,"services":["cart"],"root_name":"GET /cart","#
      + #""complete":true,"filters":[],"denial":null,"conflicts":{}}}]}"#
    #expect(String(decoding: json.bytes, as: UTF8.self) == expected)
  }

  @Test("Only attributes of spans are left out by a filter on keys")
  func keptAttributes() {
    var document = Self.document()
    document.keepAttributes { $0 == "s" }
    #expect(
      document.spans[0].record.attributes == [
        Attribute("s", .string("x")), Attribute("s", .string("y")),
      ])
    #expect(document.spans[0].record.events[0].attributes.count == 1)
    #expect(document.spans[0].record.resource.attributes.count == 1)
  }
}
