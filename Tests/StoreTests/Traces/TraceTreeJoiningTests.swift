import Support
import Testing

@testable import Store

@Suite("Several traces as one tree")
struct TraceTreeJoiningTests {
  private func span(
    _ id: UInt64, parent: UInt64 = 0, at start: UInt64 = 0, _ length: UInt64 = 10
  ) -> SpanRow {
    SpanRow(
      reference: SpanReference(id), spanID: SpanID(id), parentSpanID: SpanID(parent),
      start: UnixNanos(1_000 + start), end: UnixNanos(1_000 + start + length), name: "\(id)",
      service: "s")
  }

  private func part(_ id: UInt64, _ spans: SpanRow...) -> TraceTree.JoinedTrace {
    TraceTree.JoinedTrace(id: TraceID(high: 0, low: id), spans: spans)
  }

  /// The rows as lines: a span's id, `?` and the id of a missing parent, `#` and a trace's number.
  private func text(_ tree: TraceTree, _ parts: [TraceTree.JoinedTrace]) -> [String] {
    tree.rows.map { row in
      let indent = String(repeating: " ", count: row.depth)
      if let span = row.span {
        return indent + tree.spans[span].name + (row.place == .duplicate ? " again" : "")
      }
      guard row.place == .otherTrace else { return "\(indent)?\(row.key.id.rawValue)" }
      let part = parts.first { TraceTree.key(ofTrace: $0.id) == row.key }
      return "\(indent)#\(part?.id.low ?? 0)"
    }
  }

  private func expect(
    _ parts: [TraceTree.JoinedTrace], _ expected: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let found = text(TraceTree(joining: parts), parts)
    #expect(found == expected, sourceLocation: sourceLocation)
  }

  @Test("A span whose parent is in another trace stands under it, without a row for its trace")
  func parents() {
    expect(
      [part(1, span(1), span(2, parent: 1, at: 1)), part(2, span(3, parent: 2, at: 2))],
      ["1", " 2", "  3"])
  }

  @Test("Roots of other traces stand under the leading trace's root by time, below their trace")
  func roots() {
    expect(
      [
        part(1, span(1), span(2, parent: 1, at: 5)),
        part(2, span(3, at: 7), span(4, parent: 3, at: 8)), part(3, span(5, at: 2)),
      ],
      ["1", " #3", "  5", " 2", " #2", "  3", "   4"])
  }

  @Test("Missing parents of another trace stand below it too")
  func missing() {
    expect(
      [part(1, span(1)), part(2, span(3, parent: 9, at: 7), span(4, at: 9))],
      ["1", " #2", "  ?9", "   3", "  4"])
  }

  @Test("Where the leading trace hangs under another, that one's root is the request's")
  func hanging() {
    expect(
      [part(1, span(1, parent: 3, at: 1)), part(2, span(3)), part(3, span(5, at: 2))],
      ["3", " 1", " #3", "  5"])
  }

  @Test("Traces without any root stand side by side")
  func noRoots() {
    expect(
      [part(1, span(1, parent: 8)), part(2, span(2, parent: 9, at: 5))],
      ["?8", " 1", "?9", " 2"])
  }

  @Test("A span id that two traces have is two spans, each with its own children")
  func sameIDs() {
    expect(
      [
        part(1, span(1), span(2, parent: 1, at: 1)),
        part(2, span(1, at: 3), span(4, parent: 1, at: 4), span(4, parent: 1, at: 5)),
      ],
      ["1", " 2", " #2", "  1", "   4", "   4 again"])
  }

  @Test("One trace makes the tree it makes alone")
  func alone() {
    var random = SplitMix64.announced("one trace joined")
    for _ in 0..<200 {
      let spans = spans(count: random.number(0...12), &random)
      let parts = [TraceTree.JoinedTrace(id: TraceID(high: 0, low: 1), spans: spans)]
      #expect(TraceTree(joining: parts) == TraceTree(spans))
    }
  }

  @Test("Every span has one row below its parent's, whatever the traces are")
  func random() {
    var random = SplitMix64.announced("several traces as one tree")
    for _ in 0..<500 {
      let parts = (1...random.number(1...4) as ClosedRange<UInt64>).map { id in
        TraceTree.JoinedTrace(
          id: TraceID(high: 0, low: id), spans: spans(count: random.number(0...8), &random))
      }
      let tree = TraceTree(joining: parts)
      let rows = tree.rows
      #expect(rows.compactMap(\.span).sorted() == Array(tree.spans.indices))
      #expect(Set(rows.map(\.key)).count == rows.count)
      for (index, row) in rows.enumerated() {
        #expect(row.subtreeEnd > index && row.subtreeEnd <= rows.count)
        guard let parent = row.parent else {
          #expect(row.depth == 0)
          continue
        }
        #expect(parent < index && index < rows[parent].subtreeEnd)
        #expect(rows[parent].depth + 1 == row.depth)
        guard let span = tree.span(at: index), let above = tree.span(at: parent) else { continue }
        #expect(span.parentSpanID == above.spanID)
      }
      for index in rows.indices {
        let children = rows.indices.filter { rows[$0].parent == index }
        #expect(children.count == rows[index].childCount)
      }
    }
  }

  /// Spans with parents anywhere: before, behind, in a circle, missing, themselves, in other traces.
  private func spans(count: Int, _ random: inout SplitMix64) -> [SpanRow] {
    (0..<count).map { _ in
      span(
        random.number(1...16), parent: random.chance(30) ? 0 : random.number(1...20),
        at: random.number(0...50), random.number(0...30))
    }
  }
}
