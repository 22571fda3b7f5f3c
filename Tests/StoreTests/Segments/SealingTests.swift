import Support
import Testing

@testable import Store

@Suite("Sealing segments")
struct SealingTests {
  /// A segment of random spans, and the same one sealed.
  private func segments(_ random: SplitMix64, traces: Int) -> (
    open: SegmentView, sealed: SegmentView
  ) {
    var traffic = RandomTraffic(random)
    let scene = StoreScene()
    scene.receive(traffic.spans(ofTraces: traces))
    let open = scene.writer.open
    return (open.view(), SegmentSealer().seal(open).view())
  }

  @Test("Every field, string, value and attribute of a sealed segment is what it was")
  func content() {
    var random = SplitMix64.announced("sealing, content")
    for traces in [1, 3, 40, 300] {
      let (open, sealed) = segments(SplitMix64(seed: random.next()), traces: traces)
      #expect(sealed.count == open.count && sealed.stringCount == open.stringCount)
      let (left, right) = (open.segment.rows, sealed.segment.rows)
      for row in 0..<open.count {
        let fields: [(UInt64, UInt64)] = [
          (left.spanID[row], right.spanID[row]), (left.parentID[row], right.parentID[row]),
          (left.start[row], right.start[row]), (left.end[row], right.end[row]),
          (UInt64(left.trace[row]), UInt64(right.trace[row])),
          (UInt64(left.name[row]), UInt64(right.name[row])),
          (UInt64(left.shape[row]), UInt64(right.shape[row])),
          (UInt64(left.previous[row]), UInt64(right.previous[row])),
          (UInt64(left.extras[row]), UInt64(right.extras[row])),
          (UInt64(left.evidence[row]), UInt64(right.evidence[row])),
          (UInt64(left.spanClass[row]), UInt64(right.spanClass[row])),
          (UInt64(left.resource[row]), UInt64(right.resource[row])),
          (UInt64(left.scope[row]), UInt64(right.scope[row])),
          (UInt64(left.role[row]), UInt64(right.role[row])),
          (UInt64(left.eventCount[row]), UInt64(right.eventCount[row])),
          (left.duration(row), right.duration(row)),
        ]
        guard fields.allSatisfy({ $0 == $1 }),
          left.parentID.isNone(row) == right.parentID.isNone(row)
        else {
          Issue.record("row \(row) of \(open.count): \(fields)")
          return
        }
        let (before, after) = (open.attributes(row), sealed.attributes(row))
        #expect(before.elementsEqual(after) { $0.key == $1.key && $0.value == $1.value })
      }
      for id in 0..<UInt32(open.stringCount) {
        let text = open.strings[id]
        guard sealed.strings[id].elementsEqual(text),
          sealed.strings.find(text, below: sealed.stringCount, in: sealed.slots) == id
        else {
          Issue.record("string \(id) is not itself")
          return
        }
      }
      #expect(
        (0..<open.segment.words.count).allSatisfy { index in
          open.segment.words[index] == sealed.segment.words[index]
        })
    }
  }

  @Test("The columns of a sealed segment answer as those of the open one, over any range of rows")
  func columns() {
    var random = SplitMix64.announced("sealing, columns")
    let (open, sealed) = segments(SplitMix64(seed: random.next()), traces: 400)
    for (left, right) in zip(open.directory.columns, sealed.directory.columns) {
      #expect(left.key == right.key && left.count == right.count && right.packed != nil)
      for _ in 0..<20 {
        let low = random.chance(30) ? 0 : random.number(0...open.count - 1)
        let rows = low..<(random.chance(30) ? open.count : random.number(low...open.count))
        var entries: [[UInt64]] = [[], []]
        for (index, column) in [left, right].enumerated() {
          column.forEachEntry(rows) { row, value in
            entries[index].append(UInt64(row) << 32 | UInt64(value))
          }
        }
        #expect(entries[0] == entries[1] && entries[0].count == right.count(in: rows))
        let wanted = UInt32(
          truncatingIfNeeded: entries[0].isEmpty ? random.next() : random.pick(entries[0]))
        var (before, after) = (RowBits(rows), RowBits(rows))
        _ = left.mark(equalTo: wanted, rows, &before)
        _ = right.mark(equalTo: wanted, rows, &after)
        #expect(before == after)
      }
      for place in 0..<left.count {
        #expect(left.row(at: place) == right.row(at: place))
        #expect(left.value(at: place) == right.value(at: place))
      }
    }
  }

  @Test("A sealed segment takes less than half of what the open one did, its text aside")
  func size() {
    let scene = StoreScene()
    for number in 1...4_000 as ClosedRange<UInt64> {
      var span = SpanRecord(
        traceID: TraceID(high: 3, low: number / 8 + 1),
        spanID: SpanID(number &* 0x9E37_79B9_7F4A_7C15),
        parentSpanID: SpanID(number % 8 == 0 ? 0 : (number - 1) &* 0x9E37_79B9_7F4A_7C15),
        name: "work \(number % 5)", start: UnixNanos(number << 20),
        end: UnixNanos(number << 20 + 999))
      span.attributes = (0..<12).map { Attribute("key \($0)", .int(Int64(number % 100))) }
      span.attributes.append(Attribute("score", .double(Double(number % 77) / 100)))
      scene.receive([span])
    }
    let open = scene.writer.open
    let before = open.bytes - open.strings.heap.bytes
    let sealed = SegmentSealer().seal(open)
    #expect((sealed.bytes - sealed.strings.heap.bytes) * 2 < before)
  }
}
