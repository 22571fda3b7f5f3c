import Support
import Testing

@testable import Store

@Suite("Thinning by --sample")
struct SamplingTests {
  private static let policy = RetentionPolicy(sampling: 0.1, slowness: .from(.seconds(60)))

  private func ids(_ count: Int, seed: UInt64) -> [TraceID] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in TraceID(high: random.next(), low: random.next()) }
  }

  @Test("The same ids are kept in any order of arrival", arguments: [1, 2, 3] as [UInt64])
  func isDeterministic(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let ids = ids(3_000, seed: 77)
    var kept: [Set<UInt64>] = []
    for _ in 0..<2 {
      let scene = StoreScene(policy: Self.policy)
      var spans = ids.flatMap { scene.traceOf($0.low, high: $0.high) }
      spans.shuffle(using: &random)
      while !spans.isEmpty {
        let count = min(spans.count, Int.random(in: 1...700, using: &random))
        scene.receive(spans.suffix(count))
        spans.removeLast(count)
        scene.now = scene.now + .milliseconds(UInt64.random(in: 0...100, using: &random))
      }
      scene.pass(.seconds(11))
      kept.append(scene.held)
      #expect(scene.writer.statistics.isBalanced)
    }
    #expect(kept[0] == kept[1])
    #expect((200...400).contains(kept[0].count))
  }

  @Test("A count of spans leaves out what was thinned away, though nothing was evicted")
  func tally() throws {
    let scene = StoreScene(rowsPerSegment: 64, policy: Self.policy)
    for id in ids(200, seed: 9) { scene.receive(scene.traceOf(id.low, high: id.high)) }
    scene.pass(.seconds(11))
    let snapshot = scene.snapshot()
    #expect(snapshot.statistics.tracesEvicted == 0)
    #expect(snapshot.statistics.tracesSampledOut > 100)
    let filter = try #require(try FilterParser.parse("tenant.id?"))
    let tally = try #require(snapshot.tally(spansOf: filter))
    #expect(tally.spans == Int(snapshot.statistics.spansHeld))
  }

  @Test("Scaled counts are those of all that came, within what chance allows")
  func scaledCounts() throws {
    let scene = StoreScene(policy: Self.policy)
    let ids = ids(20_000, seed: 5)
    for (index, id) in ids.enumerated() {
      scene.receive(scene.traceOf(id.low, high: id.high, spans: 1, error: index % 100 == 0))
    }
    scene.pass(.seconds(11))
    let snapshot = scene.snapshot()
    let query = LiveQuery(filter: nil)
    let result = query.update(to: snapshot, now: scene.now)
    let traffic = result.traffic
    #expect(traffic.isScaled)
    let scaled = try #require(result.scaled)
    #expect(scaled.all == scaled.selected && scaled.all == traffic.windowTraces)
    #expect(scaled.failed == 200 && result.failed == 200)
    let failures = LiveQuery(filter: try FilterParser.parse("verdict=error"))
    let counted = failures.update(to: snapshot, now: scene.now).scaled
    #expect(counted == ScaledCounts(selected: 200, failed: 200, all: scaled.all))
    // 19,800 thinned to a tenth: the standard deviation of the estimate is 422.
    #expect(abs(traffic.windowTraces - 20_000) < 4 * 422)
    #expect(traffic.errorTraces == 200)
    #expect(snapshot.statistics.tracesHeld < 2_600)
    let weights = snapshot.traceNumbers.map { snapshot.weight(of: TraceNumber($0)) }
    let held = snapshot.traceNumbers.filter { snapshot.traceRecord($0) != nil }
    #expect(Set(held.map { snapshot.weight(of: TraceNumber($0)) }) == [1, 10])
    #expect(weights.count >= held.count)
    #expect(
      snapshot.statistics.tracesSampledOut + snapshot.statistics.tracesHeld == 20_000)
  }

  @Test("Groups and the route table count what was thinned away")
  func groups() throws {
    let scene = StoreScene(policy: Self.policy)
    for (index, id) in ids(7_000, seed: 6).enumerated() {
      scene.receive(scene.traceOf(id.low, high: id.high, spans: 1, error: index % 70 == 0))
    }
    scene.pass(.seconds(11))
    let snapshot = scene.snapshot()
    let reader = GroupReader(try GroupKey("tenant.id"), joinsTraces: false)
    let table = reader.update(to: snapshot, now: scene.now)
    #expect(table.isScaled)
    // 6,900 thinned to a tenth: the standard deviation of the sum is 250.
    #expect(abs(table.traces - 7_000) < 1_000)
    #expect(table.errors == 100)
    #expect(table.rows.count == 7)
    #expect(table.rows.reduce(0) { $0 + $1.errors } == 100)
    #expect(abs(table.rows.reduce(0) { $0 + $1.traces } - table.traces) < 7)
    let routes = RouteTableReader().update(
      to: snapshot, window: .all, now: scene.now, isSelected: { _ in true }, isTimeUp: { false })
    #expect(routes.isScaled)
    #expect(routes.requests == table.traces)
    #expect(routes.failed == 100)
    #expect(routes.read == Int(snapshot.statistics.tracesHeld))
  }

  @Test("Evidence of every kind is kept, each for itself alone")
  func evidence() throws {
    let scene = StoreScene(policy: RetentionPolicy(sampling: 0.0001, slowness: .from(2.s)))
    var flagged = scene.traceOf(1)
    flagged[1].name = "plano(llm) [FLAGGED]"
    flagged[1].attributes.append(Attribute("signals.quality", .string("poor")))
    var denied = scene.traceOf(2)
    denied[0].attributes.append(Attribute("error.type", .string("PluginViolationError")))
    var gone = scene.traceOf(3)
    gone[0].attributes.append(Attribute("response_flags", .string("DC")))
    scene.receive(scene.traceOf(4, error: true))
    scene.receive(scene.traceOf(5, took: 2.s))
    scene.receive(scene.traceOf(6, took: 1_999.ms))
    scene.receive(flagged + denied + gone)
    scene.receive(scene.traceOf(7))
    let pinned = try #require(scene.snapshot().find(TraceID(high: 0x5C1F, low: 7)))
    #expect(scene.pin(true, pinned.rawValue) == true)
    let snapshot = scene.snapshot()
    let evident = Set(
      snapshot.traceNumbers.compactMap { number in
        snapshot.traceRecord(number).flatMap { $0.evidence != 0 ? $0.id.low : nil }
      })
    #expect(evident.isSuperset(of: [2, 3, 4]))
    scene.pass(.seconds(9))
    #expect(scene.held == [1, 2, 3, 4, 5, 6, 7])
    scene.pass(.seconds(2))
    #expect(scene.held == evident.union([5, 7]))
    let after = scene.snapshot()
    for low in scene.held {
      let trace = try #require(after.find(TraceID(high: 0x5C1F, low: low)))
      #expect(after.weight(of: trace) == 1)
    }
  }

  @Test("The traces of one request go or stay together, and are counted alike")
  func wholeRequests() {
    let scene = StoreScene(policy: Self.policy)
    let ids = ids(4_000, seed: 9)
    var random = SplitMix64(seed: 4)
    // Pairs that share a request id, half of them with an error in one of the two.
    var pairs: [(UInt64, UInt64)] = []
    var spans: [[SpanRecord]] = []
    for pair in stride(from: 0, to: ids.count, by: 2) {
      pairs.append((ids[pair].low, ids[pair + 1].low))
      let id = "req-\(pair)-x"
      let isError = pair % 40 == 0
      spans.append(
        scene.traceOf(ids[pair].low, high: ids[pair].high, spans: 1, requestID: id))
      spans.append(
        scene.traceOf(
          ids[pair + 1].low, high: ids[pair + 1].high, spans: 1, error: isError, requestID: id))
    }
    spans.shuffle(using: &random)
    for (index, trace) in spans.enumerated() {
      scene.receive(trace)
      if index % 500 == 499 { scene.now = scene.now + .seconds(1) }
    }
    scene.pass(.seconds(11))
    let held = scene.held
    for (one, other) in pairs { #expect(held.contains(one) == held.contains(other)) }
    let snapshot = scene.snapshot()
    for number in snapshot.traceNumbers {
      guard snapshot.traceRecord(number) != nil else { continue }
      let members = snapshot.members(of: number)
      #expect(members.count == 2)
      #expect(Set(members.map { snapshot.weight(of: TraceNumber($0)) }).count == 1)
    }
    #expect(held.count > 200 && held.count < 1_000)
    #expect(scene.writer.statistics.isBalanced)
  }

  @Test("What comes late follows its request: its spans, and traces with its request id")
  func late() throws {
    let scene = StoreScene(policy: Self.policy)
    let ids = ids(400, seed: 31)
    for (index, id) in ids.enumerated() {
      scene.receive(scene.traceOf(id.low, high: id.high, requestID: "req-\(index)-y"))
    }
    scene.pass(.seconds(11))
    let kept = scene.held
    let before = scene.writer.statistics
    for (index, id) in ids.enumerated() {
      // A span with an error of the same trace, and another trace of the same request.
      var span = scene.traceOf(id.low, high: id.high, error: true)[0]
      span.spanID = SpanID(99)
      scene.receive([span])
      scene.receive(
        scene.traceOf(id.low ^ 1, high: id.high, spans: 1, requestID: "req-\(index)-y"))
    }
    let lost = UInt64(ids.count - kept.count)
    #expect(scene.writer.statistics.spansSampledOutLate - before.spansSampledOutLate == lost)
    #expect(scene.writer.statistics.errorsSampledOutLate - before.errorsSampledOutLate == lost)
    scene.pass(.seconds(11))
    #expect(scene.held == kept.union(kept.map { $0 ^ 1 }))
    let snapshot = scene.snapshot()
    for number in snapshot.traceNumbers where snapshot.traceRecord(number) != nil {
      // An error that came after the decision does not change what the request stands for.
      #expect(snapshot.weight(of: TraceNumber(number)) == 10)
    }
    #expect(scene.writer.statistics.isBalanced)
  }

  @Test("Nothing is decided before it has settled, however long it goes on arriving")
  func unsettled() {
    let scene = StoreScene(policy: Self.policy)
    var spans = scene.traceOf(1, spans: 60)
    for _ in 0..<20 {
      scene.receive(spans.prefix(3))
      spans.removeFirst(3)
      scene.pass(.seconds(9))
      #expect(scene.held == [1])
    }
    #expect(scene.summary(1)?.spanCount == 60)
  }

  @Test("Without a share nothing is decided, and everything counts as one")
  func off() {
    let scene = StoreScene()
    for number in 1...100 as ClosedRange<UInt64> { scene.receive(scene.traceOf(number)) }
    scene.pass(.seconds(60))
    #expect(scene.held.count == 100)
    #expect(scene.writer.forgotten == nil)
    #expect(scene.snapshot().statistics.sampledShare == nil)
    let traffic = LiveQuery(filter: nil).update(to: scene.snapshot(), now: scene.now).traffic
    #expect(!traffic.isScaled)
    #expect(traffic.windowTraces == 100)
  }

  @Test(
    "A share is read as people write it, and nothing else is",
    arguments: [
      ("10%", 0.1), ("0.1", 0.1), ("100%", 1), ("1", 1), ("0.5%", 0.005), ("0.01%", 0.0001),
      ("10", nil), ("0", nil), ("0%", nil), ("-1%", nil), ("101%", nil), ("", nil), ("%", nil),
      ("ten", nil), ("1e-1", nil), ("nan", nil), ("0.1.1", nil), ("10 %", nil), ("0x1", nil),
    ] as [(String, Double?)])
  func shares(text: String, share: Double?) {
    #expect(RetentionPolicy.share(text) == share)
  }

  @Test(
    "A duration for what is slow is read as people write it",
    arguments: [
      ("p99", .ofName), ("2s", .from(2.s)), ("250ms", .from(250.ms)), ("1.5s", .from(1_500.ms)),
      ("2m", .from(120.s)), ("2", nil), ("s", nil), ("-1s", nil), ("0s", nil), ("1d", nil),
    ] as [(String, RetentionPolicy.Slowness?)])
  func slowness(text: String, slowness: RetentionPolicy.Slowness?) {
    #expect(RetentionPolicy.slowness(text) == slowness)
  }
}

