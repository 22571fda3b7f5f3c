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
}
