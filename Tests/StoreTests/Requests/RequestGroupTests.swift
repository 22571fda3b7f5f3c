import Support
import Testing

@testable import Store

@Suite("Traces that are one request")
struct RequestGroupTests {
  private static let id = "371ec4fd-7f38-4b82-9d1c-2f7a5f0c1b2e"
  private static let masked = "371ec4fd-7f38-9b82-9d1c-2f7a5f0c1b2e"

  private func span(
    _ trace: UInt64, _ id: UInt64, parent: UInt64 = 0, request: String? = nil,
    key: String = "request_id", at offset: Nanoseconds = .zero, service: String = "plano(llm)",
    kind: SpanKind = .unspecified, padding: Int = 0
  ) -> SpanRecord {
    StoreScene.span(
      trace, id, parent: parent, request: request, key: key, at: offset, service: service,
      kind: kind, padding: padding)
  }

  // MARK: - Request ids

  @Test("Two traces with one request id join, whichever comes first", arguments: [false, true])
  func eitherFirst(isReversed: Bool) {
    let scene = StoreScene()
    let parts = [
      span(1, 1, request: Self.id), span(2, 2, request: Self.masked, key: "guid:x-request-id"),
    ]
    for part in isReversed ? parts.reversed() : parts { scene.receive([part]) }
    #expect(Set(scene.request(1)) == [1, 2])
    #expect(scene.request(1) == scene.request(2))
    #expect(scene.snapshot().requestsHeld == 1)
  }

  @Test("A third trace joins two others over another id, in any order of arrival")
  func threeWays() {
    let parts = [
      span(1, 1, request: "req-a-1"), span(2, 2, request: "req-a-1"),
      span(2, 3, request: "req-b-2"), span(3, 4, request: "req-b-2"),
    ]
    var random = SplitMix64.announced("three-way join")
    for _ in 0..<24 {
      let scene = StoreScene()
      for part in parts.shuffled(using: &random) {
        scene.receive([part])
        _ = scene.snapshot()
      }
      for trace in 1...3 as ClosedRange<UInt64> {
        #expect(Set(scene.request(trace)) == [1, 2, 3])
      }
      #expect(scene.snapshot().requestsHeld == 1)
    }
  }

  @Test("A request id that comes late joins a trace that was seen alone")
  func lateID() {
    let scene = StoreScene()
    scene.receive([span(1, 1, request: "req-a-1"), span(2, 2)])
    #expect(scene.request(2) == [2])
    scene.receive([span(2, 3, request: "req-a-1")])
    #expect(Set(scene.request(2)) == [1, 2])
  }

  @Test("A snapshot keeps the requests of its moment")
  func snapshots() throws {
    let scene = StoreScene()
    scene.receive([span(1, 1, request: "req-a-1")])
    let before = scene.snapshot()
    scene.receive([span(2, 2, request: "req-a-1")])
    let after = scene.snapshot()
    let number = try #require(before.find(TraceID(high: 0x5C1F, low: 1)))
    #expect(before.requestTraces(of: number) == [number])
    #expect(after.requestTraces(of: number).count == 2)
    #expect(before.requestsHeld == 1 && !before.hasJoinedTraces)
    #expect(after.requestsHeld == 1 && after.hasJoinedTraces)
  }

  // MARK: - Bounds

