import Ingest
import Store

/// What the mutations of each target start from, besides the captures in Tests/Fixtures.
extension FuzzTarget {
  /// Whether captured trace requests are among its inputs.
  public var readsCaptures: Bool { self == .traces }

  public var seeds: [[UInt8]] {
    var traffic = DemoTraffic(seed: 11)
    let spans = (0..<6 as Range<UInt64>).map {
      traffic.request(at: UnixNanos(1_760_000_000_000_000_000 + $0)).spans
    }
    var encoder = TraceRequestEncoder()
    switch self {
    case .traces: return spans.map { encoder.encode($0) }
    case .logs: return spans.map { LogRequestEncoder.encode(DemoLogs.records(of: $0)) }
    case .watchRequest:
      return [
        WatchRequest(filter: "a=b", since: UnixNanos(7), limit: 3, isWhole: true).encoded,
        WatchRequest().encoded,
      ]
    default: return texts.map { Array($0.utf8) }
    }
  }

  private var texts: [String] {
    switch self {
    case .tracesJSON: Self.traceTexts
    case .logsJSON: Self.logTexts
    case .filter: Self.filters
    case .configuration: Self.configurations
    case .plano: Self.planos
    default: Self.customizers
    }
  }

  private static let traceTexts = [
    """
    {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"a"}}]},
    "scopeSpans":[{"scope":{"name":"s","version":"1"},"spans":[{"traceId":"5b8efff798038103d269b633813fc60c",
    "spanId":"eee19b7ec3c1b174","parentSpanId":"","name":"I \\u00fc \\ud83d\\udca5","kind":"SPAN_KIND_SERVER",
    "startTimeUnixNano":"1544712660000000000","endTimeUnixNano":1544712661000000000,
    "attributes":[{"key":"k","value":{"arrayValue":{"values":[{"intValue":"-9"},{"doubleValue":"NaN"},
    {"kvlistValue":{"values":[{"key":"x","value":{"bytesValue":"AAEC/w=="}}]}}]}}}],
    "events":[{"timeUnixNano":"1","name":"e","attributes":[]}],"links":[{"traceId":"00","spanId":"01"}],
    "status":{"code":2,"message":"m"},"flags":257,"unknown":{"a":[null,true,1e308]}}]}]}]}
    """
  ]

  private static let logTexts = [
    """
    {"resourceLogs":[{"resource":{},"scopeLogs":[{"scope":{"name":"l"},"logRecords":[
    {"timeUnixNano":"5","observedTimeUnixNano":6,"severityNumber":"SEVERITY_NUMBER_ERROR",
    "severityText":"E","body":{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}}]}},
    "attributes":[{"key":"n","value":{"intValue":"12"}}],"flags":1,"eventName":"v",
    "traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"}]}]}]}
    """
  ]

  private static let filters = [
    "tenant.id=acme status=error dur>2s", "not (model=gpt-4* or tokens>4k) cost>=0.01",
    "{ service=plano name=~\"^POST\" } >> { status=error } | count() > 3",
    "parent:{a=1} under:{b=2}",
    "http.status_code>=500 error? text \"quoted \\\" word\" user!=x",
    "event.name=retry span.x!~\"(a|b)+\"",
    "{ .a = 1 && resource.b != \"c\" }", "error=true http.method=GET",
    "trace.spans>10 root.name=/v1/*",
  ]

  private static let configurations = [
    "vocabulary:\n  dimensions:\n    tenant: [tenant.id, x]\n  roles:\n    - {service: a*, role: llm}\n",
    "theme: dark\nmemory: 512MiB\n", "a: &x [1, *x]\nb: !!str 3\nc: |\n  text\n",
  ]

  private static let planos = [
    "version: v0.3.0\ntracing:\n  random_sampling: 50\n  span_attributes:\n"
      + "    header_prefixes: [x-acme-, x-]\n    static: {env: prod, n: 3}\n"
  ]

  private static let customizers = [
    "global_attributes: {a: 1, b: x}\ntool_overrides: {weather: {attributes: {c: 1.5}, remove_attributes: [d]}}\n"
      + "transformations: [{field: user.email, operation: hash}, {field: q, operation: truncate, params: {max_length: 4}}]\n"
      + "conditions: [{when: 'tool.name == \"weather\"', add: {z: true}}]\n"
      + "attribute_mapping: {old: new, 'a.*': 'b.*'}\nremove_attributes: [password]\n"
      + "baggage: {allowed_keys: [a], prefix: true}\n",
    "plugins:\n  - name: SpanAttributeCustomizer\n    kind: plugins.x.SpanAttributeCustomizer\n"
      + "    config: {global_attributes: {a: b}, remove_attributes: [c]}\n",
  ]
}
