import Support
import Testing

@testable import Store

@Suite("Store: what is said of a trace")
struct StoreTests {
  private static let day = Nanoseconds.seconds(86_400)

  /// A chain under a root: span n has the parent n - 1.
  private func chain(_ count: Int, number: UInt64 = 1) -> [SpanRecord] {
    (1...UInt64(count)).map { id in
      SpanRecord(
        traceID: TraceID(high: 0x5C1F, low: number), spanID: SpanID(id),
        parentSpanID: SpanID(id - 1), name: "span \(id)",
        start: UnixNanos(1_763_733_731_000_000_000 + id), end: UnixNanos(1_763_733_731_000_000_100))
    }
  }

  @Test(
    "A span that comes twice is held once, in small traces and large", arguments: [3, 48, 49, 200])
  func duplicates(size: Int) {
    let scene = StoreScene()
    let spans = chain(size)
    #expect(scene.receive(spans).duplicates == 0)
    let again = scene.receive(spans + spans)
    #expect(again.accepted == 2 * size && again.duplicates == 2 * size)
    #expect(scene.summary()?.spanCount == size)
    let statistics = scene.snapshot().statistics
    #expect(statistics.spansReceived == UInt64(3 * size))
    #expect(statistics.spansHeld == UInt64(size))
    #expect(statistics.spansDuplicate == UInt64(2 * size))
  }

