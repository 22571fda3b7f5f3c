import Support
import Testing

@testable import Store

extension SegmentMarks {
  /// The bits of each trace, by the low half of its number.
  fileprivate var bits: [UInt32: Set<Int>] {
    var found: [UInt32: Set<Int>] = [:]
    var identity = [UInt64](repeating: 0, count: 256)
    for byte in 0..<256 { identity[byte] = UInt64(byte) }
    for byte in 0..<bytesPerTrace {
      var words = [UInt64](repeating: 0, count: traces.count)
      add(byte, of: 0..<traces.count, to: &words, identity)
      for (trace, word) in zip(traces, words) {
        for bit in 0..<8 where word >> UInt64(bit) & 1 == 1 {
          found[trace, default: []].insert(byte * 8 + bit)
        }
      }
    }
    return found
  }
}

@Suite("What a packed segment says of its traces")
struct SegmentMarksTests {
  /// The bits that the rows of a packed segment come to, counted row by row.
  private static func expected(_ view: SegmentView, _ marks: SegmentMarks) -> [UInt32: Set<Int>] {
    var bits: [UInt32: Set<Int>] = [:]
    func insert(_ bit: Int, _ row: Int) {
      bits[view.segment.rows.trace[row], default: []].insert(bit)
    }
    for row in 0..<view.count {
      if let first = marks.resources { insert(first + Int(view.segment.rows.resource[row]), row) }
      if let first = marks.scopes { insert(first + Int(view.segment.rows.scope[row]), row) }
    }
    for (number, column) in view.directory.columns.enumerated() {
      guard let first = marks.firstBit(ofColumn: number) else { continue }
      let values = column.packed?.dictionary?.values ?? []
      column.forEachEntry(0..<view.count) { row, value in
        insert(first + (values.firstIndex(of: value) ?? -1_000), row)
      }
    }
    return bits
  }

  /// The keys of a segment that have bits.
  private static func keys(_ view: SegmentView) -> Set<String> {
    Set(
      view.directory.columns.enumerated().filter {
        view.segment.marks?.firstBit(ofColumn: $0.offset) != nil
      }.map { view.strings[$0.element.key].text })
  }

  /// A scene with one packed segment of these spans.
  private static func scene(_ spans: [SpanRecord]) -> StoreScene {
    let scene = StoreScene(rowsPerSegment: spans.count)
    scene.receive(spans)
    // A full segment is closed when the next span comes.
    scene.receive([StoreScene.span(9_000, 1)])
    return scene
  }

  private static func spans(
    _ random: inout SplitMix64, traces: ClosedRange<UInt64>, _ count: Int, from first: UInt64
  ) -> [SpanRecord] {
    (0..<UInt64(count)).map { id in
      let number = random.number(traces)
      var span = StoreScene.span(number, first + id)
      span.resource.attributes.append(
        Attribute("host", .string("host-\(random.number(0...30) as Int)")))
      span.attributes = [
        Attribute("tenant.id", .string("t\(number % 5)")),
        Attribute("zone", .string("z\(number % 9)")),
        Attribute("colour", .string("c\(random.number(0...61) as Int)")),
        Attribute("step", .int(random.number(0...3))),
      ]
      if random.chance(40) { span.attributes.append(Attribute("step", .int(7))) }
      if random.chance(10) { span.attributes.append(Attribute("rare", .bool(random.chance(50)))) }
      if random.chance(5) { span.statusCode = .error }
      return span
    }
  }

