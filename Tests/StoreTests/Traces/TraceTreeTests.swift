import Store
import Support
import Testing

@Suite("The tree of a trace")
struct TraceTreeTests {
  // MARK: - Shapes

  /// A span for a tree: times in milliseconds, parent 0 for none.
  private func span(_ id: UInt64, in parent: UInt64 = 0, from start: Int = 0, to end: Int = 10)
    -> SpanRow
  {
    SpanRow(
      reference: SpanReference(id), spanID: SpanID(id), parentSpanID: SpanID(parent),
      start: UnixNanos(1_000_000_000_000) + start.ms, end: UnixNanos(1_000_000_000_000) + end.ms,
      name: "span \(id)", service: "shop")
  }

  /// The rows as an indented list: id, and what is unusual about it.
  private func outline(_ spans: [SpanRow]) -> [String] {
    TraceTree(spans).rows.map { row in
      let mark = row.place == .ordinary ? "" : " \(row.place)"
      return String(repeating: "  ", count: row.depth) + "\(row.key.id.rawValue)\(mark)"
    }
  }

  @Test("Children follow their parent, earlier ones first, whatever order they came in")
  func order() {
    let spans = [
      span(4, in: 2, from: 3), span(3, in: 1, from: 5), span(2, in: 1, from: 1), span(1, to: 20),
    ]
    #expect(outline(spans) == ["1", "  2", "    4", "  3"])
  }

  @Test("Spans that started together stay in the order they arrived in")
  func ties() {
    let spans = [span(1), span(3, in: 1, from: 2), span(2, in: 1, from: 2)]
    #expect(outline(spans) == ["1", "  3", "  2"])
  }

  @Test("A start that was never set comes after those that were")
  func unsetStart() {
    var lost = span(2, in: 1)
    lost.start = UnixNanos(0)
    lost.end = UnixNanos(0)
    let tree = TraceTree([span(1, to: 30), lost, span(3, in: 1, from: 4)])
    #expect(tree.rows.map(\.key.id.rawValue) == [1, 3, 2])
    #expect(tree.duration == 30.ms)
  }

