import Support
import Testing

@testable import Store

/// Marks that wait for others: what they look at, and that they miss nothing.
@Suite("Narrowing")
struct NarrowingTests {
  private static let rows = 1_000

  private static func span(_ trace: UInt64, _ id: UInt64, tenant: String?) -> SpanRecord {
    var span = SpanRecord(
      traceID: TraceID(high: 5, low: trace), spanID: SpanID(id),
      parentSpanID: SpanID(id == 1 ? 0 : 1), name: "work", start: UnixNanos(1_000),
      end: UnixNanos(1_000 + id * 100_000_000))
    if let tenant { span.attributes = [Attribute("tenant.id", .string(tenant))] }
    span.attributes.append(Attribute("size", .int(Int64(trace))))
    return span
  }

  /// Traces of two spans, the first of which tells the tenant: one of 100, in turn.
  private static func scene(traces: UInt64) -> StoreScene {
    let scene = StoreScene(rowsPerSegment: rows)
    for trace in 1...traces {
      scene.receive((1...2).map { span(trace, $0, tenant: $0 == 1 ? "t\(trace % 100)" : nil) })
    }
    return scene
  }

  private func query(_ text: String) throws -> LiveQuery {
    LiveQuery(filter: try FilterParser.parse(text))
  }

  @Test(
    "Of the rows of a tenant's traces alone the rest of the filter is asked",
    arguments: ["{ dur>=200ms }", "{ size>=0 dur>150ms }", "{ name=work } > { dur>150ms }"])
  func rowsScanned(_ rest: String) throws {
    let scene = Self.scene(traces: 2_505)
    let snapshot = scene.snapshot()
    let result = try query("tenant.id=t7 \(rest)").update(to: snapshot, now: scene.now)
    #expect(result.traces.count == 25)
    // Every span that tells a tenant, and the two rows of each of the tenant's traces, twice at most
    // for each of the questions.
    #expect(result.work.rowsScanned <= 2_505 + 25 * 2 * 3, "\(result.work)")
  }

  @Test("Where the first part of a filter leaves many traces, every row is looked at once")
  func manyLeft() throws {
    let scene = Self.scene(traces: 2_505)
    let snapshot = scene.snapshot()
    let result = try query("kind=unspecified { dur>=200ms }").update(to: snapshot, now: scene.now)
    #expect(result.traces.count == 2_505)
    #expect(result.work.rowsScanned <= 2 * 5_010, "\(result.work)")
  }

  @Test("The rows of traces are the same, found along the traces or by the rows' trace numbers")
  func traceRows() {
    var traffic = RandomTraffic(.announced("rows of traces"))
    let scene = StoreScene(budgetBytes: 6 << 20, rowsPerSegment: 90)
    var first: UInt64 = 1
    var found = 0
    for _ in 0..<40 {
      scene.receive(traffic.spans(ofTraces: 25, from: first, padding: 8_000))
      first += 20
      let snapshot = scene.snapshot()
      let numbers = snapshot.traceNumbers.filter { _ in traffic.random.chance(10) }
      func rows(mostWalked: Int) -> [[Int]] {
        let pieces = TraceRows(of: numbers, in: snapshot, mostWalked: mostWalked).pieces
        return pieces.map { piece in
          var rows = [Int(piece.view.segment.serial)]
          piece.rows.forEach { rows.append($0) }
          return rows
        }
      }
      #expect(rows(mostWalked: 0) == rows(mostWalked: .max))
      found += rows(mostWalked: 0).count
    }
    #expect(found > 100 && scene.snapshot().statistics.tracesEvicted > 0)
  }

  @Test("A trace that tells its tenant late is asked about its earlier spans, too")
  func lateTenant() throws {
    let scene = Self.scene(traces: 1_000)
    scene.receive((2...3).map { Self.span(5_000, $0, tenant: nil) })
    let live = try query("tenant.id=t7 { dur>=300ms }")
    #expect(live.update(to: scene.snapshot(), now: scene.now).traces.isEmpty)
    scene.receive([Self.span(5_000, 1, tenant: "t7")])
    let result = live.update(to: scene.snapshot(), now: scene.now)
    #expect(result.traces.count == 1)
  }

  @Test("A view is whole once its segment is sealed, and the open one's never is")
  func isWhole() {
    let scene = StoreScene(rowsPerSegment: 10)
    scene.receive((1...4).map { Self.span($0, 1, tenant: nil) })
    let early = scene.snapshot()
    #expect(early.sealed.isEmpty && !early.open.isWhole(in: early))
    scene.receive((5...24).map { Self.span($0, 1, tenant: nil) })
    let late = scene.snapshot()
    #expect(!late.sealed.isEmpty)
    #expect(late.sealed.allSatisfy { $0.isWhole(in: late) && $0.count == $0.segment.count })
    #expect(!late.open.isWhole(in: late))
    // The earlier snapshot still shows the segment as it was: not all of its rows.
    #expect(!early.open.isWhole(in: early) && early.open.count == 4)
  }

