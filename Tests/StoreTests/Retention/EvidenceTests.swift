import Support
import Testing

@testable import Store

@Suite("Evidence stays longer")
struct EvidenceTests {
  private static let budget = 24 << 20
  /// A sampled load that is packed has to go past it.
  private static let smallBudget = 8 << 20

  @Test("Errors outlive what came with them, whole and readable, and memory stays in its budget")
  func errors() throws {
    let scene = StoreScene(budgetBytes: Self.budget)
    var errors: [UInt64: [SpanRecord]] = [:]
    for number in 1...6_000 as ClosedRange<UInt64> {
      let isError = number % 50 == 0
      let spans = scene.traceOf(number, padding: 4_000, error: isError)
      if isError { errors[number] = spans }
      scene.receive(spans)
      let statistics = scene.snapshot().statistics
      #expect(statistics.memoryBytes <= Self.budget)
      #expect(statistics.isBalanced)
    }
    let snapshot = scene.snapshot()
    #expect(snapshot.statistics.tracesEvicted > 3_000)
    #expect(snapshot.statistics.tracesEvictedEvidence == 0)
    #expect(snapshot.moves > 0)
    let held = scene.held
    #expect(Set(errors.keys).isSubset(of: held))
    for (number, spans) in errors {
      let trace = try #require(snapshot.find(TraceID(high: 0x5C1F, low: number)))
      let rows = snapshot.spans(of: trace)
      #expect(rows.map { snapshot.record(of: $0.reference) } == spans)
      let summary = try #require(snapshot.summary(of: trace, now: scene.now))
      #expect(summary.tenant == "tenant-\(number % 7)")
      #expect(summary.spanCount == 3)
      #expect(summary.rootName == "POST /v1/chat")
      #expect(snapshot.weight(of: trace) == 1)
    }
  }

  @Test("In a store that was filled newest first, the oldest by time go all the same")
  func backfilled() {
    let scene = StoreScene(budgetBytes: Self.budget)
    scene.writer.isBackfilled = true
    for number in 1...4_000 as ClosedRange<UInt64> {
      var spans = scene.traceOf(number, padding: 4_000)
      for index in spans.indices {
        spans[index].start = spans[index].start - .seconds(number)
        spans[index].end = spans[index].end - .seconds(number)
      }
      scene.receive(spans)
    }
    let statistics = scene.snapshot().statistics
    #expect(statistics.isBalanced)
    #expect(statistics.tracesEvicted > 1_000)
    // The last to come are in the open segment still, old as they are.
    let held = scene.held.sorted()
    let unbroken = zip(held, 1...).prefix { $0 == UInt64($1) }.count
    #expect(unbroken > 1_000)
  }

  @Test("Past its share of the budget the oldest evidence goes, and is counted apart")
  func share() {
    let scene = StoreScene(budgetBytes: Self.budget)
    for number in 1...6_000 as ClosedRange<UInt64> {
      scene.receive(scene.traceOf(number, padding: 4_000, error: number % 2 == 0))
      #expect(scene.writer.bytes <= Self.budget)
    }
    let statistics = scene.snapshot().statistics
    #expect(statistics.isBalanced)
    #expect(statistics.tracesEvictedEvidence > 500)
    let held = scene.held
    // What is new is held, errors or not, and of the errors held none is older than one that went.
    #expect(held.isSuperset(of: 5_950...6_000))
    let errors = held.filter { $0 % 2 == 0 }
    let oldest = errors.min() ?? 0
    #expect(errors.count > 500)
    #expect(errors == Set(stride(from: oldest, through: 6_000, by: 2)))
  }

  @Test("A pin outlives errors; without the pin it goes")
  func pins() throws {
    for isPinned in [true, false] {
      let scene = StoreScene(budgetBytes: Self.budget)
      scene.receive(scene.traceOf(1, padding: 4_000))
      let first = try #require(scene.snapshot().find(TraceID(high: 0x5C1F, low: 1)))
      #expect(scene.pin(true, first.rawValue) == true)
      #expect(scene.summary(1)?.isPinned == true)
      #expect(scene.pin(isPinned, first.rawValue) == true)
      for number in 2...6_000 as ClosedRange<UInt64> {
        scene.receive(scene.traceOf(number, padding: 4_000, error: number % 2 == 0))
      }
      #expect((scene.summary(1) != nil) == isPinned)
      #expect(scene.snapshot().statistics.tracesEvictedEvidence > 0)
      #expect(scene.pin(true, 1_000_000) == false)
    }
  }

  @Test("What takes longer than 99 of 100 of its name is evidence; what does not, is not")
  func slow() {
    let scene = StoreScene(budgetBytes: Self.budget)
    var slow: Set<UInt64> = []
    for number in 1...6_000 as ClosedRange<UInt64> {
      // Two kinds of request: what is slow for one is usual for the other.
      let isTool = number % 2 == 0
      let isSlow = number > 500 && number % 500 == 0
      if isSlow { slow.insert(number) }
      scene.receive(
        scene.traceOf(
          number, padding: 4_000, took: isTool ? (isSlow ? 2_000.ms : 20.ms) : 5_000.ms,
          name: isTool ? "tool.invoke" : "POST /v1/chat"))
    }
    let held = scene.held
    #expect(held.isSuperset(of: slow))
    #expect(held.filter { $0 < 3_000 } == slow.filter { $0 < 3_000 })
  }

