import Ingest
import Store
import Testing

@Suite("TraceRequestEncoder")
struct TraceRequestEncoderTests {
  @Test("swift-protobuf reads exactly the spans that were written", arguments: 0..<200)
  func roundTrip(run: Int) throws {
    let seed = UInt64(run) &* 7_919 &+ 20_261_121
    var random = RandomSpans(seed: seed)
    let spans = random.spans(12)
    var encoder = TraceRequestEncoder()
    let read = try OracleReading.spans(encoder.encode(spans))
    #expect(read == spans, "seed \(seed)")
  }

  @Test("An encoder may be used again and writes the same bytes")
  func reuse() {
    var random = RandomSpans(seed: 5)
    let spans = random.spans(20) + random.spans(20)
    var encoder = TraceRequestEncoder()
    let first = encoder.encode(spans)
    _ = encoder.encode(spans.reversed())
    #expect(encoder.encode(spans) == first)
    #expect(encoder.encode([SpanRecord]()) == [])
  }

  @Test("Neighbours with equal resource and scope share a group, and order is kept")
  func groups() throws {
    let a = Resource(attributes: [Attribute("service.name", .string("a"))])
    let b = Resource(attributes: [Attribute("service.name", .string("b"))])
    let spans = [(a, "x"), (a, "x"), (a, "y"), (b, "y"), (a, "x")].enumerated().map {
      index, group in
      SpanRecord(
        traceID: TraceID(high: 1, low: 2), spanID: SpanID(UInt64(index) + 1), name: "span",
        start: UnixNanos(1), end: UnixNanos(2), resource: group.0, scope: Scope(name: group.1))
    }
    var encoder = TraceRequestEncoder()
    let bytes = encoder.encode(spans)
    #expect(try OracleReading.spans(bytes) == spans)
    // A request's top-level fields are its groups: one for a, one for b, one for a again.
    #expect(topLevelFields(bytes) == 3)
  }

  private func topLevelFields(_ bytes: [UInt8]) -> Int {
    var count = 0
    var position = 0
    while position < bytes.count {
      position += 1
      var length = 0
      var shift = 0
      while bytes[position] >= 0x80 {
        length |= Int(bytes[position] & 0x7F) << shift
        shift += 7
        position += 1
      }
      length |= Int(bytes[position]) << shift
      position += 1 + length
      count += 1
    }
    return count
  }
}
