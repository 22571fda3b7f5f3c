import Support
import Testing

@testable import Store

/// The naive model: facts as they came, and groups by looking at every pair of traces.
private struct NaiveRequests {
  /// The traces that hold each id, those that are not held any more left out.
  var holders: [String: [UInt64]] = [:]
  var tooCommon: Set<String> = []
  /// The most traces that were seen to hang together.
  private(set) var widest = 0

  mutating func add(_ id: String, _ number: UInt64, _ arrival: (UInt64) -> UInt64) {
    if tooCommon.contains(id) {
      holders[id] = [number]
      return
    }
    guard !holders[id, default: []].contains(number) else { return }
    holders[id, default: []].append(number)
    let all = holders[id, default: []]
    let arrivals = all.map(arrival)
    let spread = (arrivals.max() ?? 0) - (arrivals.min() ?? 0)
    if all.count > RequestLimits.traces || spread > RequestLimits.arrival.rawValue {
      tooCommon.insert(id)
      holders[id] = [number]
    }
  }

  mutating func forget(_ isHeld: (UInt64) -> Bool) {
    for id in holders.keys {
      holders[id]?.removeAll { !isHeld($0) }
      if holders[id]?.isEmpty ?? true {
        holders[id] = nil
        tooCommon.remove(id)
      }
    }
  }

  /// Everything that hangs together, but what is too much.
  mutating func groups(of traces: [UInt64], _ links: [[UInt64]]) -> [UInt64: Set<UInt64>] {
    var group: [UInt64: UInt64] = [:]
    for trace in traces { group[trace] = trace }
    for together in holders.filter({ !tooCommon.contains($0.key) }).map(\.value) + links {
      let names = Set(together.compactMap { group[$0] })
      guard names.count > 1, let name = names.min() else { continue }
      for trace in traces where names.contains(group[trace] ?? 0) { group[trace] = name }
    }
    var members: [UInt64: Set<UInt64>] = [:]
    for trace in traces { members[group[trace] ?? 0, default: []].insert(trace) }
    var result: [UInt64: Set<UInt64>] = [:]
    for trace in traces {
      let all = members[group[trace] ?? 0] ?? []
      widest = max(widest, all.count)
      result[trace] = all.count > RequestLimits.traces ? [trace] : all
    }
    return result
  }
}

@Suite("Requests at random")
struct RequestPropertyTests {
  /// The numbers of the traces held, by their id's low half.
  private func numbers(_ snapshot: Snapshot) -> [UInt64: UInt64] {
    var numbers: [UInt64: UInt64] = [:]
    for number in snapshot.traceNumbers {
      if let record = snapshot.traceRecord(number) { numbers[record.id.low] = number }
    }
    return numbers
  }

  /// Notes for each span that traces lack as a parent those traces and the ones that have it. They
  /// stay one request when the trace of the parent goes first.
  private func note(
    _ snapshot: Snapshot, _ numbers: [UInt64: UInt64], in links: inout [SpanID: Set<UInt64>]
  ) {
    var owners: [SpanID: Set<UInt64>] = [:]
    var spans: [UInt64: [SpanRow]] = [:]
    for number in numbers.values {
      spans[number] = snapshot.spans(of: TraceNumber(number))
      for span in spans[number] ?? [] { owners[span.spanID, default: []].insert(number) }
    }
    for (number, rows) in spans {
      for row in rows where !row.parentSpanID.isNone {
        guard let holders = owners[row.parentSpanID], !holders.contains(number) else { continue }
        links[row.parentSpanID, default: []].formUnion(holders.union([number]))
      }
    }
    for id in links.keys { links[id]?.formIntersection(numbers.values) }
  }