  @Test("An id that more traces share than a request has joins none of them, then and later")
  func tooMany() {
    let scene = StoreScene()
    let most = UInt64(RequestLimits.traces)
    for trace in 1...most { scene.receive([span(trace, trace, request: "constant-1")]) }
    #expect(scene.request(1).count == Int(most))
    #expect(scene.snapshot().requestsHeld == 1)
    scene.receive([span(most + 1, most + 1, request: "constant-1")])
    for trace in 1...most + 1 { #expect(scene.request(trace) == [trace]) }
    scene.receive([span(most + 2, most + 2, request: "constant-1")])
    #expect(scene.request(most + 2) == [most + 2])
    #expect(scene.snapshot().requestsHeld == Int(most) + 2)
  }

  @Test("Traces that hang together over several ids and are too many join nothing")
  func tooLong() {
    let scene = StoreScene()
    let most = UInt64(RequestLimits.traces)
    for trace in 1...most + 8 {
      scene.receive([
        span(trace, 2 * trace, request: "link-\(trace)"),
        span(trace, 2 * trace + 1, request: "link-\(trace + 1)"),
      ])
      let isOne = trace <= most
      #expect(scene.request(1).count == (isOne ? Int(trace) : 1))
      #expect(scene.snapshot().requestsHeld == (isOne ? 1 : Int(trace)))
    }
  }

  @Test("An id that comes again much later joins nothing any more")
  func tooLate() {
    let scene = StoreScene()
    scene.receive([span(1, 1, request: "corr-0")])
    scene.now = scene.now + RequestLimits.arrival
    scene.receive([span(2, 2, request: "corr-0")])
    #expect(Set(scene.request(1)) == [1, 2])
    scene.now = scene.now + 1.s
    scene.receive([span(3, 3, request: "corr-0")])
    for trace in 1...3 as ClosedRange<UInt64> { #expect(scene.request(trace) == [trace]) }
  }

  // MARK: - Parents in other traces

  @Test("A span whose parent is in another trace joins the two", arguments: [false, true])
  func parents(isParentFirst: Bool) {
    let scene = StoreScene()
    let parent = span(1, 1, service: "gateway")
    let child = span(2, 2, parent: 1)
    for part in isParentFirst ? [parent, child] : [child, parent] {
      scene.receive([part])
      _ = scene.snapshot()
    }
    #expect(scene.request(2) == [1, 2])
    #expect(scene.summary(2)?.missingParents == 1)
    #expect(scene.requestSummary(2)?.missingParents == 0)
    #expect(scene.requestSummary(2)?.verdict == .ok)
  }

  @Test("A parent that is in no trace joins nothing, nor does one in the span's own trace")
  func ownParents() {
    let scene = StoreScene()
    scene.receive([span(1, 2, parent: 9), span(2, 3, parent: 9)])
    #expect(scene.request(1) == [1])
    // The own parent comes late, and another trace has a span with its id.
    scene.receive([span(1, 9)])
    #expect(Set(scene.request(2)) == [1, 2])
    scene.receive([span(3, 5, parent: 6), span(3, 6), span(4, 6)])
    #expect(scene.request(3) == [3])
    #expect(scene.request(4) == [4])
  }

  @Test("Spans of a large trace find their parent in another one")
  func largeTraces() {
    let scene = StoreScene()
    scene.receive((2...200 as ClosedRange<UInt64>).map { span(2, $0, parent: 1) })
    _ = scene.snapshot()
    scene.receive([span(1, 1)])
    #expect(scene.request(2) == [1, 2])
    #expect(scene.requestSummary(1)?.missingParents == 0)
    #expect(scene.requestSummary(1)?.spanCount == 200)
  }

  // MARK: - The whole

  @Test("The trace that the edge saw leads; else the one with a root; else the earliest")
  func leads() {
    let scene = StoreScene()
    scene.receive([span(1, 1, parent: 90, request: "req-a-1", at: 5.ms)])
    scene.receive([span(2, 2, parent: 91, request: "req-a-1", at: 3.ms)])
    #expect(scene.request(1) == [2, 1])
    scene.receive([span(1, 3, request: "req-a-1", at: 7.ms)])
    #expect(scene.request(2) == [1, 2])
    scene.receive([span(3, 4, request: "req-a-1", at: 9.ms, service: "plano(inbound)")])
    #expect(scene.request(2) == [3, 1, 2])
  }

  @Test("A request's summary is of all its traces")
  func summaries() throws {
    let scene = StoreScene()
    var edge = span(1, 1, request: Self.id, service: "plano(inbound)")
    edge.attributes.append(Attribute("tenant.id", .string("acme")))
    var model = span(2, 2, request: Self.masked, key: "guid:x-request-id", at: 10.ms)
    model.attributes += [
      Attribute("tenant.id", .string("globex")), Attribute("llm.model", .string("gpt-4o")),
      Attribute("llm.usage.prompt_tokens", .int(30)), Attribute("http.status_code", .int(500)),
    ]
    scene.receive([model, edge])
    let whole = try #require(scene.requestSummary(2))
    #expect(whole.id == TraceID(high: 0x5C1F, low: 1))
    #expect(whole.traceCount == 2)
    #expect(whole.spanCount == 2)
    #expect(whole.rootService == "plano(inbound)")
    #expect(whole.duration == 15.ms)
    #expect(whole.tenant == "acme")
    #expect(whole.model == "gpt-4o")
    #expect(whole.conflicts == [.tenant])
    #expect(whole.tokensIn == 30)
    #expect(whole.verdict == .error)
    // The parts are as they were.
    #expect(scene.summary(1)?.verdict == .ok)
    #expect(scene.summary(2)?.tenant == "globex")
  }

  @Test("A request is evicted whole, and stands for itself when a part comes again")
  func eviction() {
    let scene = StoreScene(budgetBytes: 6 << 20)
    scene.receive([span(1, 1, request: "req-a-1")])
    var next: UInt64 = 100
    func fill() {
      for _ in 0..<20 {
        scene.receive([span(next, next, padding: 40_000)])
        next += 1
      }
    }
    for _ in 0..<3 { fill() }
    scene.receive([span(2, 2, request: "req-a-1"), span(3, 3, request: "req-a-1")])
    #expect(Set(scene.request(1)) == [1, 2, 3])
    while scene.summary(1) != nil { fill() }
    #expect(scene.summary(2) == nil)
    #expect(scene.summary(3) == nil)
    // A part comes again, as a new trace.
    scene.receive([span(1, 1, request: "req-a-1")])
    #expect(Set(scene.request(1)) == [1])
    while scene.summary(1) != nil { fill() }
    #expect(scene.request(1).isEmpty)
    let snapshot = scene.snapshot()
    #expect(snapshot.requestsHeld == Int(snapshot.statistics.tracesHeld))
  }
}
