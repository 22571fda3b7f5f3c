import Support
import Testing

@testable import Store

@Suite("Groups")
struct GroupReaderTests {
  static let keys: [GroupKey] = {
    let texts =
      RandomFilters.oddKeys.filter { $0 != "" && $0 != "*" }.map { Filter.inQuotes($0) }
      + [
        "tenant", "user", "session", "model", "route", "provider", "tenant.id", "llm.model",
        "http.status_code", "span.tenant.id", "resource.tenant.id", "scope.tenant.id",
        "root.tenant.id", "trace.tenant.id", "name", "service", "kind", "status", "role", "verdict",
        "error", "root.name", "root.service", "scope.name",
      ]
    return texts.compactMap { try? GroupKey($0) }
  }()

  /// Compares a table with what it should say; false where it is wrong, which is recorded.
  private func agree(
    _ reader: GroupReader, _ scene: StoreScene, filter: Filter? = nil, since: UnixNanos? = nil
  ) -> Bool {
    let wrong = NaiveGroups.problems(with: reader, scene, filter: filter, since: since)
    for problem in wrong.prefix(1) { Issue.record("\(problem)") }
    return wrong.isEmpty
  }

  @Test("Grouped by any key, kept current while spans arrive, every figure is what the spans say")
  func arriving() {
    var traffic = RandomTraffic(.announced("groups, arriving"))
    for round in 0..<3 {
      let scene = StoreScene(rowsPerSegment: round == 1 ? 50 : SegmentRows.maximum)
      let readers = Self.keys.map { GroupReader($0, joinsTraces: round != 0) }
      let spans = traffic.spans(ofTraces: 30)
      var taken = 0
      while taken < spans.count {
        let next = min(spans.count, taken + traffic.random.number(1...60))
        scene.receive(spans[taken..<next])
        taken = next
        for reader in readers { guard agree(reader, scene) else { return } }
        scene.now = scene.now + .milliseconds(traffic.random.number(0...4_000))
      }
      scene.now = scene.now + .seconds(10)
      for reader in readers { guard agree(reader, scene) else { return } }
    }
  }

  @Test("With a filter and a window only the traces of both count")
  func filtered() {
    var traffic = RandomTraffic(.announced("groups, filtered"))
    let scene = StoreScene()
    scene.receive(traffic.spans(ofTraces: 60))
    var filters = RandomFilters(SplitMix64(seed: traffic.random.next()))
    for _ in 0..<60 {
      let reader = GroupReader(traffic.random.pick(Self.keys), joinsTraces: false)
      let filter = filters.filter(depth: 2)
      let since = UnixNanos(RandomTraffic.start + traffic.random.number(0...3_200) * 1_000_000)
      guard agree(reader, scene, filter: filter), agree(reader, scene, since: since) else { return }
    }
  }

  @Test("Groups forget traces that were evicted, and read the rest on")
  func evicting() {
    var traffic = RandomTraffic(.announced("groups, evicting"))
    let scene = StoreScene(budgetBytes: 4 << 20)
    let readers = Self.keys.map { GroupReader($0, joinsTraces: true) }
    var first: UInt64 = 1
    while scene.writer.statistics.tracesEvicted == 0 || first < 200 {
      scene.receive(traffic.spans(ofTraces: 40, from: first, padding: 20_000))
      first += 40
      for reader in readers { guard agree(reader, scene) else { return } }
    }
  }

  @Test("A dimension needs no row, an attribute each row once, whatever is asked how often")
  func rowsScanned() throws {
    let scene = StoreScene()
    let tenant = GroupReader(try GroupKey("tenant"), joinsTraces: true)
    let region = GroupReader(try GroupKey("cloud.region"), joinsTraces: true)
    func ask() -> [UInt64] {
      [tenant, region].map { $0.update(to: scene.snapshot(), now: scene.now).rowsScanned }
    }
    scene.receive((1...100).map { StoreScene.span($0, 1) })
    #expect(ask() == [0, 100])
    #expect(ask() == [0, 100])
    scene.receive((1...5).map { StoreScene.span($0, 2, parent: 1) })
    #expect(ask() == [0, 105])
  }