  @Test(
    "Requests are what hangs together, while spans arrive in any order and are evicted",
    arguments: [(0, false), (20_000, false), (0, true), (20_000, true)])
  func groups(padding: Int, follows: Bool) {
    var random = SplitMix64.announced("requests, padding \(padding), following \(follows)")
    let scene = StoreScene(budgetBytes: padding > 0 ? 5 << 20 : 1 << 30)
    var naive = NaiveRequests()
    var arrivals: [UInt64: UInt64] = [:]
    var links: [SpanID: Set<UInt64>] = [:]
    var nextSpan: UInt64 = 1
    var largest = 0
    for step in 0..<200 {
      var batch: [SpanRecord] = []
      for _ in 0..<random.number(1...12) {
        let trace = UInt64(step * 2) + random.number(0...40)
        nextSpan += 1
        // Some ids are rare, some are everywhere; for a while they make long chains.
        let isChained = 60..<120 ~= step
        let id: String? =
          switch random.number(0...9) {
          case _ where isChained: "chain-\(trace / 2 + random.number(0...1))"
          case 0...3: "request-\(trace / 3 + random.number(0...1))"
          case 4: "often-\(random.number(0...2))"
          case 5: "never"
          default: nil
          }
        let near = Int(nextSpan) + random.number(-40...40)
        let parent = random.chance(30) && near > 0 ? UInt64(near) : 0
        batch.append(
          StoreScene.span(
            trace, nextSpan, parent: parent == nextSpan ? 0 : parent, request: id,
            padding: padding))
      }
      scene.receive(batch)
      if follows, step % 4 == 3 {
        // Single traces of requests go, as another store has decided.
        let going = (0..<3).map { _ in UInt64(step * 2) + random.number(0...40) }
        scene.writer.follow(
          going.map { SamplingDecision(trace: StoreScene.span($0, 1).traceID, weight: 0) })
      }
      let snapshot = scene.snapshot()
      let numbers = numbers(snapshot)
      let held = Set(numbers.values)
      naive.forget { held.contains($0) }
      for span in batch {
        guard let number = numbers[span.traceID.low] else { continue }
        if arrivals[number] == nil { arrivals[number] = scene.now.rawValue }
        if case .string(let id)? = span.attributes.first?.value, id != "never" {
          naive.add(id, number) { arrivals[$0] ?? 0 }
        }
      }
      note(snapshot, numbers, in: &links)
      let expected = naive.groups(of: held.sorted(), links.values.map(Array.init))
      for number in held {
        let found = Set(snapshot.requestTraces(of: TraceNumber(number)).map(\.rawValue))
        largest = max(largest, found.count)
        guard found == expected[number] else {
          Issue.record(
            "step \(step), trace \(number): \(found.sorted()), naive \(expected[number] ?? [])")
          return
        }
      }
      #expect(snapshot.requestsHeld == Set(expected.values).count)
      scene.now = scene.now + .milliseconds(random.number(0...8_000))
    }
    #expect(largest > 4)
    #expect(naive.widest > RequestLimits.traces)
    #expect(padding == 0 || scene.writer.statistics.tracesEvicted > 50)
  }

  @Test("A filter over requests selects what it selects of each request as one trace")
  func queries() {
    var random = SplitMix64.announced("queries over requests")
    var traffic = RandomTraffic(SplitMix64(seed: random.next()))
    var filters = RandomFilters(SplitMix64(seed: random.next()))
    let scene = StoreScene(budgetBytes: 8 << 20)
    var queries: [(filter: Filter?, live: LiveQuery)] = [
      (nil, LiveQuery(filter: nil, joinsTraces: true))
    ]
    for _ in 0..<50 {
      let filter = filters.filter(depth: 3)
      queries.append((filter, LiveQuery(filter: filter, joinsTraces: true)))
    }
    for step in 0..<24 {
      var spans = traffic.spans(ofTraces: 12, from: UInt64(step * 10 + 1), padding: 20_000)
      for index in spans.indices where random.chance(25) {
        let near = spans[index].traceID.low / 3 + random.number(0...1)
        spans[index].attributes.append(Attribute("request_id", .string("request-\(near)")))
      }
      scene.receive(spans)
      guard agree(queries, scene) else { return }
      // The same filter begun now, its history looked at a segment at a time while nothing arrives.
      let (filter, kept) = queries[random.number(0...queries.count - 1)]
      let late = LiveQuery(filter: filter, joinsTraces: true)
      let snapshot = scene.snapshot()
      var result = late.update(to: snapshot, now: scene.now, historyRows: 1)
      while !result.isComplete {
        result = late.update(to: snapshot, now: scene.now, historyRows: 1)
      }
      #expect(result.traces == kept.update(to: snapshot, now: scene.now).traces)
      scene.now = scene.now + .milliseconds(random.number(0...6_000))
    }
    scene.now = scene.now + .seconds(10)
    _ = agree(queries, scene)
    #expect(scene.writer.statistics.tracesEvicted > 20)
  }

  private func agree(
    _ queries: [(filter: Filter?, live: LiveQuery)], _ scene: StoreScene
  ) -> Bool {
    let snapshot = scene.snapshot()
    let requests = Set(snapshot.traceNumbers.map { snapshot.members(of: $0) }).subtracting([[]])
    let facts = requests.compactMap { members in
      snapshot.requestRecord(members).flatMap {
        snapshot.facts(ofRequest: members, $0, now: scene.now)
      }
    }
    for (filter, live) in queries {
      let result = live.update(to: snapshot, now: scene.now)
      let expected = facts.filter { NaiveEvaluator($0).matches(filter) }.map(\.summary).sorted {
        $0.start != $1.start ? $0.start < $1.start : $0.number < $1.number
      }
      let joined = expected.filter { snapshot.requestTraces(of: $0.number).count > 1 }
      guard result.traces == expected.map(\.number), result.requestsHeld == facts.count,
        result.joinedRows == joined.count
      else {
        Issue.record(
          """
          \(filter.map { "\($0)" } ?? "everything")
          live \(result.traces.map(\.rawValue)), joined \(result.joinedRows), \
          of \(result.requestsHeld)
          naive \(expected.map(\.number.rawValue)), joined \(joined.count), of \(facts.count)
          """)
        return false
      }
    }
    return true
  }
}
