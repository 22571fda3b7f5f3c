import Ingest
import Store
import Testing

@Suite("Jaeger's JSON")
struct JaegerFileTests {
  /// As Jaeger's user interface downloads it, every kind of tag in it.
  static let document = """
    {"data":[{"traceID":"3c2a1f","spans":[
      {"traceID":"3c2a1f","spanID":"a1","flags":1,"operationName":"HTTP GET /dispatch","references":[],
       "startTime":1700000000000123,"duration":1500,
       "tags":[{"key":"sampler.type","type":"string","value":"const"},
        {"key":"span.kind","type":"string","value":"server"},
        {"key":"http.status_code","type":"int64","value":500},
        {"key":"error","type":"bool","value":true},
        {"key":"ratio","type":"float64","value":2},
        {"key":"big","type":"int64","value":9007199254740993},
        {"key":"raw","type":"binary","value":"AAEC"},
        {"key":"otel.scope.name","type":"string","value":"lib"},
        {"key":"otel.scope.version","type":"string","value":"1.2"},
        {"key":"w3c.tracestate","type":"string","value":"a=b"},
        {"key":"internal.span.format","type":"string","value":"proto"}],
       "logs":[{"timestamp":1700000000000200,"fields":[{"key":"event","type":"string","value":"retry"},
        {"key":"n","type":"int64","value":2}]}],
       "processID":"p1","warnings":null},
      {"traceID":"3c2a1f","spanID":"b2","operationName":"SELECT","references":[
        {"refType":"FOLLOWS_FROM","traceID":"ff","spanID":"e9"},
        {"refType":"CHILD_OF","traceID":"3c2a1f","spanID":"a1"}],
       "startTime":1700000000000300,"duration":200,
       "tags":[{"key":"span.kind","type":"string","value":"client"},
        {"key":"otel.status_code","type":"string","value":"OK"}],
       "logs":[],"processID":"p2","warnings":["clock skew"]}],
     "processes":{"p1":{"serviceName":"frontend","tags":[{"key":"hostname","type":"string","value":"h1"}]},
      "p2":{"serviceName":"mysql","tags":[]}},"warnings":null}],
     "total":0,"limit":0,"offset":0,"errors":null}
    """

  private static let trace = TraceID(high: 0, low: 0x3c2a1f)

  @Test("Spans, processes, tags, logs and references become what OpenTelemetry calls them")
  func mapping() throws {
    let scene = try FileScene(Array(Self.document.utf8))
    #expect(scene.problems == [])
    #expect(scene.report.format == "Jaeger JSON")
    var server = SpanRecord(
      traceID: Self.trace, spanID: SpanID(0xA1), name: "HTTP GET /dispatch",
      start: UnixNanos(1_700_000_000_000_123_000), end: UnixNanos(1_700_000_000_001_623_000))
    server.traceState = "a=b"
    server.flags = 1
    server.kind = .server
    server.statusCode = .error
    server.attributes = [
      Attribute("sampler.type", .string("const")), Attribute("http.status_code", .int(500)),
      Attribute("ratio", .double(2)), Attribute("big", .int(9_007_199_254_740_993)),
      Attribute("raw", .bytes([0, 1, 2])), Attribute("internal.span.format", .string("proto")),
    ]
    server.events = [
      SpanEvent(
        time: UnixNanos(1_700_000_000_000_200_000), name: "retry",
        attributes: [Attribute("n", .int(2))])
    ]
    server.resource.attributes = [
      Attribute("service.name", .string("frontend")), Attribute("hostname", .string("h1")),
    ]
    server.scope = Scope(name: "lib", version: "1.2")
    var client = SpanRecord(
      traceID: Self.trace, spanID: SpanID(0xB2), parentSpanID: SpanID(0xA1), name: "SELECT",
      start: UnixNanos(1_700_000_000_000_300_000), end: UnixNanos(1_700_000_000_000_500_000))
    client.kind = .client
    client.statusCode = .ok
    client.links = [
      SpanLink(
        traceID: [UInt8](repeating: 0, count: 15) + [0xFF],
        spanID: [UInt8](repeating: 0, count: 7) + [0xE9],
        attributes: [Attribute("opentracing.ref_type", .string("follows_from"))])
    ]
    client.resource.attributes = [Attribute("service.name", .string("mysql"))]
    #expect(scene.spans == [server, client])
  }

  @Test(
    "A status is what the tags say, error first",
    arguments: [
      (#"{"key":"error","type":"bool","value":false}"#, StatusCode.unset, ""),
      (
        #"{"key":"error","type":"bool","value":true},{"key":"otel.status_code","type":"string","value":"OK"}"#,
        .error, ""
      ),
      (
        #"{"key":"otel.status_code","type":"string","value":"ERROR"},{"key":"otel.status_description","type":"string","value":"why"}"#,
        .error, "why"
      ),
      (#"{"key":"http.status_code","type":"int64","value":404}"#, .error, ""),
      (
        #"{"key":"http.status_code","type":"int64","value":404},{"key":"span.kind","type":"string","value":"server"}"#,
        .unset, ""
      ),
      (#"{"key":"http.status_code","type":"int64","value":302}"#, .unset, ""),
      (#"{"key":"http.status_code","type":"string","value":"503"}"#, .error, ""),
      (
        #"{"key":"http.status_code","type":"string","value":"404"},{"key":"span.kind","type":"string","value":"server"}"#,
        .unset, ""
      ),
      (#"{"key":"http.status_code","type":"string","value":"200"}"#, .unset, ""),
      (#"{"key":"http.status_code","type":"string","value":"5xx"}"#, .unset, ""),
    ])
  func status(_ tags: String, _ code: StatusCode, _ message: String) throws {
    let text =
      #"{"data":[{"spans":[{"traceID":"1","spanID":"2","tags":[\#(tags)],"processID":"p"}],"processes":{"p":{"serviceName":"s"}}}]}"#
    let span = try #require(try FileScene(Array(text.utf8)).spans.first)
    #expect(span.statusCode == code)
    #expect(span.statusMessage == message)
  }

  @Test("A span that is none is left out with its place, the rest of its trace is read")
  func brokenSpan() throws {
    let text =
      #"{"data":[{"spans":[{"traceID":"1","spanID":"xyz"},{"traceID":"1","spanID":"2","operationName":"good","processID":"p"}],"processes":{}}]}"#
    let scene = try FileScene(Array(text.utf8))
    #expect(scene.spans.map(\.name) == ["good"])
    #expect(
      scene.problems == [
        "line 1, byte 43: an id must be hexadecimal, two digits for each byte"
      ])
  }

  @Test("A trace alone is read too, and spans before their processes")
  func single() throws {
    let text =
      #"{"traceID":"1","spans":[{"traceID":"1","spanID":"2","processID":"p"}],"processes":{"p":{"serviceName":"s"}}}"#
    let scene = try FileScene(Array(text.utf8))
    #expect(scene.problems == [])
    #expect(scene.spans.first?.resource.serviceName == "s")
  }
}
