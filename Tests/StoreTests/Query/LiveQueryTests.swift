import Support
import Testing

@testable import Store

@Suite("LiveQuery")
struct LiveQueryTests {
  /// The traces that a filter selects by the language's meaning, oldest start first.
  private func expected(
    _ filter: Filter?, _ facts: [TraceFacts]
  ) -> [TraceNumber] {
    let selected = facts.filter { NaiveEvaluator($0).matches(filter) }.map(\.summary)
    let sorted = selected.sorted { left, right in
      left.start != right.start ? left.start < right.start : left.number < right.number
    }
    return sorted.map(\.number)
  }

  private func facts(_ snapshot: Snapshot, _ now: UnixNanos) -> [TraceFacts] {
    snapshot.traceNumbers.compactMap { snapshot.facts(of: TraceNumber($0), now: now) }
  }

  /// Updates every query and compares; false where one is wrong, which is recorded.
  private func agree(
    _ queries: [(filter: Filter?, live: LiveQuery)], _ scene: StoreScene
  ) -> Bool {
    let snapshot = scene.snapshot()
    let facts = facts(snapshot, scene.now)
    for (filter, live) in queries {
      let result = live.update(to: snapshot, now: scene.now)
      let expected = expected(filter, facts)
      guard result.traces == expected, result.tracesHeld == facts.count else {
        let text = filter.map { "\($0)" } ?? "everything"
        let wrong = Set(result.traces).symmetricDifference(expected)
        let examples = facts.filter { wrong.contains($0.summary.number) }.prefix(1)
        Issue.record(
          """
          \(text)\nlive \(result.traces.map(\.rawValue))\nnaive \(expected.map(\.rawValue))
          \(examples)
          """)
        return false
      }
    }
    return true
  }

  private func queries(
    _ count: Int, _ random: SplitMix64
  ) -> [(filter: Filter?, live: LiveQuery)] {
    var filters = RandomFilters(random)
    var queries: [(filter: Filter?, live: LiveQuery)] = [(nil, LiveQuery(filter: nil))]
    for _ in 0..<count {
      let filter = filters.filter(depth: 3)
      queries.append((filter, LiveQuery(filter: filter)))
    }
    return queries
  }

  @Test("A filter asked once selects what its meaning selects")
  func once() {
    var traffic = RandomTraffic(.announced("live query, once"))
    for _ in 0..<8 {
      let scene = StoreScene()
      scene.receive(traffic.spans(ofTraces: 25))
      let queries = queries(100, SplitMix64(seed: traffic.random.next()))
      guard agree(queries, scene) else { return }
    }
  }

  @Test("Predicates of every field select what their meaning selects")
  func predicates() {
    var traffic = RandomTraffic(.announced("live query, predicates"))
    let scene = StoreScene()
    scene.receive(traffic.spans(ofTraces: 40))
    var filters = RandomFilters(SplitMix64(seed: traffic.random.next()))
    var queries: [(filter: Filter?, live: LiveQuery)] = []
    for _ in 0..<600 {
      let filter = Filter.predicate(filters.predicate())
      queries.append((filter, LiveQuery(filter: filter)))
    }
    _ = agree(queries, scene)
  }

  @Test("A filter kept current while spans arrive in any order selects what its meaning selects")
  func arriving() {
    var traffic = RandomTraffic(.announced("live query, arriving"))
    for _ in 0..<4 {
      let scene = StoreScene()
      let queries = queries(50, SplitMix64(seed: traffic.random.next()))
      let spans = traffic.spans(ofTraces: 30)
      var taken = 0
      while taken < spans.count {
        let next = min(spans.count, taken + traffic.random.number(1...25))
        scene.receive(spans[taken..<next])
        taken = next
        guard agree(queries, scene) else { return }
        scene.now = scene.now + .milliseconds(traffic.random.number(0...4_000))
      }
      // Nothing new comes, and what did not finish settles.
      scene.now = scene.now + .seconds(10)
      guard agree(queries, scene) else { return }
    }
  }

  @Test("A filter kept current while traces are evicted selects among those that are held")
  func evicting() {
    var traffic = RandomTraffic(.announced("live query, evicting"))
    let scene = StoreScene(budgetBytes: 6 << 20)
    let queries = queries(40, SplitMix64(seed: traffic.random.next()))
    var first: UInt64 = 1
    for _ in 0..<24 {
      var spans = traffic.spans(ofTraces: 15, from: first, padding: 20_000)
      // Some come late, of traces that are there or were.
      if first > 30 {
        spans += traffic.spans(ofTraces: 3, from: first - traffic.random.number(1...30))
      }
      first += 15
      scene.receive(spans)
      guard agree(queries, scene) else { return }
      scene.now = scene.now + .seconds(1)
    }
    #expect(scene.writer.statistics.tracesEvicted > 50)
  }
}
