import Support
import Testing

@testable import Store

@Suite("LiveQuery")
struct LiveQueryTests {
  /// Traces with the moment a snapshot's clock shows.
  private struct Scene {
    var writer: StoreWriter
    var now = UnixNanos(RandomTraffic.start + 10_000_000_000)
    let batch = SpanBatch()

    init(budgetBytes: Int = 1 << 30) { writer = StoreWriter(budgetBytes: budgetBytes) }

    mutating func receive(_ spans: some Sequence<SpanRecord>) {
      batch.removeAll()
      for span in spans { batch.add(span) }
      _ = writer.append(batch, now: now.rawValue)
    }
  }

  /// The traces that a filter selects by the language's meaning, oldest start first.
  private func expected(
    _ filter: Filter?, _ facts: [TraceFacts]
  ) -> [TraceNumber] {
    facts.filter { NaiveEvaluator($0).matches(filter) }.map(\.summary).sorted {
      $0.start != $1.start ? $0.start < $1.start : $0.number < $1.number
    }.map(\.number)
  }

  private func facts(_ snapshot: Snapshot, _ now: UnixNanos) -> [TraceFacts] {
    snapshot.traceNumbers.compactMap { snapshot.facts(of: TraceNumber($0), now: now) }
  }

  /// Updates every query and compares; false where one is wrong, which is recorded.
  private func agree(
    _ queries: [(filter: Filter?, live: LiveQuery)], _ scene: borrowing Scene
  ) -> Bool {
    let snapshot = scene.writer.snapshot()
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
    var filters = RandomFilters(random, forms: [])
    return [(nil, LiveQuery(filter: nil))]
      + (0..<count).map { _ in
        let filter = filters.filter(depth: 3)
        return (filter, LiveQuery(filter: filter))
      }
  }

  @Test("A filter asked once selects what its meaning selects")
  func once() {
    var traffic = RandomTraffic(.announced("live query, once"))
    for _ in 0..<8 {
      var scene = Scene()
      scene.receive(traffic.spans(ofTraces: 25))
      let queries = queries(100, SplitMix64(seed: traffic.random.next()))
      guard agree(queries, scene) else { return }
    }
  }

  @Test("Predicates of every field select what their meaning selects")
  func predicates() {
    var traffic = RandomTraffic(.announced("live query, predicates"))
    var scene = Scene()
    scene.receive(traffic.spans(ofTraces: 40))
    var filters = RandomFilters(SplitMix64(seed: traffic.random.next()), forms: [])
    let queries = (0..<600).map { _ in
      let filter: Filter = .predicate(filters.predicate())
      return (filter as Filter?, LiveQuery(filter: filter))
    }
    _ = agree(queries, scene)
  }

  @Test("A filter kept current while spans arrive in any order selects what its meaning selects")
  func arriving() {
    var traffic = RandomTraffic(.announced("live query, arriving"))
    for _ in 0..<4 {
      var scene = Scene()
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
    var scene = Scene(budgetBytes: 6 << 20)
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
