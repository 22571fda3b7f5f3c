import Glibc
import Support
import Synchronization
import Testing

@testable import Store

extension StoreScene {
  /// A scene whose full segments wait for somebody else to pack them.
  convenience init(waitingAtMost most: Int, rowsPerSegment: Int, budgetBytes: Int = 1 << 30) {
    self.init(budgetBytes: budgetBytes, rowsPerSegment: rowsPerSegment)
    writer.sealing = .aside(atMost: most)
  }

  /// Packs what waits, as a store's own thread does; returns how many segments that were.
  @discardableResult
  func packWaiting() -> Int {
    let sealer = SegmentSealer()
    var packed = 0
    while let full = writer.nextToSeal() {
      writer.install(sealer.seal(full), for: full)
      packed += 1
    }
    return packed
  }

  /// Whether the bytes that are counted are those of the segments that are held.
  var countsItsSegments: Bool {
    writer.sealedBytes == writer.sealed.reduce(0) { $0 + $1.segment.bytes }
  }

  var unpacked: Int { writer.sealed.count(where: { !$0.isPacked }) }
}

extension SegmentView {
  var isPacked: Bool { directory.columns.allSatisfy { $0.packed != nil } }
}

@Suite("Sealing while spans arrive")
struct SealingAsideTests {
  /// Everything that a snapshot says of its rows, the numbers and texts of values with them.
  private func rows(_ snapshot: Snapshot) -> [String] {
    snapshot.segments.flatMap { view in
      (0..<view.count).map { row in
        let reference = view.segment.reference(row)
        return "\(reference) \(snapshot.record(of: reference).map { "\($0)" } ?? "gone")"
      }
    }
  }

  @Test("Rows, filters and groups say the same while segments wait, and when they are packed")
  func answers() throws {
    var random = SplitMix64.announced("sealing aside, answers")
    var traffic = RandomTraffic(SplitMix64(seed: random.next()))
    let scene = StoreScene(waitingAtMost: 100, rowsPerSegment: 90)
    scene.receive(traffic.spans(ofTraces: 120))
    let before = scene.snapshot()
    #expect(before.sealed.count > 3 && before.sealed.allSatisfy { !$0.isPacked })
    var filters = RandomFilters(SplitMix64(seed: random.next()))
    let asked = (0..<60).map { _ in filters.filter(depth: 3) }
    let kept = asked.map { LiveQuery(filter: $0) }
    let groups = try ["tenant.id", "name", "service", "wide"].map {
      GroupReader(try GroupKey($0), joinsTraces: false)
    }
    let selected = kept.map { $0.update(to: before, now: scene.now).traces }
    let tables = groups.map { "\($0.update(to: before, now: scene.now).rows)" }

    #expect(scene.packWaiting() == before.sealed.count)
    let after = scene.snapshot()
    #expect(after.sealed.allSatisfy { $0.isPacked } && after.version > before.version)
    #expect(rows(after) == rows(before))
    for (index, filter) in asked.enumerated() {
      let (old, new) = (kept[index], LiveQuery(filter: filter))
      #expect(old.update(to: after, now: scene.now).traces == selected[index], "\(filter), kept")
      #expect(new.update(to: after, now: scene.now).traces == selected[index], "\(filter), anew")
    }
    #expect(groups.map { "\($0.update(to: after, now: scene.now).rows)" } == tables)
  }

  @Test("Spans arrive and traces grow while a segment is packed, and nothing is lost")
  func appending() throws {
    var traffic = RandomTraffic(.announced("sealing aside, appending"))
    let (aside, inPlace) = (
      StoreScene(waitingAtMost: 3, rowsPerSegment: 50), StoreScene(rowsPerSegment: 50)
    )
    let sealer = SegmentSealer()
    let spans = traffic.spans(ofTraces: 150)
    var taken = 0
    var beingPacked: Segment?
    while taken < spans.count {
      let next = min(spans.count, taken + traffic.random.number(1...40))
      for scene in [aside, inPlace] { scene.receive(spans[taken..<next]) }
      taken = next
      #expect(aside.unpacked <= 3 && inPlace.unpacked == 0)
      // What was begun before these spans came is done after them.
      if let full = beingPacked { aside.writer.install(sealer.seal(full), for: full) }
      beingPacked = aside.writer.nextToSeal()
      #expect(aside.countsItsSegments)
    }
    if let full = beingPacked { aside.writer.install(sealer.seal(full), for: full) }
    aside.packWaiting()
    #expect(aside.unpacked == 0 && aside.countsItsSegments)
    #expect(rows(aside.snapshot()) == rows(inPlace.snapshot()))
    #expect(aside.snapshot().statistics.spansHeld == inPlace.snapshot().statistics.spansHeld)
  }

