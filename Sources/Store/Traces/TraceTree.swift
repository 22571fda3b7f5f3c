/// The spans of one trace in the order a waterfall shows them: depth first, earlier children first.
///
/// Built from spans in any order and in any state: parents that have not arrived, parents in a
/// circle, an id that came twice, clocks that disagree. Takes three passes (index by id, link to
/// parents, walk), none of them recursive, so the deepest and the largest trace cost memory in
/// proportion and no stack.
public struct TraceTree: Equatable, Sendable {
  /// The spans the tree was built from, in the order given.
  public let spans: [SpanRow]
  /// The rows from top to bottom; a row's descendants follow it directly.
  public let rows: [Row]
  /// The moments the spans reach from and to. Spans more than a day away from the others (a broken
  /// clock, a time that was never set) do not count, or they would press all the rest into one
  /// column.
  public let start: UnixNanos
  public let end: UnixNanos
  /// Spans whose parent has not arrived.
  public let orphanCount: Int
  /// Distinct services among the spans.
  public let serviceCount: Int
  /// What rows without a span stand for; empty in a tree that was not grouped.
  public let groups: [Group]
  public let extras: [Grouping.Extra]
  /// Rows with an error before each row, and all of them at the end, so that a folded part can tell
  /// at once.
  private let errorsBefore: [Int32]

  public static let empty = TraceTree([])

  public init(_ spans: [SpanRow]) { self.init(spans, Links(spans)) }

  init(_ spans: [SpanRow], _ links: Links) {
    self.spans = spans
    rows = links.walk()
    orphanCount = links.orphanCount
    serviceCount = Set(spans.lazy.map(\.service)).count
    (start, end) = TraceTree.extent(of: spans)
    groups = []
    extras = []
    errorsBefore = Self.countErrors(rows) { $0.span.map { spans[$0].hasError } ?? false }
  }

  /// The same tree with what goes together under rows of its own.
  public func grouped(by grouping: Grouping) -> TraceTree {
    let grouper = Grouper(self, grouping)
    guard grouper.isChanged || !grouping.failures.isEmpty else { return self }
    return TraceTree(self, grouper, grouping)
  }

  private init(_ plain: TraceTree, _ grouper: Grouper, _ grouping: Grouping) {
    spans = plain.spans
    rows = grouper.walk()
    (start, end) = (plain.start, plain.end)
    orphanCount = plain.orphanCount
    serviceCount = plain.serviceCount
    groups = grouper.groups
    extras = grouper.extras
    let (spans, extras) = (spans, extras)
    errorsBefore = Self.countErrors(rows) { row in
      if let span = row.span {
        return spans[span].hasError || grouping.failures.contains(spans[span].spanID)
      }
      return row.place == .extra && row.item.map { extras[$0].isFailure } ?? false
    }
  }

  private static func countErrors(_ rows: [Row], isError: (Row) -> Bool) -> [Int32] {
    var errors: Int32 = 0
    var before = rows.map { row in
      defer { if isError(row) { errors += 1 } }
      return errors
    }
    before.append(errors)
    return before
  }

  // MARK: - Reading

  /// From the first start to the last end.
  public var duration: Nanoseconds { end.since(start) }

  /// The span of a row; nil where the row stands for a parent that has not arrived.
  public func span(at row: Int) -> SpanRow? {
    rows[row].span.map { spans[$0] }
  }

  /// Where the row with this key is now. Costs a look at every row.
  public func row(with key: RowKey) -> Int? {
    rows.firstIndex { $0.key == key }
  }

  /// The rows that show while the descendants of some are folded away, top to bottom.
  public func visibleRows(folding folded: Set<RowKey>) -> [Int] {
    guard !folded.isEmpty else { return Array(rows.indices) }
    var visible: [Int] = []
    var row = 0
    while row < rows.count {
      visible.append(row)
      row = folded.contains(rows[row].key) ? rows[row].subtreeEnd : row + 1
    }
    return visible
  }

