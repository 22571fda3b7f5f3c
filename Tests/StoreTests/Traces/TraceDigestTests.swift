import Support
import Testing

@testable import Store

/// What is read of traces in place of their records.
@Suite("TraceDigest")
struct TraceDigestTests {
  private static func isSame(_ figure: TraceFigure, _ other: TraceFigure) -> Bool {
    figure.start == other.start && figure.tokens == other.tokens
      && figure.costUSD == other.costUSD && figure.weight == other.weight
      && figure.bucket == other.bucket && figure.flags == other.flags
  }

  /// Whether all figures and dimensions of a snapshot are what its records say.
  private func agree(_ snapshot: Snapshot) -> Bool {
    let chunks = snapshot.chunks
    let read = TraceFigures(joinsTraces: false)
    _ = read.update(to: snapshot)
    var figures: [TraceFigure] = []
    read.forEachChunk { chunk in
      for number in chunk.first..<chunk.end { figures.append(chunk[number]) }
    }
    for number in snapshot.traceNumbers {
      let record = chunks[number]
      let expected = record.isHeld ? TraceFigure(record) : TraceFigure()
      let index = Int(number - chunks.base)
      guard Self.isSame(figures[index], expected) else {
        Issue.record("trace \(number): \(figures[index]), not \(expected)")
        return false
      }
      guard let column = chunks.chunks[index >> 8].column(Int(Dimension.tenant.rawValue)) else {
        continue
      }
      let slot = record.dimensions[Int(Dimension.tenant.rawValue)]
      let place = column[index & 255]
      let isRight =
        switch place {
        case TraceDigest.Column.isElsewhere: slot.hasConflict || column.slotCount == 254
        case 0: !record.isHeld || slot.rank == 255
        default: !slot.hasConflict && column.slot(Int(place) - 1) == slot.place
        }
      guard isRight else {
        Issue.record("trace \(number): \(place), but \(slot)")
        return false
      }
    }
    return true
  }

  @Test("Figures and values are those of the records, whatever arrives and goes between two looks")
  func arriving() {
    var traffic = RandomTraffic(.announced("digests"))
    let scene = StoreScene(budgetBytes: 4 << 20)
    var first: UInt64 = 1
    var before: [Snapshot] = []
    while scene.writer.statistics.tracesEvicted < 300 {
      scene.receive(traffic.spans(ofTraces: 40, from: first, padding: 10_000))
      // Traces of earlier go on.
      first += traffic.random.number(20...40)
      let snapshot = scene.snapshot()
      guard agree(snapshot) else { return }
      before.append(snapshot)
      if before.count > 5 { before.removeFirst() }
      // What was seen stays as it was seen.
      for earlier in before { guard agree(earlier) else { return } }
    }
  }

  @Test("A chunk with more values than its digest tells apart is counted from its records")
  func manyValues() throws {
    let scene = StoreScene()
    for trace in 1...600 as ClosedRange<UInt64> {
      var span = StoreScene.span(trace, 1)
      span.attributes = [Attribute("tenant.id", .string("t\(trace % 300)"))]
      scene.receive([span])
    }
    #expect(agree(scene.snapshot()))
    let reader = GroupReader(try GroupKey("tenant"), joinsTraces: true)
    let table = reader.update(to: scene.snapshot(), now: scene.now)
    #expect(table.values == 300 && table.rows.allSatisfy { $0.traces == 2 })
  }
}