  @Test("Where as many wait as may, the writer packs the next itself")
  func bounded() {
    let scene = StoreScene(waitingAtMost: 2, rowsPerSegment: 30)
    for number in 1...50 as ClosedRange<UInt64> { scene.receive(scene.traceOf(number)) }
    #expect(scene.writer.sealed.map(\.isPacked) == [false, false, true, true])
    // One that is being packed waits too.
    let first = scene.writer.nextToSeal()
    for number in 51...60 as ClosedRange<UInt64> { scene.receive(scene.traceOf(number)) }
    #expect(scene.writer.sealed.map(\.isPacked) == [false, false, true, true, true])
    if let first { scene.writer.install(SegmentSealer().seal(first), for: first) }
    #expect(scene.packWaiting() == 1 && scene.unpacked == 0)
  }

  @Test("Memory is counted in the form that is held, and less of it when that is packed")
  func memory() {
    var traffic = RandomTraffic(.announced("sealing aside, memory"))
    let scene = StoreScene(waitingAtMost: 9, rowsPerSegment: 400)
    scene.receive(traffic.spans(ofTraces: 400))
    let before = scene.snapshot().statistics
    #expect(scene.unpacked > 2 && scene.countsItsSegments)
    scene.packWaiting()
    let after = scene.snapshot().statistics
    #expect(scene.countsItsSegments && after.memoryBytes < before.memoryBytes)
    #expect(after.memory.columns < before.memory.columns)
  }

  @Test("A segment that goes while it is packed stays gone, and its memory with it")
  func evicted() {
    let scene = StoreScene(waitingAtMost: 2, rowsPerSegment: 1_000, budgetBytes: 4 << 20)
    var number: UInt64 = 0
    func receive() {
      number += 1
      scene.receive(scene.traceOf(number, padding: 400))
    }
    while scene.writer.sealed.isEmpty { receive() }
    guard let full = scene.writer.nextToSeal() else {
      Issue.record("nothing waits")
      return
    }
    let packed = SegmentSealer().seal(full)
    // By themselves those that are to be packed stay where no other is left.
    for row in 0..<full.count {
      let number = scene.writer.chunks.number(low: full.rows.trace[row])
      if scene.writer.chunks[number].isHeld { scene.writer.letGo([number], .dull) }
    }
    scene.writer.dropEmptied()
    #expect(!scene.writer.sealed.contains { $0.segment === full })
    let before = scene.writer.sealedBytes
    scene.writer.install(packed, for: full)
    #expect(scene.writer.sealedBytes == before && scene.countsItsSegments)
    #expect(!scene.writer.sealed.contains { $0.segment.serial == full.serial })
    #expect(scene.snapshot().statistics.isBalanced)
    // Those that wait and have gone are not packed at all.
    scene.packWaiting()
    #expect(scene.writer.waiting.isEmpty && scene.unpacked == 0 && scene.countsItsSegments)
  }

  @Test("Where nobody has the time to pack, the oldest go first all the same, without a gap")
  func starved() {
    let scene = StoreScene(waitingAtMost: 2, rowsPerSegment: 90, budgetBytes: 4 << 20)
    func receive(_ numbers: ClosedRange<UInt64>) {
      for number in numbers { scene.receive(scene.traceOf(number, padding: 4_000)) }
    }
    receive(1...200)
    let first = scene.writer.nextToSeal()
    #expect(first === scene.writer.sealed.first?.segment && scene.writer.waiting.count == 1)
    receive(201...2_000)
    let snapshot = scene.snapshot()
    #expect(snapshot.statistics.tracesEvicted > 300 && snapshot.statistics.isBalanced)
    let held = snapshot.traceNumbers.compactMap { snapshot.traceRecord($0) }.map(\.id.low)
    #expect(held == Array(2_001 - UInt64(held.count)...2_000))
    // Nothing of them is kept for whoever packs, and what is packed too late is not put back.
    #expect(!scene.writer.waiting.contains { $0.deadRows == $0.count })
    if let first { scene.writer.install(SegmentSealer().seal(first), for: first) }
    #expect(scene.snapshot().statistics == snapshot.statistics && scene.countsItsSegments)
  }