@Suite("Following another store's decisions")
struct FollowingTests {
  @Test(
    "A store that follows holds what the other holds, with its weights, also what comes in between")
  func follows() {
    let here = StoreScene(policy: RetentionPolicy(sampling: 0.1, slowness: .from(60.s)))
    let there = StoreScene()
    here.writer.reportsDecisions = true
    there.writer.followedShare = 0.1
    var random = SplitMix64(seed: 12)
    for _ in 0..<1_000 {
      let spans = here.traceOf(random.next(), high: random.next())
      here.receive(spans)
      there.receive(spans)
    }
    here.pass(.seconds(11))
    there.now = here.now
    there.writer.follow(here.writer.takeDecisions())
    #expect(there.held == here.held)
    let (one, other) = (here.snapshot(), there.snapshot())
    for number in one.traceNumbers {
      #expect(one.weight(of: TraceNumber(number)) == other.weight(of: TraceNumber(number)))
    }
    #expect(other.statistics.isBalanced)
    #expect(other.statistics.sampledShare == 0.1)
    #expect(other.statistics.tracesSampledOut == one.statistics.tracesSampledOut)
  }

  @Test("After being away, what the other has let go meanwhile goes; what it sent again stays")
  func catchesUp() {
    let scene = StoreScene()
    for number in 1...3 as ClosedRange<UInt64> { scene.receive(scene.traceOf(number)) }
    scene.writer.followedShare = 0.1
    scene.writer.beginCatchingUp()
    scene.receive(scene.traceOf(2))
    scene.writer.follow([
      SamplingDecision(trace: TraceID(high: 0x5C1F, low: 9), weight: 10),
      SamplingDecision(trace: TraceID(high: 0x5C1F, low: 8), weight: 0),
    ])
    scene.receive(scene.traceOf(9) + scene.traceOf(8))
    scene.writer.endCatchingUp(isSame: true)
    #expect(scene.held == [2, 9])
    let snapshot = scene.snapshot()
    let weight = snapshot.find(TraceID(high: 0x5C1F, low: 9)).map { snapshot.weight(of: $0) }
    #expect(weight == 10)
    #expect(snapshot.statistics.isBalanced)

    // Another collector's word says nothing of what the one before it sent.
    scene.writer.beginCatchingUp()
    scene.writer.endCatchingUp(isSame: false)
    #expect(scene.held == [2, 9])
  }
}
