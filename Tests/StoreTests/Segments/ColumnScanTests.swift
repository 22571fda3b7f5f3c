import Support
import Testing

@testable import Store

@Suite("Scanning columns")
struct ColumnScanTests {
  /// A column of random entries, some rows twice, some not at all.
  private func column(
    _ random: inout SplitMix64, rows: Int, present: Int, twice: Int
  ) -> (AttributeColumn, [(row: Int, value: UInt32)]) {
    let column = AttributeColumn(key: 1)
    var entries: [(row: Int, value: UInt32)] = []
    for row in 0..<rows where random.chance(present) {
      for _ in 0..<(random.chance(twice) ? 2 : 1) {
        let value =
          random.chance(95)
          ? ValueReference(.string, random.number(0...5))
          : ValueReference(.smallInteger, random.number(0...5))
        if let open = column.open { _ = unsafe OpenEntries.append(row: row, value, to: open.head) }
        entries.append((row, value.rawValue))
      }
    }
    return (column, entries)
  }

  @Test("The rows with a value are those that have it, wherever the range begins and ends")
  func equality() {
    var random = SplitMix64.announced("scanning columns")
    for (present, twice) in [(100, 0), (100, 3), (97, 3), (50, 50), (5, 0)] {
      let (column, entries) = column(&random, rows: 5_000, present: present, twice: twice)
      for _ in 0..<200 {
        let low = random.chance(30) ? 0 : random.number(0...4_999)
        let high = random.chance(30) ? SegmentRows.maximum : random.number(low...5_000)
        let rows = low..<min(high, 5_000)
        let wanted: UInt32 = random.number(0...6)
        var bits = RowBits(rows)
        let hasOthers = column.mark(equalTo: wanted, rows, &bits)
        var found: [Int] = []
        bits.forEach { found.append($0) }
        let inside = entries.filter { rows.contains($0.row) }
        #expect(found == Set(inside.filter { $0.value == wanted }.map(\.row)).sorted())
        #expect(hasOthers == inside.contains { $0.value >> ValueReference.payloadBits != 0 })
        var seen: [UInt32] = []
        column.forEachEntry(rows) { _, value in seen.append(value) }
        #expect(seen == inside.map(\.value))
      }
    }
  }

  @Test("Sets of rows combine as sets do")
  func bits() {
    var random = SplitMix64.announced("row bits")
    for _ in 0..<500 {
      let low = random.number(0...300)
      let rows = low..<low + random.number(1...400)
      let (a, b) = (random.rows(rows), random.rows(rows))
      var (left, right) = (RowBits(rows), RowBits(rows))
      left.fill { a.contains($0) }
      right.fill(within: .all(rows)) { b.contains($0) }
      func members(_ bits: RowBits) -> Set<Int> {
        var members = Set<Int>()
        bits.forEach { members.insert($0) }
        return members
      }
      var union = left
      union.formUnion(right)
      var both = left
      both.formIntersection(right)
      var others = left
      others.invert()
      #expect(members(union) == a.union(b))
      #expect(members(both) == a.intersection(b))
      #expect(members(others) == Set(rows).subtracting(a))
      #expect(members(.all(rows)) == Set(rows))
      #expect((0..<1_000).allSatisfy { left.contains($0) == a.contains($0) })

      let next = rows.upperBound..<rows.upperBound + random.number(1...200)
      let c = random.rows(next)
      var later = RowBits(next)
      later.fill { c.contains($0) }
      #expect(members(left.joined(with: later)) == a.union(c))
      #expect(later.joined(with: left) == left.joined(with: later))
    }
  }

  @Test("Durations are found by range, the shortest and the longest included")
  func durations() throws {
    let columns = SegmentRows()
    let durations: [(start: UInt64, end: UInt64)] = [
      (5, 5), (5, 6), (10, 5), (0, .max), (1, .max), (0, 0), (100, 350), (.max, .max),
    ]
    for (row, span) in durations.enumerated() {
      columns.start[row] = span.start
      columns.end[row] = span.end
    }
    for text in [
      "dur>0ns", "dur>=0ns", "dur<0ns", "dur=0ns", "dur!=250ns", "dur in (0ns, 1ns)",
      "dur<=250ns", "dur<250ns", "dur>18446744073709551614ns", "dur=18446744073709551615ns",
    ] {
      let filter = try #require(try FilterParser.parse(text))
      guard case .predicate(let predicate) = filter else { continue }
      var bits = RowBits(0..<durations.count)
      bits.fill(durationsOf: columns, in: try #require(predicate.test.durationRanges))
      for (row, span) in durations.enumerated() {
        let duration = UnixNanos(span.end).since(UnixNanos(span.start))
        #expect(
          bits.contains(row) == predicate.test.matches(duration: duration), "\(text), row \(row)")
      }
    }
  }
}

extension SplitMix64 {
  /// Some of the rows.
  fileprivate mutating func rows(_ rows: Range<Int>) -> Set<Int> {
    let share = pick([0, 2, 50, 98, 100])
    return Set(rows.filter { _ in chance(share) })
  }
}