  @Test("What went from a segment while it was packed has gone from its packed form")
  func thinned() {
    let scene = StoreScene(waitingAtMost: 2, rowsPerSegment: 30)
    for number in 1...11 as ClosedRange<UInt64> { scene.receive(scene.traceOf(number)) }
    guard let full = scene.writer.nextToSeal() else {
      Issue.record("nothing waits")
      return
    }
    let packed = SegmentSealer().seal(full)
    for number in [0, 3] as [UInt64] { scene.writer.letGo([number], .dull) }
    full.isSwept = true
    scene.writer.install(packed, for: full)
    #expect(packed.deadRows == 6 && packed.isSwept && scene.countsItsSegments)
    // From now on it is the packed form that is counted on.
    scene.writer.letGo([4], .dull)
    #expect(packed.deadRows == 9 && full.deadRows == 6)
    let statistics = scene.snapshot().statistics
    #expect(statistics.isBalanced && statistics.spansHeld == 24)
    #expect(heldRows(scene.snapshot()) == 24)
  }

  private func heldRows(_ snapshot: Snapshot) -> Int {
    snapshot.traceNumbers.reduce(0) { $0 + snapshot.spans(of: TraceNumber($1)).count }
  }

  @Test("A store packs beside its senders and readers, and is at rest when nothing waits")
  func threads() {
    let store = Store(budgetBytes: 64 << 20)
    let told = Atomic<Int>(0)
    store.observe { told.add(1, ordering: .relaxed) }
    let isDone = Atomic<Bool>(false)
    let mistakes = Atomic<Int>(0)
    @Sendable func span(_ number: UInt64) -> SpanRecord {
      SpanRecord(
        traceID: TraceID(high: 9, low: number / 4 + 1), spanID: SpanID(number + 1),
        name: "work \(number % 50)", start: UnixNanos(number + 1), end: UnixNanos(number + 5),
        attributes: [
          Attribute("tenant.id", .string("tenant-\(number % 20)")),
          Attribute("text", .string("\(number) " + String(repeating: "x", count: 100))),
          Attribute("score", .double(Double(number % 100) / 4)),
        ])
    }
    let write: @Sendable () -> Void = {
      let batch = SpanBatch()
      for first in stride(from: 0, to: 70_000 as UInt64, by: 100) {
        batch.removeAll()
        for number in first..<first + 100 { batch.add(span(number)) }
        _ = store.append(batch)
      }
      isDone.store(true, ordering: .releasing)
    }
    let read: @Sendable () -> Void = {
      var random = SplitMix64(seed: 3)
      while !isDone.load(ordering: .acquiring) {
        store.refresh()
        let snapshot = store.snapshot()
        guard !snapshot.traceNumbers.isEmpty else { continue }
        let number = TraceNumber(
          random.number(snapshot.traceNumbers.lowerBound...snapshot.traceNumbers.upperBound - 1))
        for row in snapshot.spans(of: number)
        where snapshot.record(of: row.reference) != span(row.spanID.rawValue - 1) {
          mistakes.add(1, ordering: .relaxed)
        }
      }
    }
    inParallel([write, read])
    store.waitUntilSealed()
    let snapshot = store.settledSnapshot()
    #expect(mistakes.load(ordering: .relaxed) == 0 && told.load(ordering: .relaxed) > 0)
    #expect(!snapshot.sealed.isEmpty && snapshot.sealed.allSatisfy { $0.isPacked })
    #expect(snapshot.statistics.spansHeld == 70_000)
    #expect(store.change { $0.waiting.isEmpty && $0.packing == nil })
  }
}

extension Store {
  /// Waits until no full segment waits to be packed.
  func waitUntilSealed() {
    while change({ $0.isSealing || !$0.waiting.isEmpty }) { sched_yield() }
  }
}