  @Test("The traces that went are found, those alone, whenever they are asked for")
  func gone() {
    var traffic = RandomTraffic(.announced("gone traces"))
    let scene = StoreScene(budgetBytes: 6 << 20)
    var gone = GoneTraces()
    var before: Set<UInt64> = []
    var first: UInt64 = 1
    var found = 0
    for _ in 0..<60 {
      scene.receive(traffic.spans(ofTraces: 15, from: first, padding: 20_000))
      first += 15
      guard traffic.random.chance(60) else { continue }
      let snapshot = scene.snapshot()
      let held = Set(snapshot.traceNumbers.filter { snapshot.chunks.isHeld($0) })
      let told = gone.update(to: snapshot)
      #expect(before.subtracting(held) == Set(told).intersection(before))
      #expect(held.isDisjoint(with: told))
      found += told.count
      before = held
    }
    #expect(found > 50)
  }

  @Test("Rows that tell a tenant show its traces whole, and those that have others are not missed")
  func alongside() throws {
    var random = SplitMix64.announced("alongside")
    for _ in 0..<12 {
      let scene = StoreScene(rowsPerSegment: 200)
      // The spans of each trace: whether it tells the tenant, and whether it takes long.
      var traces: [UInt64: [(tells: Bool, isLong: Bool)]] = [:]
      func receive(_ trace: UInt64, _ count: Int) {
        let tellsAll = random.chance(60)
        let spans = (0..<count).map { _ in
          let known = traces[trace, default: []]
          let tells = known.isEmpty || tellsAll || random.chance(50)
          let isLong = random.chance(15)
          traces[trace, default: []].append((tells, isLong))
          let tenant = tells ? "t\(trace % 20)" : nil
          var span = Self.span(trace, UInt64(known.count + 1), tenant: tenant)
          span.end = UnixNanos(1_000 + (isLong ? 500_000_000 : 1))
          return span
        }
        scene.receive(spans)
      }
      for trace in UInt64(1)...600 { receive(trace, Int(random.number(1...5))) }
      // More spans than are counted.
      receive(7, 300)
      let queries = try ["{ dur>=400ms }", "not { dur>=400ms }", "{ dur>=400ms } | count() > 1"]
        .map { try query("tenant.id=t7 \($0)") }
      for round in 0..<8 {
        let snapshot = scene.snapshot()
        let wanted: [([(tells: Bool, isLong: Bool)]) -> Bool] = [
          { $0.contains { $0.isLong } }, { !$0.contains { $0.isLong } },
          { $0.count { $0.isLong } > 1 },
        ]
        for (live, isWanted) in zip(queries, wanted) {
          let result = live.update(
            to: snapshot, now: scene.now, historyRows: round == 7 ? .max : 300)
          guard result.isComplete else { continue }
          let expected = traces.filter { number, spans in
            number % 20 == 7 && spans.contains { $0.tells } && isWanted(spans)
          }
          let found = result.traces.compactMap { snapshot.traceRecord($0.rawValue)?.id.low }
          #expect(found.sorted() == expected.keys.sorted())
        }
        #expect(round < 7 || snapshot.sealed.count > 6)
        for trace in [7, UInt64(27 + 20 * random.number(0...20)), 700 + UInt64(round) * 20] {
          receive(trace, 2)
        }
      }
    }
  }

  @Test("A trace is seen whole with the last of its spans, up to 254 of them")
  func seenSpans() {
    let scene = StoreScene()
    for (trace, count) in [(1, 3), (2, 1), (3, 254), (4, 255), (5, 300)] {
      scene.receive((1...UInt64(count)).map { Self.span(UInt64(trace), $0, tenant: nil) })
    }
    let chunks = scene.snapshot().chunks
    var seen = SeenSpans(chunks)
    let numbers = Array(chunks.base..<chunks.end)
    func whole() -> [Bool] { numbers.map { seen.isWhole($0, chunks) } }
    func count(_ trace: Int, _ times: Int) {
      let low = UInt32(truncatingIfNeeded: numbers[trace - 1])
      seen.count([UInt32](repeating: low, count: times), chunks)
    }
    #expect(numbers.count == 5 && whole() == [false, false, false, false, false])
    count(1, 2)
    count(2, 1)
    count(3, 253)
    count(4, 255)
    count(5, 300)
    #expect(whole() == [false, true, false, false, false])
    count(1, 1)
    count(3, 1)
    #expect(whole() == [true, true, true, false, false])
    #expect(!seen.isWhole(chunks.end, chunks))
  }
}
