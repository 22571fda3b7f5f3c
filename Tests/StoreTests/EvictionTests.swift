import Support
import Testing

@testable import Store

@Suite("Eviction")
struct EvictionTests {
  private static let budget = 8 << 20

  /// A trace of three spans with 12 KB of text that no other span has.
  private func trace(_ number: UInt64) -> [SpanRecord] {
    var spans = TraceBuilder(number: number) {
      root("GET /cart") {
        child("SELECT", 2.ms)
        child("POST /v1/chat", 3.ms)
      }
    }.spans
    for index in spans.indices {
      let text = String(repeating: "\(number)-\(index) ", count: 600)
      spans[index].attributes = [Attribute("prompt", .string(text))]
    }
    return spans
  }

  @Test("Whole traces go, the oldest first; the counts add up and memory stays in its budget")
  func counts() {
    let scene = StoreScene(budgetBytes: Self.budget)
    for number in 1...2_000 as ClosedRange<UInt64> {
      let spans = trace(number)
      scene.receive(spans + [spans[1]])
      let statistics = scene.snapshot().statistics
      #expect(statistics.memoryBytes <= Self.budget)
      #expect(
        statistics.spansReceived == statistics.spansHeld + statistics.spansEvicted
          + statistics.spansRejected + statistics.spansDuplicate)
    }
    let snapshot = scene.snapshot()
    #expect(snapshot.statistics.spansReceived == 8_000)
    #expect(snapshot.statistics.spansDuplicate == 2_000)
    #expect(snapshot.statistics.tracesHeld + snapshot.statistics.tracesEvicted == 2_000)
    #expect(snapshot.statistics.tracesEvicted > 1_000)
    let held = snapshot.traceNumbers.compactMap { snapshot.traceRecord($0) }
    #expect(UInt64(held.count) == snapshot.statistics.tracesHeld)
    #expect(held.allSatisfy { $0.spans == 3 })
    // What is held is the newest, without a gap.
    let numbers = held.map(\.id.low)
    #expect(numbers == Array(2_001 - UInt64(held.count)...2_000))
    #expect(scene.summary(1) == nil)
    #expect(scene.summary(2_000)?.spanCount == 3)
  }

  @Test("A snapshot taken before an eviction still reads its spans")
  func snapshotsOutliveEvictions() throws {
    let scene = StoreScene(budgetBytes: Self.budget)
    scene.receive(trace(1))
    let before = scene.snapshot()
    for number in 2...1_500 as ClosedRange<UInt64> { scene.receive(trace(number)) }
    #expect(scene.summary(1) == nil)
    let number = try #require(before.find(TraceID(high: 0x5C1F, low: 1)))
    let records = before.spans(of: number).map { before.record(of: $0.reference) }
    #expect(records == trace(1).map { $0 })
  }

  @Test("A late span of a trace that was evicted begins that trace anew")
  func lateSpans() {
    let scene = StoreScene(budgetBytes: Self.budget)
    let spans = trace(1)
    scene.receive([spans[0]])
    for number in 2...1_500 as ClosedRange<UInt64> { scene.receive(trace(number)) }
    scene.receive([spans[1]])
    #expect(scene.summary(1)?.spanCount == 1)
    #expect(scene.summary(1)?.missingParents == 1)
  }

  @Test("A route that says nothing was chosen is no route and no model")
  func placeholders() {
    let scene = StoreScene()
    var spans = trace(1)
    spans[0].attributes = [Attribute("route.selected_model", .string("none"))]
    spans[1].attributes = [Attribute("gen_ai.request.model", .string("gpt-4o"))]
    scene.receive(spans)
    #expect(scene.summary(1)?.route == nil)
    #expect(scene.summary(1)?.model == "gpt-4o")
  }
}

@Suite("The memory budget to the byte")
struct BudgetTests {
  /// A store with two segments, and how many bytes it takes.
  private func filled(budgetBytes: Int) -> StoreScene {
    let scene = StoreScene(budgetBytes: budgetBytes)
    for number in 1...120 as ClosedRange<UInt64> {
      var spans = TraceBuilder(number: number) { root("GET /cart") }.spans
      let text = String(repeating: "\(number) ", count: 6_000)
      spans[0].attributes = [Attribute("prompt", .string(text))]
      scene.receive(spans)
    }
    return scene
  }

  @Test("A store that takes exactly its budget evicts nothing; one byte less, and it does")
  func exactly() {
    // A budget decides where segments end, too: below 16 MiB they end at 1 MiB, whatever it is.
    let needed = filled(budgetBytes: 15 << 20).snapshot().statistics
    #expect(needed.tracesEvicted == 0)
    #expect(needed.memoryBytes < 15 << 20)

    let exact = filled(budgetBytes: needed.memoryBytes).snapshot()
    #expect(exact.statistics.memoryBytes == needed.memoryBytes)
    #expect(exact.statistics.tracesEvicted == 0)
    #expect(exact.statistics.tracesHeld == 120)

    let short = filled(budgetBytes: needed.memoryBytes - 1).snapshot()
    #expect(short.statistics.tracesEvicted > 0)
    #expect(short.statistics.memoryBytes <= needed.memoryBytes - 1)
    // The oldest segment went, and no more than that.
    #expect(short.sealed.count == exact.sealed.count - 1)
    #expect(short.statistics.tracesEvicted == UInt64(exact.sealed[0].count))
    #expect(short.statistics.spansEvicted == short.statistics.tracesEvicted)
  }

  @Test("What one request brings is held even where it alone is more than the budget")
  func largerThanTheBudget() {
    let scene = StoreScene(budgetBytes: 1)
    let spans = TraceBuilder(number: 1) { root("GET /cart") }.spans
    scene.receive(spans)
    #expect(scene.snapshot().statistics.tracesHeld == 1)
    #expect(scene.snapshot().statistics.memoryBytes > 1)
    #expect(scene.summary(1)?.spanCount == 1)
  }
}
