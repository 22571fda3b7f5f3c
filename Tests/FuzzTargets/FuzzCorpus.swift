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
        GroupsRequest(by: "tenant", filter: "status=error", since: UnixNanos(7), limit: 3).encoded,
        PinRequest(trace: TraceID(high: 1, low: 2), isPinned: true).encoded,
      ]
    case .watchFrame: return Self.watchFrames(spans.map { encoder.encode($0) })
    case .frames:
      return spans.map { Self.framed(encoder.encode($0), isWord: true) }
        + spans.map { Self.framed(encoder.encode($0), isWord: false) }
        + [Self.framed(Self.packed(encoder.encode(spans[0]), by: 3), isWord: true)]
    case .inflate:
      let bodies = [encoder.encode(spans[0]), [UInt8](repeating: 7, count: 200_000), []]
      return bodies.flatMap { body in (0..<4).map { [UInt8($0) | 0x40] + Self.packed(body, by: $0) }
      }
    case .journal: return [JournalBench.soundFile()]
    case .journalFrames:
      return spans.enumerated().map { number, spans in
        [UInt8(number & 3), 2, 0, 1] + Self.framed(encoder.encode(spans), isWord: false)
      } + [
        [3, 3, 0, 1]
          + Self.framed(LogRequestEncoder.encode(DemoLogs.records(of: spans[0])), isWord: false)
      ]
    default: return texts.map { Array($0.utf8) }
    }
  }

  private var texts: [String] {
    switch self {
    case .tracesJSON: Self.traceTexts
    case .logsJSON: Self.logTexts
    case .jsonLines:
      [(Self.traceTexts + Self.logTexts).map { $0.filter { $0 != "\n" } + "\n" }.joined()]
        + Self.traceTexts + ["[" + Self.traceTexts[0] + "," + Self.logTexts[0] + "]"]
    case .jaeger: Self.jaegers
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

  private static let jaegers = [
    """
    {"data":[{"traceID":"3c2a1f","spans":[
    {"traceID":"3c2a1f","spanID":"a1","flags":1,"operationName":"GET","references":[
    {"refType":"FOLLOWS_FROM","traceID":"ff","spanID":"e9"},{"refType":"CHILD_OF","traceID":"3c2a1f","spanID":"a1"}],
    "startTime":1700000000000123,"duration":1500,
    "tags":[{"key":"span.kind","type":"string","value":"server"},{"key":"error","type":"bool","value":true},
    {"key":"ratio","type":"float64","value":2},{"key":"big","type":"int64","value":9007199254740993},
    {"key":"raw","type":"binary","value":"AAEC"},{"key":"otel.status_code","type":"string","value":"OK"}],
    "logs":[{"timestamp":1700000000000200,"fields":[{"key":"event","type":"string","value":"retry"}]}],
    "processID":"p1","warnings":null}],
    "processes":{"p1":{"serviceName":"frontend","tags":[{"key":"hostname","type":"string","value":"h1"}]}}}],
    "total":0,"errors":null}
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
