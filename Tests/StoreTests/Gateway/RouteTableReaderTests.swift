import Support
import Testing

@testable import Store

@Suite("Routes and filters, added up")
struct RouteTableReaderTests {
  private func table(
    _ reader: RouteTableReader, _ snapshot: Snapshot, _ now: UnixNanos,
    window: RouteWindow = .all, isSelected: (TraceNumber) -> Bool = { _ in true },
    isTimeUp: () -> Bool = { false }
  ) -> RouteTable {
    reader.update(
      to: snapshot, window: window, now: now, isSelected: isSelected, isTimeUp: isTimeUp)
  }

  /// A call through Plano: a route or none, filters that ran, one of which may have refused.
  private func call(
    _ number: UInt64, model: String = "openai/gpt-4o", route: String? = nil,
    filters: [String] = [], refuses: String? = nil, status: Int64 = 200
  ) -> [SpanRecord] {
    let start = UnixNanos(1_763_733_731_000_000_000 + number * 1_000_000)
    let ran = TraceBuilder(number: number, start: start) {
      root("POST /v1/chat/completions auto -> \(model)", 100.ms, service: "plano(llm)") {
        for filter in filters {
          child("execute_raw_filter (\(filter))", 10.ms, service: "plano(filter)")
            .attributes(["filter_name": .string(filter)])
        }
        child("routing", 40.ms, service: "plano(routing)")
          .attributes([
            "model.requested": "auto", "routing.determination_ms": 40,
            "route.selected_model": .string(route == nil ? "none" : model),
          ])
      }
    }.spans
    var spans = ran
    spans[0].attributes = [
      Attribute("llm.model", .string(model)), Attribute("http.status_code", .int(status)),
      Attribute("llm.usage.total_cost_usd", .double(0.02)),
    ]
    if let route { spans[0].attributes.append(Attribute("plano.route.name", .string(route))) }
    if let refuses {
      spans[0].events.append(
        SpanEvent(
          time: start + 11.ms, name: "client error from filter chain",
          attributes: [
            Attribute("agent", .string(refuses)), Attribute("status", .string("400")),
            Attribute("body", .string("no")),
          ]))
    }
    return spans
  }

  @Test("Whole rows for requests counted by hand")
  func rows() {
    let scene = StoreScene()
    scene.receive(call(1, route: "code", filters: ["guard", "pii"]))
    scene.receive(call(2, route: "code", filters: ["guard"], status: 504))
    scene.receive(call(3, model: "openai/mini"))
    scene.receive(call(4, route: "code", filters: ["guard"], refuses: "guard"))
    let table = table(RouteTableReader(), scene.snapshot(), scene.now)
    var code = RouteTable.Route(
      key: RouteKey(route: "code", asked: "auto", model: "openai/gpt-4o"))
    (code.requests, code.failed, code.costed) = (3, 2, 3)
    code.costUSD = 0.02 + 0.02 + 0.02
    code.decisionP50 = table.routes.first?.decisionP50
    #expect(table.routes.first == code)
    #expect(table.routes.map(\.requests) == [3, 1])
    // At most 1.6 % off.
    #expect(abs((code.decisionP50?.milliseconds ?? 0) - 40) <= 40 * 0.016)
    #expect(table.steps.map(\.key.name) == ["guard", "pii"])
    #expect(table.steps.map(\.runs) == [3, 1])
    #expect(table.steps.map(\.allowed) == [2, 1])
    #expect(table.steps.map(\.denied) == [1, 0])
    #expect(table.denials.map(\.key) == [DenialKey(filter: "guard", code: "400", reason: "no")])
    #expect(table.denials.first?.examples.map(\.trace) == [TraceNumber(3)])
    #expect((table.selected, table.read, table.failed, table.withoutModel) == (4, 4, 2, 0))
  }

  @Test("Each figure counts exactly the traces that it leads to")
  func cells() {
    let scene = StoreScene()
    scene.receive(call(1, route: "code", filters: ["guard"]))
    scene.receive(call(2, route: "code", filters: ["guard"], refuses: "guard"))
    scene.receive(call(3, model: "openai/mini"))
    let reader = RouteTableReader()
    let snapshot = scene.snapshot()
    let table = table(reader, snapshot, scene.now)
    for route in table.routes {
      let row = RouteTable.Row.route(route.key)
      #expect(reader.traces(of: .init(row), in: snapshot).count == route.requests)
      #expect(reader.traces(of: .init(row, .failed), in: snapshot).count == route.failed)
      #expect(reader.traces(of: .init(row, .fallbacks), in: snapshot).count == route.fallbacks)
    }
    let guardRow = RouteTable.Row.step(StepKey(name: "guard", hook: "in"))
    #expect(reader.traces(of: .init(guardRow, .denied), in: snapshot) == [TraceNumber(1)])
    #expect(reader.traces(of: .init(guardRow), in: snapshot).count == 2)
  }