  @Test("A snapshot taken before segments were merged still reads its spans, and so does a new one")
  func snapshots() throws {
    let scene = StoreScene(budgetBytes: Self.budget)
    var number: UInt64 = 1
    func receive() {
      scene.receive(scene.traceOf(number, padding: 4_000, error: number % 20 == 0))
      number += 1
    }
    while number < 1_500 { receive() }
    let before = scene.snapshot()
    let references = try (1...70).map { index in
      let trace = try #require(before.find(TraceID(high: 0x5C1F, low: UInt64(index * 20))))
      return (index * 20, try #require(before.references(of: trace).first))
    }
    let wanted = references.map { before.record(of: $0.1) }
    while scene.writer.moves < 5 { receive() }
    let after = scene.snapshot()
    #expect(references.map { before.record(of: $0.1) } == wanted)
    // A row keeps its number wherever it goes.
    #expect(references.map { after.record(of: $0.1) } == wanted)
    #expect(wanted.allSatisfy { $0 != nil })
    // The order in which traces were touched last is as it was.
    let recent = after.tracesByRecency.compactMap { after.id(of: $0)?.low }
    #expect(recent == recent.sorted(by: >))
    #expect(recent.count == Int(after.statistics.tracesHeld))
  }

  @Test("A filter kept current selects the same as one asked anew, while segments are merged")
  func filters() throws {
    let texts = [
      "verdict=error", "tenant=tenant-3", "{ name=SELECT } && err",
      "{ tenant=tenant-2 } >> { name=SELECT }",
      "count() > 2", "not tenant=tenant-1",
    ]
    let filters = try texts.map { try FilterParser.parse($0) }
    let live = filters.map { LiveQuery(filter: $0) }
    // One that looks seldom, and one that is never done with history.
    let seldom = filters.map { LiveQuery(filter: $0) }
    let slow = filters.map { LiveQuery(filter: $0) }
    let scene = StoreScene(budgetBytes: Self.budget)
    for number in 1...1_800 as ClosedRange<UInt64> {
      scene.receive(scene.traceOf(number, padding: 8_000, error: number % 20 == 0))
      guard number % 97 == 0 else { continue }
      let snapshot = scene.snapshot()
      for (index, filter) in filters.enumerated() {
        let fresh = LiveQuery(filter: filter).update(to: snapshot, now: scene.now).traces
        #expect(live[index].update(to: snapshot, now: scene.now).traces == fresh, "\(texts[index])")
        if number % 485 == 0 {
          #expect(
            seldom[index].update(to: snapshot, now: scene.now).traces == fresh, "\(texts[index])")
        }
        let part = slow[index].update(to: snapshot, now: scene.now, historyRows: 1)
        if part.isComplete { #expect(part.traces == fresh, "\(texts[index])") }
      }
    }
    #expect(scene.writer.moves > 3)
  }

  @Test("Received is held, evicted, rejected and duplicate, at every moment of a mixed load")
  func balance() {
    var random = SplitMix64(seed: 20_251_121)
    let scene = StoreScene(budgetBytes: Self.smallBudget, policy: RetentionPolicy(sampling: 0.2))
    for number in 1...3_000 as ClosedRange<UInt64> {
      var spans = scene.traceOf(
        number, spans: Int.random(in: 1...70, using: &random), padding: 500,
        error: Int.random(in: 0..<20, using: &random) == 0)
      if Bool.random(using: &random) { spans += spans.prefix(2) }
      if number > 50, Int.random(in: 0..<5, using: &random) == 0 {
        // A late span of an earlier request, which may be held or not.
        var late = scene.traceOf(UInt64.random(in: 1..<number, using: &random))[1]
        late.spanID = SpanID(UInt64.random(in: 1_000..<2_000, using: &random))
        spans.append(late)
      }
      scene.receive(spans)
      scene.now = scene.now + .milliseconds(UInt64.random(in: 0..<200, using: &random))
      let statistics = scene.writer.statistics
      #expect(statistics.isBalanced)
      #expect(scene.writer.bytes <= Self.smallBudget)
    }
    let statistics = scene.snapshot().statistics
    #expect(statistics.isBalanced)
    #expect(statistics.spansSampledOut > 0)
    #expect(statistics.spansEvicted > 0)
    #expect(statistics.spansSampledOutLate > 0)
    let snapshot = scene.snapshot()
    let spans = snapshot.traceNumbers.reduce(0) { $0 + Int(snapshot.traceRecord($1)?.spans ?? 0) }
    #expect(UInt64(spans) == statistics.spansHeld)
  }
}
