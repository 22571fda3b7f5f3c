import Support
import Testing

@testable import Store

@Suite("Facets")
struct FacetReaderTests {
  private func table(
    _ scene: StoreScene, filter: Filter? = nil, joined: Bool = false
  ) -> FacetTable {
    let snapshot = scene.snapshot()
    var selection = GroupSelection.all
    if filter != nil {
      let live = LiveQuery(filter: filter, joinsTraces: joined)
      _ = live.update(to: snapshot, now: scene.now)
      selection = live.selection
    }
    let reader = FacetReader(joinsTraces: joined)
    reader.begin(snapshot, selection, now: scene.now)
    return reader.proceed() ?? FacetTable()
  }

  @Test("What a facet counts of a value is what its group has, whatever the filter")
  func agreesWithGroups() throws {
    var traffic = RandomTraffic(.announced("facets"))
    var filters = RandomFilters(SplitMix64(seed: traffic.random.next()))
    var compared = 0
    for round in 0..<12 {
      let scene = StoreScene(rowsPerSegment: round % 3 == 0 ? 60 : SegmentRows.maximum)
      scene.receive(traffic.spans(ofTraces: 80))
      let joined = round % 2 == 0
      let filter = round < 4 ? nil : filters.filter(depth: 2)
      let table = table(scene, filter: filter, joined: joined)
      let live = LiveQuery(filter: filter, joinsTraces: joined)
      _ = live.update(to: scene.snapshot(), now: scene.now)
      for facet in table.facets {
        let groups = GroupReader(facet.key, joinsTraces: joined)
          .update(to: scene.snapshot(), selection: live.selection, now: scene.now)
        #expect(groups.traces == table.traces)
        #expect(facet.distinct == groups.values, "\(facet.key)")
        for value in facet.values {
          let row = value.text.flatMap { text in groups.rows.first { $0.value == text } }
          let group = value.text == nil ? groups.notSet : row
          #expect(
            group?.traces == value.traces && group?.errors == value.errors,
            "\(facet.key) \(value) \(filter.map { "\($0)" } ?? "-")")
          compared += 1
        }
      }
    }
    #expect(compared > 100)
  }

  private func scene(
    _ count: UInt64, _ attributes: (UInt64) -> [(String, AttributeValue)],
    fails: (UInt64) -> Bool = { _ in false }
  ) -> StoreScene {
    let scene = StoreScene()
    scene.receive(
      (1...count).flatMap { number in
        (1...2).map { span in
          var record = StoreScene.span(number, UInt64(span), parent: span == 1 ? 0 : 1)
          record.name = "GET"
          record.attributes = attributes(number).map { Attribute($0.0, $0.1) }
          if span == 1, fails(number) { record.statusCode = .error }
          return record
        }
      })
    return scene
  }

  @Test("A key that tells failing traces from others comes before one that has more values")
  func splitPower() {
    let scene = scene(400) { number in
      [
        ("build", .string("b\(number % 2)")), ("zone", .string("z\(number % 8)")),
        ("same", .string("always")), ("cart", .string("cart \(number)")),
        ("price", .double(Double(number) / 7)), ("level", .int(Int64(number % 3))),
      ]
    } fails: {
      $0 % 8 == 3 || $0 % 50 == 0
    }
    let table = table(scene)
    #expect(table.errors == 58)
    let keys = table.facets.map(\.key.description)
    #expect(keys.first == "verdict")
    #expect(keys.dropFirst().first == "zone")
    #expect(table.facets[1].tellsErrors)
    #expect(table.facets[1].values.first == FacetTable.Value(text: "z3", traces: 50, errors: 50))
    // Neither what all have nor what each has another of divides anything.
    #expect(!keys.contains("same") && !keys.contains("cart") && !keys.contains("price"))
    #expect(keys.contains("build") && keys.contains("level"))
  }

  @Test("A difference that may be chance tells nothing")
  func chance() {
    var random = SplitMix64.announced("facets, chance")
    var told = 0
    for _ in 0..<20 {
      let failing = Set((1...300).filter { _ in random.chance(10) })
      let colours = (0...300).map { _ in random.number(0...5) }
      let scene = scene(300) {
        [("colour", .string("c\(colours[Int($0)])"))]
      } fails: {
        failing.contains(Int($0))
      }
      let colour = table(scene).facets.first { $0.key.description == "colour" }
      if colour?.tellsErrors ?? false { told += 1 }
    }
    #expect(told <= 2)
  }

  @Test("A key under two names is one facet")
  func twice() {
    let scene = scene(100) { number in
      [("one", .string("v\(number % 4)")), ("two", .string("v\(number % 4)"))]
    }
    let keys = table(scene).facets.map(\.key.description)
    #expect(keys.filter { $0 == "one" || $0 == "two" } == ["one"])
  }

  @Test("A table is made in steps, and the steps come to the same")
  func steps() {
    var traffic = RandomTraffic(.announced("facets, steps"))
    let scene = StoreScene()
    scene.receive(traffic.spans(ofTraces: 60))
    let reader = FacetReader(joinsTraces: false)
    reader.begin(scene.snapshot(), .all, now: scene.now)
    var steps = 1
    var found = reader.proceed(isTimeUp: { true })
    while found == nil, steps < 10_000 {
      found = reader.proceed(isTimeUp: { true })
      steps += 1
    }
    #expect(steps > 3)
    #expect(found == table(scene))
  }

  @Test("Without traces there is nothing to tell")
  func empty() { #expect(table(StoreScene()) == FacetTable()) }
}