  @Test("History is read newest first, a slice at a time, and what is missing is said")
  func slices() {
    let scene = StoreScene()
    for number in 1...10 { scene.receive(call(UInt64(number), route: "r\(number)")) }
    let reader = RouteTableReader()
    let first = table(reader, scene.snapshot(), scene.now, isTimeUp: { true })
    #expect((first.selected, first.read, first.isComplete) == (10, 1, false))
    #expect(first.routes.map(\.key.route) == ["r10"])
    for read in 2...10 {
      #expect(table(reader, scene.snapshot(), scene.now, isTimeUp: { true }).read == read)
    }
    #expect(table(reader, scene.snapshot(), scene.now).isComplete)
  }

  @Test("A trace leaves with the window")
  func window() {
    let scene = StoreScene()
    scene.receive(call(1))
    let reader = RouteTableReader()
    let now = table(reader, scene.snapshot(), scene.now, window: .minute)
    #expect((now.selected, now.nextChange) == (1, scene.now + 60.s))
    let later = table(reader, scene.snapshot(), scene.now + 60.s, window: .minute)
    #expect(later == RouteTable(window: .minute))
  }

  @Test("A window that ends at another moment than now is left by nothing")
  func windowOfAFile() {
    let scene = StoreScene()
    scene.receive(call(1))
    let snapshot = scene.snapshot()
    let table = RouteTableReader().update(
      to: snapshot, window: .minute, now: scene.now + .seconds(86_400),
      windowEnd: snapshot.statistics.newestSpan, isSelected: { _ in true }, isTimeUp: { false })
    #expect((table.selected, table.nextChange) == (1, nil))
  }

  @Test("Names without end count as others")
  func others() {
    let scene = StoreScene()
    let limit = RouteTableCatalog<RouteKey>.maximumRows
    for number in 1...limit + 20 { scene.receive(call(UInt64(number), route: "r\(number)")) }
    let table = table(RouteTableReader(), scene.snapshot(), scene.now)
    #expect(table.routes.count == limit + 1)
    #expect(table.routes.first { $0.key.isOthers }?.requests == 20)
  }

  @Test("While spans arrive and traces are evicted, figures equal a count from scratch")
  func recount() {
    var random = SplitMix64.announced("route table, live")
    let scene = StoreScene(budgetBytes: 8 << 20)
    let reader = RouteTableReader()
    var pending: [[SpanRecord]] = []
    var evicted = false
    for step in 1...1_500 {
      let names = ["guard", "pii", "rag"]
      let filters = names.filter { _ in random.chance(50) }
      var spans = call(
        UInt64(step), model: random.pick(["openai/a", "openai/b"]),
        route: random.pick(["code", "support", nil]),
        filters: filters, refuses: random.chance(20) ? filters.first : nil,
        status: random.chance(20) ? 500 : 200)
      // Enough text that the oldest make room.
      for place in spans.indices {
        let text = String(repeating: "\(step)-\(place) ", count: 600)
        spans[place].attributes.append(Attribute("noise", .string(text)))
      }
      for place in spans.indices { spans.swapAt(place, random.number(0...spans.count - 1)) }
      let cut = random.number(0...spans.count)
      scene.receive(spans.prefix(cut))
      pending.append(Array(spans.dropFirst(cut)))
      while pending.count > 5 {
        scene.receive(pending.remove(at: random.number(0...pending.count - 1)))
      }
      scene.now = scene.now + 20.ms
      guard step % 100 == 0 else { continue }
      let snapshot = scene.snapshot()
      evicted = evicted || snapshot.statistics.tracesEvicted > 0
      let window = random.pick([RouteWindow.all, .minute, .fiveMinutes])
      let isOdd = random.chance(50)
      let select: (TraceNumber) -> Bool = { !isOdd || $0.rawValue % 2 == 1 }
      // What takes long to read may be read later.
      let now = scene.now + 60.s
      let live = table(reader, snapshot, now, window: window, isSelected: select)
      let fresh = table(RouteTableReader(), snapshot, now, window: window, isSelected: select)
      #expect(live == fresh)
      #expect(live.isComplete)
    }
    #expect(evicted, "the store has to evict for this to say something")
  }
}
