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
      let failed = expected.count { number in
        snapshot.summary(of: number, now: scene.now)?.verdict.isFailure ?? false
      }
      guard result.traces == expected, result.tracesHeld == facts.count, result.failed == failed
      else {
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
    for number in 0..<8 {
      // Half of the scenes are in sealed segments but for their last spans.
      let scene = StoreScene(rowsPerSegment: number % 2 == 0 ? SegmentRows.maximum : 20 * number)
      scene.receive(traffic.spans(ofTraces: 25))
      let queries = queries(100, SplitMix64(seed: traffic.random.next()))
      guard agree(queries, scene) else { return }
    }
  }

  @Test("Predicates of every field select what their meaning selects")
  func predicates() {
    var traffic = RandomTraffic(.announced("live query, predicates"))
    let scene = StoreScene(rowsPerSegment: 70)
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
    for number in 0..<4 {
      let scene = StoreScene(rowsPerSegment: number % 2 == 0 ? 40 : SegmentRows.maximum)
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

  @Test("What waits for another part of a filter selects what the meaning selects")
  func narrowing() {
    var traffic = RandomTraffic(.announced("live query, narrowing"))
    var filters = RandomFilters(SplitMix64(seed: traffic.random.next()))
    let first = ["llm.model=acme", "user.id=acme", "status=error", "kind=server", "tenant=acme"]
    var queries: [(filter: Filter?, live: LiveQuery)] = []
    for number in 0..<60 {
      guard let part = try? FilterParser.parse(first[number % first.count]) else { continue }
      let filter = Filter.and([part, filters.filter(depth: 2)])
      queries.append((filter, LiveQuery(filter: filter)))
    }
    let scene = StoreScene(rowsPerSegment: 90)
    let spans = traffic.spans(ofTraces: 150)
    // Most of them are history when the queries begin.
    var taken = spans.count * 3 / 4
    scene.receive(spans[..<taken])
    while true {
      guard agree(queries, scene) else { return }
      guard taken < spans.count else { return }
      let next = min(spans.count, taken + traffic.random.number(1...40))
      scene.receive(spans[taken..<next])
      taken = next
      scene.now = scene.now + .milliseconds(traffic.random.number(0...4_000))
    }
  }

  @Test("Asked in slices, the newest traces come first, whole, and all of them in the end")
  func slices() {
    var traffic = RandomTraffic(.announced("live query, slices"))
    let scene = StoreScene(rowsPerSegment: 200)
    var first: UInt64 = 1
    for _ in 0..<20 {
      var spans = traffic.spans(ofTraces: 15, from: first)
      // Some come late, of traces that began in an earlier segment.
      if first > 30 {
        spans += traffic.spans(ofTraces: 3, from: first - traffic.random.number(1...30))
      }
      first += 15
      scene.receive(spans)
    }
    let snapshot = scene.snapshot()
    #expect(snapshot.sealed.count > 4)
    let facts = facts(snapshot, scene.now)
    for (filter, live) in queries(60, SplitMix64(seed: traffic.random.next())) {
      let expected = expected(filter, facts)
      var result = live.update(to: snapshot, now: scene.now, historyRows: 1)
      var steps = 1
      while !result.isComplete {
        let found = Set(result.traces)
        guard found.isSubset(of: expected),
          // None is left out that is newer than one found.
          expected.allSatisfy({ number in
            found.contains(number) || !found.contains { $0 < number }
          })
        else {
          Issue.record("\(filter.map { "\($0)" } ?? "everything"), step \(steps): \(found)")
          return
        }
        result = live.update(to: snapshot, now: scene.now, historyRows: 1)
        steps += 1
      }
      #expect(result.traces == expected)
      #expect(steps == snapshot.sealed.count + 1)
    }
  }

  @Test("Spans that arrive while history is still being looked through are not missed")
  func slicesWhileArriving() {
    var traffic = RandomTraffic(.announced("live query, slices while arriving"))
    let scene = StoreScene(budgetBytes: 8 << 20)
    var first: UInt64 = 1
    func receive() {
      var spans = traffic.spans(ofTraces: 15, from: first, padding: 20_000)
      if first > 30 {
        spans += traffic.spans(ofTraces: 6, from: first - traffic.random.number(1...30))
      }
      first += 15
      scene.receive(spans)
    }
    for _ in 0..<14 { receive() }
    let queries = queries(40, SplitMix64(seed: traffic.random.next()))
    var waiting = queries
    while !waiting.isEmpty {
      let snapshot = scene.snapshot()
      waiting.removeAll {
        $0.live.update(to: snapshot, now: scene.now, historyRows: 1).isComplete
      }
      receive()
      scene.now = scene.now + .milliseconds(700)
    }
    _ = agree(queries, scene)
    #expect(scene.writer.statistics.tracesEvicted > 50)
  }

  @Test("Relations between spans of large traces, circles and orphans are those of the meaning")
  func relations() {
    var random = SplitMix64.announced("live query, relations")
    let scene = StoreScene(rowsPerSegment: 100)
    for trace in 1...20 as ClosedRange<UInt64> {
      let count = random.number(1...60) as UInt64
      let spans = (1...count).map { id in
        var span = SpanRecord(
          traceID: TraceID(high: 9, low: trace), spanID: SpanID(id),
          // Some parents are missing, some children of each other.
          parentSpanID: SpanID(random.chance(8) ? 0 : random.number(1...count + 2)),
          name: random.pick(["a", "b", "c"]), start: UnixNanos(1), end: UnixNanos(2))
        if random.chance(30) { span.statusCode = .error }
        return span
      }
      scene.receive(spans)
    }
    var queries: [(filter: Filter?, live: LiveQuery)] = []
    let sets = [
      "{ name=a }", "{ name=b error }", "{ status=error }", "{ depth>3 }", "{ depth=0 name=c }",
    ]
    for relation in Filter.Relation.allCases {
      for left in sets {
        for right in sets {
          for ending in ["", " | count() > 3", " | count() < 2", " >> { name=c }"] {
            let text = "\(left) \(relation.rawValue) \(right)\(ending)"
            guard let filter = try? FilterParser.parse(text) else {
              Issue.record("\(text)")
              continue
            }
            queries.append((filter, LiveQuery(filter: filter)))
          }
        }
      }
    }
    guard agree(queries, scene) else { return }
    let snapshot = scene.snapshot()
    let selected = queries.map { $0.live.update(to: snapshot, now: scene.now).traces.count }
    // The test would show nothing if all or none were selected.
    #expect(selected.count { $0 > 0 && $0 < 20 } > selected.count / 2)
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
