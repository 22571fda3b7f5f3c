import Store
import Support
import Testing

@Suite("Building traces")
struct TraceBuilderTests {
  @Test("Spans have ids, parents, times and resources from their place in the tree")
  func tree() {
    let spans = TraceBuilder(number: 7, start: UnixNanos(1_000)) {
      root("GET /cart", 100.ns, service: "shop") {
        child("SELECT", 20.ns).attributes(["db": "sqlite", "rows": 2])
        child("POST", 30.ns, service: "pay") {
          child("retry", 5.ns, at: 2.ns)
        }
        for index in 1...2 { child("late \(index)", 1.ns) }
      }
      root("orphan").parent(99)
    }.spans
    #expect(
      spans.map(\.name) == ["GET /cart", "SELECT", "POST", "retry", "late 1", "late 2", "orphan"])
    #expect(spans.map(\.spanID.rawValue) == [1, 2, 3, 4, 5, 6, 7])
    #expect(spans.map(\.parentSpanID.rawValue) == [0, 1, 1, 3, 1, 1, 99])
    #expect(spans.map(\.start.rawValue) == [1_000, 1_000, 1_020, 1_022, 1_050, 1_051, 1_100])
    #expect(spans.map(\.duration.rawValue) == [100, 20, 30, 5, 1, 1, 10_000_000])
    #expect(
      spans.map(\.resource.serviceName) == ["shop", "shop", "pay", "pay", "shop", "shop", nil])
    #expect(spans.allSatisfy { $0.traceID == TraceID(high: 0x5C1F, low: 7) })
    #expect(spans[1].attributes == [Attribute("db", "sqlite"), Attribute("rows", 2)])
  }

  @Test("A seed gives the same numbers again, those of the published generator")
  func seed() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }
}