  @Test(
    "A trace that stands for others counts as many, in groups and facets, and the table says so")
  func weighted() throws {
    let scene = StoreScene()
    scene.receive(
      (UInt64(1)...10).map { number in
        var span = StoreScene.span(number, 1)
        span.end = span.start + (number == 1 ? 1.s : 10.ms)
        span.attributes = [
          Attribute("tenant.id", .string(number <= 4 ? "acme" : "globex")),
          Attribute("llm.usage.total_tokens", .int(100)),
        ]
        span.statusCode = number == 1 ? .error : .unset
        return span
      })
    let held = scene.snapshot()
    for number in held.traceNumbers where held.chunks[number].errors == 0 {
      scene.writer.chunks.update(number) { $0.weight = 8 }
    }
    let snapshot = scene.snapshot()
    let reader = GroupReader(try GroupKey("tenant"), joinsTraces: true)
    let table = reader.update(to: snapshot, now: scene.now)
    #expect(table.isScaled)
    #expect(table.traces == 73)
    #expect(table.errors == 1)
    #expect(table.rows.map(\.value) == ["acme", "globex"])
    #expect(table.rows.map(\.traces) == [25, 48])
    #expect(table.rows.map(\.tokens) == [2_500, 4_800])
    // The one slow trace is a twenty-fifth of them.
    #expect(table.rows[0].p95.map { $0 < 11.ms } ?? false)
    #expect(table.rows[0].p99.map { $0 > 900.ms } ?? false)
    let facets = FacetReader(joinsTraces: true)
    facets.begin(snapshot, .all, now: scene.now)
    let tenant = facets.proceed()?.facets.first { $0.key == reader.key }
    #expect(tenant?.values.map(\.traces) == [48, 25])
  }

  @Test("Past the most values that are told apart the rest is one row, and the table says so")
  func manyValues() throws {
    let scene = StoreScene()
    let count = UInt64(GroupValues.maximumValues) + 500
    scene.receive(
      (1...count).map { number in
        var span = StoreScene.span(number, 1)
        span.attributes = [Attribute("order.id", .string("order \(number)"))]
        return span
      })
    let reader = GroupReader(try GroupKey("order.id"), joinsTraces: true)
    let table = reader.update(to: scene.snapshot(), now: scene.now, limit: 100)
    #expect(table.isAtLeast)
    #expect(table.values == GroupValues.maximumValues)
    #expect(table.rows.count == 100)
    #expect(table.others?.traces == Int(count) - 100)
    #expect(table.notSet == nil)
  }

  @Test("Asked in slices, a table has the newest traces first, whole, and all of them in the end")
  func slices() throws {
    var traffic = RandomTraffic(.announced("groups, slices"))
    let scene = StoreScene(budgetBytes: 16 << 20)
    for first in stride(from: UInt64(1), to: 400, by: 40) {
      scene.receive(traffic.spans(ofTraces: 40, from: first, padding: 6_000))
    }
    let reader = GroupReader(try GroupKey("tenant.id"), joinsTraces: false)
    var tables: [GroupTable] = []
    repeat {
      tables.append(reader.update(to: scene.snapshot(), now: scene.now, isTimeUp: { true }))
    } while tables.last?.isComplete == false && tables.count < 1_000
    #expect(tables.count > 1)
    #expect(tables.map(\.traces) == tables.map(\.traces).sorted())
    _ = agree(reader, scene)
  }

  @Test(
    "What has another value in every trace, or is an amount, is no key",
    arguments: ["dur", "trace", "id", "tokens", "cost", "spans", "event.name", "event.x", ""])
  func noKey(_ text: String) { #expect(throws: FilterError.self) { try GroupKey(text) } }

  @Test("A key is read as filters have it, and without quotes where nothing else is meant")
  func keyText() throws {
    #expect(try GroupKey("tenant").field == .dimension(.tenant))
    #expect(try GroupKey("\"tenant\"").field == .attribute("tenant"))
    #expect(try GroupKey("a b").field == .attribute("a b"))
    #expect(try GroupKey("resource.host.name").field == .attribute("host.name", in: .resource))
    #expect(try GroupKey("rootName").field == .intrinsic(.rootName))
  }
}