  /// The rows above this one that lead to it, nearest first.
  public func ancestors(of row: Int) -> [Int] {
    var ancestors: [Int] = []
    var current = rows[row].parent
    while let ancestor = current {
      ancestors.append(ancestor)
      current = rows[ancestor].parent
    }
    return ancestors
  }

  /// Whether another row with the same parent comes below this one; roots count as one family.
  public func hasNextSibling(_ row: Int) -> Bool {
    let end = rows[row].parent.map { rows[$0].subtreeEnd } ?? rows.count
    return rows[row].subtreeEnd < end
  }

  /// Whether any span below a row carries evidence of an error.
  public func hasError(below row: Int) -> Bool {
    errorsBefore[rows[row].subtreeEnd] > errorsBefore[row + 1]
  }

  /// Whether a row is one of those that count as an error.
  public func isError(at row: Int) -> Bool { errorsBefore[row + 1] > errorsBefore[row] }

  /// The group that a row stands for.
  public func group(at row: Int) -> Group? {
    rows[row].place == .group ? rows[row].item.map { groups[$0] } : nil
  }

  /// What a row stands for that is told of without a span.
  public func extra(at row: Int) -> Grouping.Extra? {
    rows[row].place == .extra ? rows[row].item.map { extras[$0] } : nil
  }

  /// The moments a row reaches from and to: the span's own, or those of the spans that wait for a
  /// missing parent.
  public func reach(of row: Int) -> (start: UnixNanos, end: UnixNanos) {
    if let span = span(at: row) { return (span.start, max(span.start, span.end)) }
    if let group = group(at: row) { return (group.start, group.end) }
    if let extra = extra(at: row) { return (extra.start, max(extra.start, extra.end)) }
    var first = UnixNanos(.max)
    var last = UnixNanos(0)
    var child = row + 1
    while child < rows[row].subtreeEnd {
      if let span = span(at: child), span.start.isSet {
        first = min(first, span.start)
        last = max(last, span.start, span.end)
      }
      child = rows[child].subtreeEnd
    }
    return first <= last ? (first, last) : (UnixNanos(0), UnixNanos(0))
  }

  /// How long a span worked itself: its duration without the time any of its children covers.
  public func selfTime(of row: Int) -> Nanoseconds {
    guard let span = span(at: row) else { return .zero }
    var covered = Nanoseconds.zero
    var reached = span.start
    var child = row + 1
    // Children are sorted by start, so one sweep finds the union of their intervals.
    while child < rows[row].subtreeEnd {
      // What a group holds are the span's own children.
      if rows[child].place == .group {
        child += 1
        continue
      }
      if let inner = self.span(at: child) {
        let from = max(inner.start, reached)
        let to = min(inner.end, span.end)
        if to > from {
          covered = covered + to.since(from)
          reached = to
        }
      }
      child = rows[child].subtreeEnd
    }
    return span.duration - covered
  }

  /// How much earlier than its parent a span begins, where clocks disagree; zero in a sane trace.
  public func lead(of row: Int) -> Nanoseconds {
    var above = rows[row].parent
    while let group = above, rows[group].place == .group { above = rows[group].parent }
    guard let span = span(at: row), let parent = above.flatMap({ self.span(at: $0) }),
      span.start.isSet, parent.start.isSet
    else { return .zero }
    return parent.start.since(span.start)
  }

  // MARK: - Extent

  /// How far from the middle one a span may be and still count for the extent.
  static let longestTrace = Nanoseconds.seconds(24 * 3_600)

  private static func extent(of spans: [SpanRow]) -> (start: UnixNanos, end: UnixNanos) {
    let starts = spans.lazy.map(\.start).filter(\.isSet).sorted()
    guard !starts.isEmpty else { return (UnixNanos(0), UnixNanos(0)) }
    let middle = starts[starts.count / 2]
    let earliest = middle - longestTrace
    let latest = middle + longestTrace
    var first = middle
    var last = middle
    for span in spans where span.start >= earliest && span.start <= latest && span.start.isSet {
      first = min(first, span.start)
      last = max(last, span.start)
      if span.end <= latest { last = max(last, span.end) }
    }
    return (first, last)
  }
}
