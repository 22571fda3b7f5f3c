import Support
import Testing

@testable import Store

@Suite("Facets made step by step while spans arrive")
struct FacetStepTests {
  /// Spans of which some come late, some bring requests together, and some bring a trace's second tenant.
  private static func spans(_ traffic: inout RandomTraffic, from first: UInt64) -> [SpanRecord] {
    var spans = traffic.spans(ofTraces: 20, from: first, padding: 20_000)
    if first > 30 {
      spans += traffic.spans(ofTraces: 3, from: first - traffic.random.number(1...30))
    }
    for place in spans.indices {
      if traffic.random.chance(15) {
        let request = "request-\(first)-\(traffic.random.number(0...3) as UInt64)"
        spans[place].attributes.append(Attribute("request_id", .string(request)))
      }
      if traffic.random.chance(40) {
        let tenant = "tenant-\(traffic.random.number(0...5) as UInt64)"
        spans[place].attributes.append(Attribute("tenant.id", .string(tenant)))
      }
    }
    return spans
  }

  @Test(
    "A table says what held when it was begun, whatever comes, joins and goes between its steps",
    arguments: [true, false], [4, RegroupedTraces.usual])
  func oneMoment(joined: Bool, remembering: Int) {
    var traffic = RandomTraffic(.announced("facets, one moment"))
    var filters = RandomFilters(SplitMix64(seed: traffic.random.next()))
    let scene = StoreScene(budgetBytes: 6 << 20, rowsPerSegment: joined ? 90 : 400)
    scene.writer.requests = RequestGroups(remembering: remembering)
    let reader = FacetReader(joinsTraces: joined)
    var first: UInt64 = 1
    var (steps, tables) = (0, 0)
    while scene.writer.statistics.tracesEvicted == 0 || tables < 12 {
      scene.receive(Self.spans(&traffic, from: first))
      first += 20
      let (snapshot, now) = (scene.snapshot(), scene.now)
      let filter = traffic.random.chance(60) ? nil : filters.filter(depth: 1)
      let live = LiveQuery(filter: filter, joinsTraces: joined)
      _ = live.update(to: snapshot, now: now)
      reader.begin(snapshot, live.selection, now: now)
      // Of some tables a few steps are made, before another is begun.
      var left = traffic.random.chance(30) ? traffic.random.number(1...6) : Int.max
      var table: FacetTable?
      while table == nil, left > 0 {
        table = reader.proceed(isTimeUp: { true })
        left -= 1
        steps += 1
        guard traffic.random.chance(20) else { continue }
        scene.now = scene.now + .milliseconds(traffic.random.number(0...4_000))
        scene.receive(Self.spans(&traffic, from: first))
        first += 20
        // Somebody else looks meanwhile.
        if traffic.random.chance(50) { _ = scene.snapshot() }
      }
      guard let table else { continue }
      tables += 1
      let wrong = NaiveGroups.problems(
        with: table, snapshot, now: now, filter: filter, joined: joined)
      guard wrong.isEmpty else {
        Issue.record("\(wrong[0]), joined \(joined), remembering \(remembering)")
        return
      }
    }
    #expect(steps > 3 * tables)
  }

  @Test("A table is the same wherever its making is interrupted, and when it is begun again there")
  func everyBoundary() {
    var traffic = RandomTraffic(.announced("facets, every boundary"))
    let scene = StoreScene(rowsPerSegment: 120)
    var kept: [FacetReader] = []
    var steps = 0
    for round in 0..<3 {
      scene.receive(Self.spans(&traffic, from: UInt64(round) * 20 + 1))
      let snapshot = scene.snapshot()
      // One reader is interrupted after no step, one after the first, and so on.
      if round == 0 {
        let whole = FacetReader(joinsTraces: true)
        whole.begin(snapshot, .all, now: scene.now)
        while whole.proceed(isTimeUp: { true }) == nil { steps += 1 }
        kept = (0...steps).map { _ in FacetReader(joinsTraces: true) }
      }
      var expected: FacetTable?
      for (place, reader) in kept.enumerated() {
        reader.begin(snapshot, .all, now: scene.now)
        for _ in 0..<place where reader.isCounting { _ = reader.proceed(isTimeUp: { true }) }
        reader.begin(snapshot, .all, now: scene.now)
        var table = reader.proceed()
        table?.rowsScanned = 0
        #expect(table != nil && table == expected ?? table, "\(place) steps, round \(round)")
        expected = expected ?? table
      }
      let wrong = NaiveGroups.problems(with: expected ?? FacetTable(), scene, joined: true)
      #expect(wrong == [])
    }
    #expect(steps > 5)
  }

  @Test(
    "Lists and groups that are kept follow requests that come together and apart, long since or just now"
  )
  func regrouping() {
    var traffic = RandomTraffic(.announced("regrouping"))
    for remembering in [1, 16, RegroupedTraces.usual] {
      let scene = StoreScene(budgetBytes: 6 << 20, rowsPerSegment: 200)
      scene.writer.requests = RequestGroups(remembering: remembering)
      let live = LiveQuery(filter: nil, joinsTraces: true)
      let figures = TraceFigures(joinsTraces: true)
      var first: UInt64 = 1
      while scene.writer.statistics.tracesEvicted == 0 || first < 500 {
        scene.receive(Self.spans(&traffic, from: first))
        first += 20
        let snapshot = scene.snapshot()
        // Now and then nobody looks for a while.
        guard traffic.random.chance(60) else { continue }
        let traces = live.update(to: snapshot, now: scene.now).traces
        let fresh = LiveQuery(filter: nil, joinsTraces: true)
        #expect(traces == fresh.update(to: snapshot, now: scene.now).traces)
        _ = figures.update(to: snapshot)
        let units = NaiveGroups.units(snapshot, joined: true)
        let leads = Dictionary(
          uniqueKeysWithValues: units.map { ($0.lead.rawValue, $0.members.count > 1) })
        for number in snapshot.traceNumbers {
          let figure = figures[number]
          #expect(figure.has(TraceFigure.isUnit) == (leads[number] != nil))
          #expect(figure.has(TraceFigure.isJoined) == (leads[number] ?? false))
        }
      }
    }
  }

  @Test("What is forgotten of regroupings is told apart from what never was")
  func remembered() {
    var regrouped = RegroupedTraces(remembering: 3)
    #expect(regrouped.after(0) == [])
    for number in 1...6 { regrouped.note(UInt64(number)) }
    #expect(regrouped.after(0) == [1, 2, 3, 4, 5, 6])
    #expect(regrouped.after(6) == [])
    regrouped.note(7)
    #expect(regrouped.end == 7)
    #expect(regrouped.after(2) == nil)
    #expect(regrouped.after(3) == [4, 5, 6, 7])
    #expect(regrouped.after(7) == [])
  }
}