  @Test(
    "What is said of traces is the same however their spans share requests and stand among each other"
  )
  func interleaved() {
    var random = SplitMix64.announced("spans among each other")
    var traffic = RandomTraffic(SplitMix64(seed: random.next()))
    var spans = traffic.spans(ofTraces: 80)
    for step in 0..<3 {
      // Side by side, as they come, at random.
      if step == 0 { spans.sort { $0.traceID < $1.traceID } }
      if step == 2 { spans.shuffle(using: &random) }
      let (whole, single) = (StoreScene(rowsPerSegment: 70), StoreScene(rowsPerSegment: 70))
      var taken = 0
      var held: [Snapshot] = []
      while taken < spans.count {
        let next = min(spans.count, taken + random.number(1...120))
        whole.receive(spans[taken..<next])
        for span in spans[taken..<next] { single.receive([span]) }
        // Chunks that a snapshot holds are copied before they change.
        if random.chance(50) { held.append(whole.snapshot()) }
        taken = next
      }
      let (left, right) = (whole.snapshot(), single.snapshot())
      #expect(left.traceNumbers == right.traceNumbers)
      for number in left.traceNumbers {
        let trace = TraceNumber(number)
        #expect(left.id(of: trace) == right.id(of: trace))
        #expect(
          left.summary(of: trace, now: whole.now) == right.summary(of: trace, now: single.now))
      }
    }
  }

  @Test(
    "Missing parents are right after every span, whatever the order", arguments: [5, 47, 49, 120])
  func missingParents(size: Int) {
    var random = SplitMix64.announced("missing parents")
    let scene = StoreScene()
    var spans = chain(size)
    // Two orphans of one parent, one that is its own parent, a circle of two, a second root.
    for (id, parent) in [(901, 999), (902, 999), (903, 903), (904, 905), (905, 904), (906, 0)] {
      var span = spans[0]
      span.spanID = SpanID(UInt64(id))
      span.parentSpanID = SpanID(UInt64(parent))
      spans.append(span)
    }
    spans.shuffle(using: &random)
    var present: Set<SpanID> = [.none]
    var waiting: [SpanID] = []
    for span in spans {
      scene.receive([span, span])
      present.insert(span.spanID)
      waiting.append(span.parentSpanID)
      let missing = waiting.filter { !present.contains($0) }.count
      #expect(scene.summary()?.missingParents == missing)
    }
    #expect(scene.summary()?.missingParents == 2)
    #expect(scene.summary()?.spanCount == size + 6)
  }

  @Test("The earliest root is the root, whatever the order; before it comes, the earliest span")
  func roots() {
    let scene = StoreScene()
    let spans = TraceBuilder {
      root("first", 5.ms, service: "a") { child("inner", 1.ms) }
      root("second", 5.ms, service: "b")
      root("unset", 1.ms, service: "c")
    }.spans
    var unset = spans[3]
    unset.start = UnixNanos(0)
    scene.receive([spans[1]])
    #expect(scene.summary()?.rootName == "inner")
    #expect(scene.summary()?.hasRoot == false)
    for (span, name) in [(unset, "unset"), (spans[2], "second"), (spans[0], "first")] {
      scene.receive([span])
      #expect(scene.summary()?.rootName == name)
    }
    #expect(scene.summary()?.rootService == "a")
  }

  @Test("Zero, reversed and future times are held as they came")
  func times() {
    let scene = StoreScene()
    var spans = chain(3)
    let start = spans[0].start
    spans[0].end = start - .seconds(5)
    spans[1].start = UnixNanos(0)
    spans[1].end = UnixNanos(0)
    spans[2].start = start + Self.day
    spans[2].end = UnixNanos(.max)
    scene.receive(spans)
    let snapshot = scene.snapshot()
    let rows = snapshot.spans(of: TraceNumber(0))
    #expect(rows.compactMap { snapshot.record(of: $0.reference) } == spans)
    #expect(rows.map(\.duration.rawValue).prefix(2) == [0, 0])
    #expect(scene.summary()?.start == start)
    #expect(scene.summary()?.end == UnixNanos(.max))
  }

  @Test("Traffic is measured whatever the times are")
  func trafficOfWildTimes() {
    let scene = StoreScene()
    for (number, times) in [(0, UInt64.max), (1, 1), (5, 4), (0, 0)].enumerated() {
      var span = chain(1, number: UInt64(number) + 1)[0]
      span.start = UnixNanos(UInt64(times.0))
      span.end = UnixNanos(times.1)
      scene.receive([span])
    }
    let traffic = LiveQuery(filter: nil).update(to: scene.snapshot(), now: scene.now).traffic
    #expect(traffic.windowTraces == 4)
    #expect(traffic.latencyHistogram.first == 3 && traffic.latencyHistogram.last == 1)
  }

  @Test("Traffic of a file is that of the time up to its newest span, whenever it is looked at")
  func trafficOfAFile() {
    let store = Store(budgetBytes: 1 << 24)
    let start = UnixNanos(1_600_000_000_000_000_000)
    let batch = SpanBatch()
    for number in 0..<20 {
      var span = chain(1, number: UInt64(number) + 1)[0]
      span.start = start + .seconds(UInt64(number) * 30)
      span.end = span.start + .seconds(1)
      batch.add(span)
    }
    _ = store.append(batch, isHistory: true)
    let snapshot = store.settledSnapshot()
    let newest = snapshot.statistics.newestSpan
    #expect(newest == start + .seconds(571))
    #expect(snapshot.statistics.ingestLag == nil)
    let now = UnixNanos(1_700_000_000_000_000_000)
    #expect(LiveQuery(filter: nil).update(to: snapshot, now: now).traffic.windowTraces == 0)
    let traffic = LiveQuery(filter: nil).update(to: snapshot, now: now, windowEnd: newest).traffic
    #expect(traffic.windowTraces == 10)
    #expect(traffic.rateHistory.filter { $0 > 0 }.count == 4)
    #expect(traffic.nextChange == nil)
  }

  @Test("A trace that is not whole is unfinished until it has been silent for ten seconds")
  func settling() {
    let scene = StoreScene()
    scene.receive([chain(3)[2]])
    #expect(scene.summary()?.verdict == .unfinished)
    scene.now = scene.now + Nanoseconds(9_999_999_999)
    #expect(scene.summary()?.verdict == .unfinished)
    scene.now = scene.now + Nanoseconds(1)
    #expect(scene.summary()?.verdict == .partial)
    scene.receive([chain(3)[0]])
    #expect(scene.summary()?.verdict == .unfinished)
    scene.receive([chain(3)[1]])
    #expect(scene.summary()?.verdict == .ok)
  }

  private static let verdicts: [(Verdict, [(String, AttributeValue)])] = [
    (.ok, [("http.status_code", .int(200))]),
    (.flagged, [("signals.quality", .string("poor"))]),
    (.error, [("http.status_code", .int(503)), ("signals.quality", .string("poor"))]),
    // What any span asks may be asked in vain; what a model or the client was told counts.
    (.ok, [("http.response.status_code", .string("404"))]),
    (
      .error,
      [
        ("gen_ai.operation.name", .string("chat")), ("http.response.status_code", .string("404")),
      ]
    ),
    (.denied, [("error.message", .string("tool_pre_invoke blocked by plugin P: C - no"))]),
    (
      .denied,
      [("error.type", .string("mcpgateway.plugins.framework.errors.PluginViolationError"))]
    ),
    (.error, [("success", .bool(false))]),
    (.clientGone, [("response_flags", .string("DC")), ("http.status_code", .int(500))]),
    (.denied, [("cpex.control.result.allowed", .bool(false)), ("error", .bool(true))]),
    (
      .denied, [("error.type", .string("PluginViolationError")), ("response_flags", .string("DC"))]
    ),
  ]

  @Test("The weightiest evidence of any span decides the verdict")
  func evidence() {
    let scene = StoreScene()
    for (number, (verdict, pairs)) in Self.verdicts.enumerated() {
      var spans = chain(2, number: UInt64(number))
      spans[1].attributes = pairs.map { Attribute($0.0, $0.1) }
      scene.receive(spans)
      #expect(scene.summary(UInt64(number))?.verdict == verdict, "\(pairs)")
    }
  }

  @Test("The alias that comes first in the vocabulary wins, then the first value; others conflict")
  func dimensions() {
    let scene = StoreScene()
    var spans = chain(4)
    spans[0].attributes = [Attribute("team.name", .string("blue"))]
    spans[1].attributes = [
      Attribute("llm.model", .string("chosen")), Attribute("llm.model", .string("answered")),
    ]
    spans[2].resource.attributes = [Attribute("tenant.id", .string("acme"))]
    spans[3].attributes = [Attribute("tenant_id", .string("ignored"))]
    scene.receive(spans)
    #expect(scene.summary()?.tenant == "acme")
    #expect(scene.summary()?.model == "answered")
    #expect(scene.summary()?.conflicts == [])
    var other = chain(5)[4]
    other.attributes = [Attribute("tenant.id", .string("globex"))]
    scene.receive([other])
    #expect(scene.summary()?.tenant == "acme")
    #expect(scene.summary()?.conflicts == [.tenant])
  }

  @Test("Amounts of all spans add up, one alias a span")
  func amounts() {
    let scene = StoreScene()
    var spans = chain(3)
    spans[0].attributes = [
      Attribute("gen_ai.usage.input_tokens", .int(9)),
      Attribute("llm.usage.prompt_tokens", .int(10)),
    ]
    spans[1].attributes = [
      Attribute("gen_ai.usage.input_tokens", .int(5)),
      Attribute("gen_ai.usage.output_tokens", .int(7)),
      Attribute("gen_ai.usage.cost", .double(0.5)),
      Attribute("llm.time_to_first_token", .int(250)),
    ]
    spans[2].attributes = [
      Attribute("llm.usage.completion_tokens", .int(-3)),
      Attribute("gen_ai.usage.cost", .double(0.25)),
    ]
    scene.receive(spans)
    scene.receive(spans)
    let summary = scene.summary()
    #expect(summary?.tokensIn == 15 && summary?.tokensOut == 7)
    #expect(summary?.tokens == 22)
    #expect(summary?.costUSD == 0.75)
    #expect(summary?.timeToFirstToken == .milliseconds(250))
  }
}
