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

  @Test("A table is what a count of every span of every trace comes to, whatever the filter")
  func agreesWithSpans() {
    var traffic = RandomTraffic(.announced("facets, spans"))
    var filters = RandomFilters(SplitMix64(seed: traffic.random.next()))
    for round in 0..<10 {
      let scene = StoreScene(rowsPerSegment: round % 3 == 0 ? 50 : SegmentRows.maximum)
      scene.receive(traffic.spans(ofTraces: 40))
      let joined = round % 2 == 0
      let filter = round < 4 ? nil : filters.filter(depth: 2)
      var table = table(scene, filter: filter, joined: joined)
      (table.rowsScanned, table.nextChange) = (0, nil)
      let expected = NaiveGroups.facets(scene, filter: filter, joined: joined)
      guard table == expected else {
        Issue.record(
          "\(filter.map { "\($0)" } ?? "-"), joined \(joined):\n\(table)\nnot\n\(expected)")
        return
      }
    }
  }

  @Test("A reader that is kept says what is held while spans arrive, requests join and traces go")
  func kept() {
    var traffic = RandomTraffic(.announced("facets, kept"))
    var filters = RandomFilters(SplitMix64(seed: traffic.random.next()))
    for joined in [true, false] {
      let scene = StoreScene(budgetBytes: 6 << 20, rowsPerSegment: joined ? 90 : 400)
      let reader = FacetReader(joinsTraces: joined)
      var first: UInt64 = 1
      while scene.writer.statistics.tracesEvicted == 0 || first < 300 {
        var spans = traffic.spans(ofTraces: 20, from: first, padding: 20_000)
        // Some come late, of traces that are there or were, and some bring a request together.
        if first > 30 {
          spans += traffic.spans(ofTraces: 3, from: first - traffic.random.number(1...30))
        }
        for place in spans.indices where traffic.random.chance(15) {
          let request = "request-\(first)-\(traffic.random.number(0...3) as UInt64)"
          spans[place].attributes.append(Attribute("request_id", .string(request)))
        }
        first += 20
        scene.receive(spans)
        let snapshot = scene.snapshot()
        let filter = traffic.random.chance(50) ? nil : filters.filter(depth: 1)
        let live = LiveQuery(filter: filter, joinsTraces: joined)
        _ = live.update(to: snapshot, now: scene.now)
        reader.begin(snapshot, live.selection, now: scene.now)
        // Now and then another filter comes before the table is done.
        if traffic.random.chance(20), reader.proceed(isTimeUp: { true }) == nil { continue }
        let table = reader.proceed() ?? FacetTable()
        let wrong = NaiveGroups.problems(with: table, scene, filter: filter, joined: joined)
        guard wrong.isEmpty else {
          Issue.record("\(wrong[0]), joined \(joined)")
          return
        }
        scene.now = scene.now + .milliseconds(traffic.random.number(0...4_000))
      }
    }
  }

  @Test("A verdict that time alone changes is counted as it is by then")
  func settling() throws {
    let scene = StoreScene()
    scene.receive((1...3).map { StoreScene.span($0, 2, parent: 1) } + [StoreScene.span(4, 1)])
    let reader = FacetReader(joinsTraces: false)
    func verdicts() -> [FacetTable.Value] {
      reader.begin(scene.snapshot(), .all, now: scene.now)
      return reader.proceed()?.facets.first?.values ?? []
    }
    #expect(
      verdicts() == [
        FacetTable.Value(text: "unfinished", traces: 3), FacetTable.Value(text: "ok", traces: 1),
      ])
    reader.begin(scene.snapshot(), .all, now: scene.now)
    scene.now = try #require(reader.proceed()?.nextChange)
    #expect(
      verdicts() == [
        FacetTable.Value(text: "partial", traces: 3), FacetTable.Value(text: "ok", traces: 1),
      ])
  }

  @Test("What was looked at once is not looked at again, whatever is asked next")
  func rowsScanned() throws {
    let scene = scene(100) { number in [("colour", .string("c\(number % 4)"))] }
    let reader = FacetReader(joinsTraces: true)
    func ask(_ selection: GroupSelection = .all) -> UInt64? {
      reader.begin(scene.snapshot(), selection, now: scene.now)
      return reader.proceed()?.rowsScanned
    }
    // The rows' colours, and which resource each row is of.
    #expect(ask() == 400)
    #expect(ask() == 0)
    var some = TraceBits()
    some.insert(3)
    #expect(ask(.traces(some)) == 0)
    scene.receive([StoreScene.span(200, 1)])
    #expect(ask() == 1)
  }

  @Test("Keys with more values than have bits are counted like others, on spans and on resources")
  func manyValues() {
    var random = SplitMix64.announced("facets, many values")
    for rows in [1_000, SegmentRows.maximum] {
      let scene = StoreScene(rowsPerSegment: rows)
      for first in stride(from: UInt64(1), to: 400, by: 40) {
        scene.receive(
          (first..<first + 40).flatMap { number in
            (UInt64(1)...4).map { id -> SpanRecord in
              var span = StoreScene.span(number, id, parent: id == 1 ? 0 : 1)
              let pod = random.number(0...110) as Int
              span.attributes = [
                Attribute("pod", .string("pod-\(pod)")),
                Attribute("shop", .string("shop-\(number % 80)")),
                Attribute("user.id", .string("user-\(number % 200)")),
              ]
              span.resource.attributes.append(
                Attribute("host", .string("host-\(random.number(0...90) as Int)")))
              if pod == 17 { span.statusCode = .error }
              return span
            }
          })
      }
      var table = table(scene)
      (table.rowsScanned, table.nextChange) = (0, nil)
      #expect(table == NaiveGroups.facets(scene, joined: false))
      let pod = table.facets.first { $0.key.description == "pod" }
      #expect(pod?.tellsErrors == true && pod?.distinct == 111)
      #expect(pod?.values.first?.text == "pod-17")
      #expect(table.facets.contains { $0.key.description == "host" && $0.distinct == 91 })
    }
  }

  @Test("Where there is no room for more bits keys are left out, and what is shown is true")
  func manyKeys() {
    let scene = scene(300) { number in
      (0..<60).map { key in ("key.\(key)", .string("v\(number % UInt64(20 + key % 40))")) }
    }
    let snapshot = scene.snapshot()
    let figures = TraceFigures(joinsTraces: false)
    _ = figures.update(to: snapshot)
    let matrix = FacetMatrix(snapshot, bandLimit: 8)
    var count = FacetCount(figures, matrix, snapshot, .all, scene.now)
    while count.step() {}
    #expect(matrix.bands.count == 8)
    let left = matrix.columns.filter { !$0.isGivenUp }.count
    #expect(left > 15 && left < 50)
    #expect(count.table.facets.count > 8)
    #expect(NaiveGroups.problems(with: count.table, scene, joined: false) == [])
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

  @Test("A key with a value for nearly each trace tells of errors by a value, not by being there")
  func nearlyUnique() {
    // Each that fails was tried again, and so were a few others.
    let tried = scene(400) { number in
      [("zone", .string("z\(number % 8)"))]
        + (number % 8 == 3 || number % 40 == 0 ? [("retry.id", .string("r\(number)"))] : [])
    } fails: {
      $0 % 8 == 3 || $0 % 50 == 0
    }
    let keys = table(tried).facets
    #expect(keys[1].key.description == "zone" && keys[1].tellsErrors)
    #expect(keys.allSatisfy { $0.key.description != "retry.id" || !$0.tellsErrors })
    // One cart of many has a tenth of the traces, and all of them fail.
    let carts = scene(60) { number in
      [("cart", .string(number % 10 == 3 ? "hot" : "cart \(number)"))]
    } fails: {
      $0 % 10 == 3
    }
    let cart = table(carts).facets.first { $0.key.description == "cart" }
    #expect(cart?.tellsErrors == true)
    #expect(cart?.values.first == FacetTable.Value(text: "hot", traces: 6, errors: 6))
  }

  @Test("What tells among few values may be chance among many")
  func manyByChance() {
    // One user has three traces and all fail, of twelve that fail among six hundred.
    let scene = scene(600) { number in
      let user = (number - 1) / 3
      return [("user.id", .string("u\(user)")), ("hot", .bool(user == 0))]
    } fails: {
      $0 <= 3 || ($0 > 100 && $0 <= 127 && $0 % 3 == 0)
    }
    let table = table(scene)
    #expect(table.errors == 12)
    let told = table.facets.filter { $0.key.description == "hot" || $0.key.description == "user" }
    #expect(told.map(\.key.description) == ["hot", "user"])
    #expect(told.map(\.tellsErrors) == [true, false])
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