  @Test("Spans whose parent has not arrived stand together under a row for it")
  func missingParent() {
    let spans = [
      span(1), span(5, in: 9, from: 4), span(6, in: 9, from: 3), span(7, in: 8, from: 2),
    ]
    #expect(
      outline(spans) == [
        "1", "8 missingParent", "  7", "9 missingParent", "  6", "  5",
      ])
    #expect(TraceTree(spans).orphanCount == 3)
  }

  @Test("A parent that arrives takes over the row that stood for it")
  func parentArrives() throws {
    let orphans = [span(5, in: 9, from: 4), span(6, in: 9, from: 3)]
    let before = TraceTree(orphans)
    let after = TraceTree(orphans + [span(9)])
    #expect(before.rows[0].key == after.rows[0].key)
    #expect(before.rows[0].place == .missingParent)
    #expect(after.rows[0].place == .ordinary)
    #expect(before.reach(of: 0).start == orphans[1].start)
  }

  @Test("A circle of parents is cut at its earliest span")
  func cycle() {
    let spans = [span(1, in: 3, from: 5), span(2, in: 1, from: 1), span(3, in: 2, from: 8)]
    #expect(outline(spans) == ["2 cycle", "  3", "    1"])
    #expect(outline([span(1, in: 1)]) == ["1 cycle"])
  }

  @Test("A span id that came twice has two rows, and the first has the children")
  func duplicate() {
    let spans = [
      span(1), span(2, in: 1, from: 1), span(2, in: 1, from: 2), span(3, in: 2, from: 3),
    ]
    #expect(outline(spans) == ["1", "  2", "    3", "  2 duplicate"])
    #expect(TraceTree(spans).rows.map(\.key.copy) == [0, 0, 0, 1])
  }

  @Test("One broken clock does not stretch the time scale of all the others")
  func brokenClock() {
    var future = span(3, in: 1, from: 2)
    future.start = UnixNanos(4_000_000_000_000_000_000)
    future.end = UnixNanos(.max)
    let tree = TraceTree([span(1, to: 40), span(2, in: 1, from: 1), future])
    #expect(tree.duration == 40.ms)
    #expect(TraceTree([]).duration == .zero)
  }

  @Test("A span's own time leaves out what its children cover, once")
  func selfTime() {
    let tree = TraceTree([
      span(1, to: 100), span(2, in: 1, from: 10, to: 40), span(3, in: 1, from: 30, to: 50),
      span(4, in: 1, from: 90, to: 130),
    ])
    #expect(tree.selfTime(of: 0) == 50.ms)
  }

  @Test("A child that starts before its parent says by how much")
  func skew() {
    let tree = TraceTree([span(1, from: 10, to: 30), span(2, in: 1, from: 4, to: 20)])
    #expect(tree.lead(of: 1) == 6.ms)
    #expect(tree.lead(of: 0) == .zero)
  }

  @Test("Folded rows hide what is under them and nothing else")
  func folding() {
    let tree = TraceTree([
      span(1), span(2, in: 1, from: 1), span(3, in: 2, from: 2), span(4, in: 1, from: 3),
    ])
    #expect(tree.visibleRows(folding: [.init(SpanID(2))]) == [0, 1, 3])
    #expect(tree.visibleRows(folding: [.init(SpanID(1))]) == [0])
    #expect(tree.visibleRows(folding: [.init(SpanID(77))]) == [0, 1, 2, 3])
    #expect([0, 1, 2, 3].map { tree.hasNextSibling($0) } == [false, true, false, false])
  }

  @Test("A row knows of errors below it")
  func errorsBelow() {
    var failed = span(3, in: 2, from: 2)
    failed.evidence = .statusError
    let tree = TraceTree([span(1), span(2, in: 1, from: 1), failed, span(4, in: 1, from: 3)])
    #expect([0, 1, 2, 3].map { tree.hasError(below: $0) } == [true, true, false, false])
  }

  // MARK: - Size

  @Test("A chain and a circle of 100,000 spans need no stack")
  func deep() {
    let count: UInt64 = 100_000
    let chain = (1...count).map { span($0, in: $0 - 1, from: Int($0)) }
    let tree = TraceTree(chain)
    #expect(tree.rows[99_999].depth == 99_999)
    #expect(tree.rows[0].subtreeEnd == 100_000)
    let circle = (1...count).map { span($0, in: $0 == 1 ? count : $0 - 1, from: Int($0)) }
    #expect(TraceTree(circle).rows[0].place == .cycle)
  }

  // MARK: - Against a model

  @Test("Random traces have the rows that a plain recursive model gives them")
  func againstModel() {
    var random = SplitMix64.announced("tree of a trace")
    for _ in 0..<2_000 {
      let count: Int = random.number(0...24)
      let spans = (0..<count).map { _ in randomSpan(&random) }
      let isSame = TraceTree(spans).rows == Model(spans).rows
      #expect(
        isSame, "\(outline(spans)) from \(spans.map { ($0.spanID, $0.parentSpanID, $0.start) })")
    }
  }

  /// Few ids, so that parents, duplicates, circles and gaps are all common.
  private func randomSpan(_ random: inout SplitMix64) -> SpanRow {
    let id: UInt64 = random.number(1...20)
    let parent: UInt64 = random.number(0...24)
    let start: Int = random.number(0...6)
    var row = span(id, in: parent, from: start, to: start + random.number(0...4))
    if random.chance(5) { row.start = UnixNanos(0) }
    return row
  }

  /// The same rows, made the plain way: recursion and searches.
  private struct Model {
    var rows: [TraceTree.Row] = []
    private let spans: [SpanRow]
    private var parents: [Int?] = []
    private var missing: [SpanID] = []
    private var cut: Set<Int> = []

    init(_ spans: [SpanRow]) {
      self.spans = spans
      for span in spans {
        parents.append(
          span.parentSpanID.isNone ? nil : spans.firstIndex { $0.spanID == span.parentSpanID })
      }
      for span in spans
      where !span.parentSpanID.isNone && !missing.contains(span.parentSpanID)
        && !spans.contains(where: { $0.spanID == span.parentSpanID })
      {
        missing.append(span.parentSpanID)
      }
      for index in spans.indices where !cut.contains(index) {
        let circle = circle(through: index)
        if let earliest = circle.min(by: precedes), circle.contains(index) {
          cut.insert(earliest)
          parents[earliest] = nil
        }
      }
      let tops =
        spans.indices.filter { isTop($0) }.map { (first: $0, ghost: SpanID?.none) }
        + missing.map { id in
          (first: sorted(spans.indices.filter { spans[$0].parentSpanID == id })[0], ghost: id)
        }
      for top in tops.sorted(by: { precedes($0.first, $1.first) }) {
        if let ghost = top.ghost { addGhost(ghost) } else { add(top.first, parent: nil, depth: 0) }
      }
    }

    private func isTop(_ index: Int) -> Bool {
      cut.contains(index) || spans[index].parentSpanID.isNone
    }

    /// The spans from this one back to itself, if its ancestors lead there.
    private func circle(through index: Int) -> [Int] {
      var trail = [index]
      var next = parents[index]
      while let current = next, trail.count <= spans.count {
        if current == index { return trail }
        trail.append(current)
        next = parents[current]
      }
      return []
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
      let (a, b) = (spans[left].start, spans[right].start)
      return a == b ? left < right : a.isSet && (!b.isSet || a < b)
    }

    private func sorted(_ indices: [Int]) -> [Int] { indices.sorted(by: precedes) }

    private mutating func add(_ index: Int, parent: Int?, depth: Int) {
      let id = spans[index].spanID
      let copy = spans[..<index].filter { $0.spanID == id }.count
      let isFirst = copy == 0
      let children = isFirst ? sorted(spans.indices.filter { parents[$0] == index }) : []
      let place: TraceTree.Place =
        cut.contains(index) ? .cycle : isFirst ? .ordinary : .duplicate
      append(.init(id, copy: copy), index, parent, depth, children, place)
    }

    private mutating func addGhost(_ id: SpanID) {
      let children = sorted(spans.indices.filter { spans[$0].parentSpanID == id })
      append(.init(id), nil, nil, 0, children, .missingParent)
    }

    private mutating func append(
      _ key: TraceTree.RowKey, _ span: Int?, _ parent: Int?, _ depth: Int, _ children: [Int],
      _ place: TraceTree.Place
    ) {
      let row = rows.count
      rows.append(
        TraceTree.Row(
          key: key, span: span, parent: parent, depth: depth, subtreeEnd: row + 1,
          childCount: children.count, place: place))
      for child in children { add(child, parent: row, depth: depth + 1) }
      rows[row].subtreeEnd = rows.count
    }
  }
}
