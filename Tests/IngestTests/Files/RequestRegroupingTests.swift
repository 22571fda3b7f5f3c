import Store
import Support
import Testing

@testable import Ingest

@Suite("Fewer groups in what is exported")
struct RequestRegroupingTests {
  private static func span(_ trace: UInt64, _ number: UInt64, _ service: String) -> SpanRecord {
    SpanRecord(
      traceID: TraceID(high: 1, low: trace), spanID: SpanID(number), name: "span",
      start: UnixNanos(1), end: UnixNanos(2),
      resource: Resource(attributes: [Attribute("service.name", .string(service))]),
      scope: Scope(name: "scope"))
  }

  private static func regrouped(_ spans: [SpanRecord]) throws -> (spans: [SpanRecord], bytes: Int) {
    var encoder = TraceRequestEncoder()
    let request = RequestRegrouping.regrouped(MessageBytes(encoder.encode(spans)), .spans)
    return (try OracleReading.spans(request.bytes), request.count)
  }

  @Test("Traces of the same services share their resources")
  func shared() throws {
    let spans = (0..<50 as Range<UInt64>).flatMap { trace in
      ["gate", "router", "gate", "model"].enumerated().map { place, service in
        Self.span(trace, UInt64(place) + 1, service)
      }
    }
    let (read, _) = try Self.regrouped(spans)
    #expect(read.byTrace == spans.byTrace)
    // Four groups, since none of the four runs of a trace can come before the one in front of it.
    #expect(zip(read, read.dropFirst()).count { $0.resource != $1.resource } == 3)
  }

  @Test("Each trace keeps its spans in their order, and its own resources and scopes")
  func random() throws {
    for _ in 0..<100 {
      let seed = UInt64.random(in: .min ... .max)
      var random = RandomSpans(seed: seed)
      let spans = random.spans(20)
      let (read, bytes) = try Self.regrouped(spans)
      #expect(read.byTrace == spans.byTrace, "seed \(seed)")
      var encoder = TraceRequestEncoder()
      #expect(bytes <= encoder.encode(spans).count, "seed \(seed)")
    }
  }

  @Test("What is not well-formed stays as it is")
  func malformed() {
    for bytes in [[10], [10, 200, 1, 0], [255], Array("nonsense".utf8)] as [[UInt8]] {
      #expect(RequestRegrouping.regrouped(MessageBytes(bytes), .spans).bytes == bytes)
    }
  }
}