  @Test("Marks are what the rows of each trace come to, and keys that others speak of have none")
  func rows() throws {
    var random = SplitMix64.announced("marks, rows")
    for count in [1, 2, 60, 800] as [UInt64] {
      let scene = Self.scene(Self.spans(&random, traces: 1...count, 2_000, from: 1))
      let view = try #require(scene.snapshot().sealed.first)
      let marks = try #require(view.segment.marks)
      #expect(Set(marks.traces) == Set((0..<view.count).map { view.segment.rows.trace[$0] }))
      #expect(marks.traces.count == Set(marks.traces).count)
      #expect(marks.bits == Self.expected(view, marks), "\(count) traces")
      #expect(marks.memory <= view.count * SegmentMarks.bytesPerRow + 300)
      if count <= 60 { #expect(Self.keys(view) == ["zone", "colour", "step", "rare"]) }
      if count == 800 { #expect(!Self.keys(view).contains("colour")) }
    }
  }

  @Test("A trace for each row leaves no room for marks, nor do numbers that lie far apart")
  func none() {
    let scene = Self.scene((1...500).map { StoreScene.span($0, 1) })
    #expect(scene.snapshot().sealed.count == 1)
    #expect(scene.snapshot().sealed.first?.segment.marks == nil)

    for (far, isMarked) in [(262_143 as UInt32, true), (262_144, false), (1 << 31, false)] {
      let open = StoreScene(rowsPerSegment: 500)
      open.receive((1...20).map { StoreScene.span(7, $0) })
      let segment = open.snapshot().open.segment
      segment.rows.trace[11] = segment.rows.trace[0] &+ far
      segment.close()
      #expect((SegmentSealer().seal(segment).marks != nil) == isMarked, "\(far)")
    }
  }

  @Test("Numbers of traces that begin again at zero in their low half are told apart")
  func wrapping() throws {
    var random = SplitMix64.announced("marks, wrapping")
    let scene = StoreScene(rowsPerSegment: 5_000)
    scene.receive(Self.spans(&random, traces: 1...30, 900, from: 1))
    let segment = scene.snapshot().open.segment
    for row in 0..<segment.count {
      segment.rows.trace[row] = segment.rows.trace[row] &- UInt32(truncatingIfNeeded: 15)
    }
    segment.close()
    let view = SegmentSealer().seal(segment).view()
    let marks = try #require(view.segment.marks)
    #expect(marks.traces.contains { $0 > .max - 20 } && marks.traces.contains { $0 < 20 })
    #expect(marks.bits == Self.expected(view, marks))
  }

  @Test("63 values have bits and 64 have none, of keys and of resources")
  func values() throws {
    for count in [63, 64] as [UInt64] {
      let scene = Self.scene(
        (UInt64(0)..<1_280).map { row -> SpanRecord in
          var span = StoreScene.span(row / 80 + 1, row + 1)
          span.attributes = [Attribute("pod", .string("p\(row % count)"))]
          span.resource.attributes = [Attribute("host", .string("h\(row % count)"))]
          return span
        })
      let view = try #require(scene.snapshot().sealed.first)
      let marks = try #require(view.segment.marks)
      #expect(view.directory.resources.count == Int(count))
      #expect(Self.keys(view) == (count == 63 ? ["pod"] : []))
      #expect((marks.resources != nil) == (count == 63))
      #expect(marks.bits == Self.expected(view, marks))
    }
  }

  @Test(
    "A new reader's table is right after late spans, eviction, compaction and packing, and marks are counted",
    arguments: [false, true])
  func tables(joined: Bool) {
    var random = SplitMix64.announced("marks, tables")
    let scene = StoreScene(waitingAtMost: 2, rowsPerSegment: 300, budgetBytes: 3 << 20)
    var first: UInt64 = 1
    var (marked, tables, rounds) = (0, 0, 0)
    while scene.writer.statistics.tracesEvicted < 100 || first < 5_000 {
      // Most spans are of the latest traces, some of traces that are packed, gone, or kept for longer.
      let latest = first / 8
      var spans = Self.spans(&random, traces: latest + 1...latest + 40, 240, from: first)
      spans += Self.spans(
        &random, traces: max(1, latest / 3)...latest + 1, 12, from: first + 240)
      for place in spans.indices {
        spans[place].attributes.append(
          Attribute("note", .string(String(repeating: "n", count: random.number(1...900)))))
        if random.chance(2) {
          spans[place].attributes.append(
            Attribute("request_id", .string("request-\(first)-\(random.number(0...2) as Int)")))
        }
      }
      scene.receive(spans)
      first += 252
      rounds += 1
      if random.chance(70) { scene.packWaiting() }
      #expect(scene.countsItsSegments)
      guard rounds % 7 == 0 else { continue }
      let snapshot = scene.snapshot()
      marked += snapshot.sealed.count { $0.segment.marks != nil }
      for view in snapshot.sealed {
        guard let marks = view.segment.marks else { continue }
        guard marks.bits == Self.expected(view, marks) else {
          Issue.record("segment \(view.segment.serial) has other marks than rows")
          return
        }
      }
      let reader = FacetReader(joinsTraces: joined)
      reader.begin(snapshot, .all, now: scene.now)
      let table = reader.proceed() ?? FacetTable()
      tables += table.facets.count
      let wrong = NaiveGroups.problems(with: table, scene, joined: joined)
      guard wrong.isEmpty else {
        Issue.record("\(wrong[0]), joined \(joined)")
        return
      }
    }
    #expect(marked > 10 && tables > 5)
    #expect(scene.writer.sealed.contains { $0.segment.moved != nil })
  }
}
