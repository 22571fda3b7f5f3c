import Support
import Testing

@testable import Store

/// Filters, groups and facets of stores that keep a share of their requests: each trace that is left counts
/// for those that went, and a naive count by weight says how many that are.
@Suite("Counts under --sample")
struct SampledCountsTests {
  /// Calls `body` again and again while spans arrive, some late, and requests are thinned to a share;
  /// until it returns false.
  private func run(
    _ traffic: inout RandomTraffic, share: Double, rowsPerSegment: Int,
    _ body: (StoreScene) -> Bool
  ) -> StoreScene {
    let scene = StoreScene(
      rowsPerSegment: rowsPerSegment,
      policy: RetentionPolicy(sampling: share, slowness: .from(.seconds(60))))
    for first in stride(from: UInt64(1), to: 160, by: 20) {
      var spans = traffic.spans(ofTraces: 20, from: first)
      // Some are of traces that were decided, or are gone.
      if first > 40 {
        spans += traffic.spans(ofTraces: 3, from: first - traffic.random.number(1...40))
      }
      for place in spans.indices where traffic.random.chance(10) {
        let request = "request-\(first)-\(traffic.random.number(0...5) as UInt64)"
        spans[place].attributes.append(Attribute("request_id", .string(request)))
      }
      scene.receive(spans)
      guard body(scene) else { return scene }
      scene.pass(.milliseconds(traffic.random.number(0...9_000)))
    }
    scene.pass(.seconds(11))
    _ = body(scene)
    return scene
  }

  /// That the tests saw what they are about.
  private func expectThinned(_ scene: StoreScene, share: Double) {
    let snapshot = scene.snapshot()
    let held = snapshot.traceNumbers.filter { snapshot.traceRecord($0) != nil }
    #expect(snapshot.statistics.tracesSampledOut > 20)
    #expect(Set(held.map { snapshot.weight(of: TraceNumber($0)) }) == [1, 1 / share])
  }

  @Test("A filter selects what its meaning selects of what is held, and counts those that went")
  func filters() {
    var traffic = RandomTraffic(.announced("sampled, filters"))
    for (round, share) in [0.5, 0.125].enumerated() {
      let joined = round == 1
      var random = RandomFilters(SplitMix64(seed: traffic.random.next()))
      let filters: [Filter?] = [nil] + (0..<15).map { _ in random.filter(depth: 2) }
      let queries = filters.map {
        (filter: $0, live: LiveQuery(filter: $0, joinsTraces: joined))
      }
      let scene = run(&traffic, share: share, rowsPerSegment: round == 0 ? 60 : 1_000) { scene in
        let snapshot = scene.snapshot()
        for (filter, live) in queries {
          let result = live.update(to: snapshot, now: scene.now)
          // A query that stands counts from time to time; one that is new counts at once.
          let new = LiveQuery(filter: filter, joinsTraces: joined)
            .update(to: snapshot, now: scene.now)
          let (traces, scaled) = expected(filter, scene, joined: joined)
          guard Set(result.traces) == traces, Set(new.traces) == traces, new.scaled == scaled
          else {
            Issue.record(
              """
              \(filter.map { "\($0)" } ?? "everything"), joined \(joined): \(new.scaled as Any), \
              not \(scaled); traces \(result.traces), \(new.traces), not \(traces)
              """)
            return false
          }
        }
        return true
      }
      expectThinned(scene, share: share)
    }
  }

  /// The requests that a filter selects by the language's meaning, and for how many they stand.
  private func expected(
    _ filter: Filter?, _ scene: StoreScene, joined: Bool
  ) -> (traces: Set<TraceNumber>, scaled: ScaledCounts) {
    let snapshot = scene.snapshot()
    var traces: Set<TraceNumber> = []
    var (selected, failed, all) = (0.0, 0.0, 0.0)
    for unit in NaiveGroups.units(snapshot, joined: joined) {
      let members = unit.members.map(\.rawValue)
      guard let record = snapshot.requestRecord(members),
        let facts = snapshot.facts(ofRequest: members, record, now: scene.now)
      else { continue }
      let weight = snapshot.weight(of: unit.lead)
      all += weight
      guard NaiveEvaluator(facts).matches(filter) else { continue }
      traces.insert(unit.lead)
      selected += weight
      if facts.summary.verdict.isFailure { failed += weight }
    }
    let scaled = ScaledCounts(
      selected: Int(selected.rounded()), failed: Int(failed.rounded()), all: Int(all.rounded()))
    return (traces, scaled)
  }

  @Test("Groups by any key, under any filter, count and sum those that went")
  func groups() {
    var traffic = RandomTraffic(.announced("sampled, groups"))
    for (round, share) in [0.5, 0.125].enumerated() {
      var filters = RandomFilters(SplitMix64(seed: traffic.random.next()))
      let readers = GroupReaderTests.keys.map { GroupReader($0, joinsTraces: round == 1) }
      var random = traffic.random
      let scene = run(&traffic, share: share, rowsPerSegment: round == 0 ? 60 : 1_000) { scene in
        for reader in readers where random.chance(30) {
          let filter = random.chance(30) ? filters.filter(depth: 2) : nil
          if let wrong = NaiveGroups.problems(with: reader, scene, filter: filter).first {
            Issue.record("\(wrong)")
            return false
          }
        }
        return true
      }
      expectThinned(scene, share: share)
    }
  }

  @Test("Facets of any filter, of a reader that is kept and of a new one, count those that went")
  func facets() {
    var traffic = RandomTraffic(.announced("sampled, facets"))
    for (round, share) in [0.5, 0.125].enumerated() {
      let joined = round == 1
      var filters = RandomFilters(SplitMix64(seed: traffic.random.next()))
      let kept = FacetReader(joinsTraces: joined)
      var random = traffic.random
      let scene = run(&traffic, share: share, rowsPerSegment: round == 0 ? 60 : 1_000) { scene in
        let snapshot = scene.snapshot()
        let filter = random.chance(50) ? filters.filter(depth: 1) : nil
        let live = LiveQuery(filter: filter, joinsTraces: joined)
        _ = live.update(to: snapshot, now: scene.now)
        let tables = [kept, FacetReader(joinsTraces: joined)].map { reader -> FacetTable in
          reader.begin(snapshot, live.selection, now: scene.now)
          var table = reader.proceed() ?? FacetTable()
          (table.rowsScanned, table.nextChange) = (0, nil)
          return table
        }
        let expected = NaiveGroups.facets(scene, filter: filter, joined: joined)
        let wrong = NaiveGroups.problems(with: tables[0], scene, filter: filter, joined: joined)
        guard wrong.isEmpty, tables[1] == expected else {
          Issue.record("\(wrong.first ?? "\(tables[1])\nnot\n\(expected)")")
          return false
        }
        return true
      }
      expectThinned(scene, share: share)
    }
  }
}
