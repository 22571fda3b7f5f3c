import Support
import Testing

@testable import Store

/// Which rows a question looks at: that the right index answers it, told without a clock.
@Suite("Indexes")
struct IndexTests {
  private static let rows = 1_000

  /// Five sealed segments of a thousand spans and an open one of ten, of tenants 0 to 9 in turn; the
  /// duration grows from segment to segment, and each segment has a user of its own.
  private static func scene() -> StoreScene {
    let scene = StoreScene(rowsPerSegment: rows)
    for number in 0..<5 * rows + 10 {
      var span = SpanRecord(
        traceID: TraceID(high: 3, low: UInt64(number / 2 + 1)), spanID: SpanID(UInt64(number + 1)),
        parentSpanID: SpanID(number % 2 == 0 ? 0 : UInt64(number)), name: "work",
        start: UnixNanos(1_000), end: UnixNanos(2_000 + UInt64(number) * 1_000))
      span.attributes = [
        Attribute("tenant.id", .string("tenant-\(number / 2 % 10)")),
        Attribute("user.id", .string("user-\(number / rows)")),
        Attribute("size", .int(Int64(number))),
        Attribute("prompt", .string("prompt number \(number) of many")),
      ]
      if number % 100 == 0 { span.statusCode = .error }
      scene.receive([span])
    }
    return scene
  }

  private static let snapshot = scene().snapshot()

  private func tally(_ text: String, durations: Bool = false) throws -> SpanTally {
    let filter = try #require(try FilterParser.parse(text))
    return try #require(Self.snapshot.tally(spansOf: filter, addsDurations: durations))
  }

  @Test("A count of the spans with a value looks at the open segment's rows alone")
  func counts() throws {
    let all = try tally("tenant.id=tenant-3")
    #expect(all.spans == 502)
    #expect(all.work.rowsScanned == 10)
    // A value that no segment has, and one that only the third has.
    #expect(try tally("tenant.id=nobody").work.rowsScanned == 10)
    let user = try tally("user.id=user-2")
    #expect(user.spans == Self.rows && user.work.rowsScanned == 10)
    // Looking at durations needs the rows.
    let timed = try tally("tenant.id=tenant-3", durations: true)
    #expect(timed.spans == all.spans && timed.work.rowsScanned == 5 * Self.rows + 10)
  }

  @Test(
    "Segments whose columns cannot have what is asked for are passed over",
    arguments: [
      ("user.id=user-2", 1, 1_000), ("size>4500", 2, 509), ("size>=4000", 2, 1_010),
      ("size<1000", 1, 1_000), ("user.id=~\"user-[34]\"", 3, 2_000), ("tenant.id=nobody", 1, 0),
    ])
  func segments(_ text: String, segments: Int, spans: Int) throws {
    let filter = try #require(try FilterParser.parse(text))
    let result = LiveQuery(filter: filter).update(to: Self.snapshot, now: UnixNanos(1 << 40))
    // The open segment has ten rows and no index.
    let sealed = text.contains("4500") || text.contains("4000") ? segments - 1 : segments
    let looked = text.contains("nobody") ? 0 : min(sealed, 2) * Self.rows
    #expect(result.work.rowsScanned == 10 + looked, "\(result.work)")
    #expect(result.work.columnsSkipped == 5 - looked / Self.rows)
    #expect(try tally(text).spans == spans)
  }

  @Test("Of durations only the rows are asked that the rest of the braces left")
  func durations() throws {
    let filter = try #require(try FilterParser.parse("{ status=error dur>4ms }"))
    let result = LiveQuery(filter: filter).update(to: Self.snapshot, now: UnixNanos(1 << 40))
    // Every row's class, then one in a hundred; in the open segment one of ten.
    #expect(result.work.rowsScanned == 5 * Self.rows + 10 + 51)
    #expect(result.traces.count == 11)
  }

  @Test("Text that no string has is looked for in the strings, and in no row")
  func text() throws {
    let filter = try #require(try FilterParser.parse("\"no such words\""))
    let result = LiveQuery(filter: filter).update(to: Self.snapshot, now: UnixNanos(1 << 40))
    #expect(result.traces.isEmpty)
    #expect(result.work.rowsScanned <= 10 * 5)
    #expect(result.work.stringsSearched >= 5 * Self.rows)
    let some = try #require(try FilterParser.parse("\"number 4321 of\""))
    let found = LiveQuery(filter: some).update(to: Self.snapshot, now: UnixNanos(1 << 40))
    #expect(found.traces.count == 1)
    // The rows of one segment, by name and by the column that has it.
    #expect(found.work.rowsScanned <= 2 * Self.rows + 50)
  }

  @Test("The newest spans come from the newest segments that have any, and no more is looked at")
  func newest() throws {
    let filter = try #require(try FilterParser.parse("user.id=user-4"))
    let found = try #require(Self.snapshot.newestSpans(of: filter, limit: 3))
    let rows = found.compactMap { Self.snapshot.place($0.rawValue) }
    #expect(rows.map(\.row) == [999, 998, 997])
    #expect(rows.allSatisfy { $0.view.segment.serial == Self.snapshot.sealed[4].segment.serial })
    #expect(try #require(Self.snapshot.newestSpans(of: filter, limit: 5_000)).count == 1_000)
  }
}
