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
  /// Rows with an error before each row, so that a folded part can tell at once.
  private let errorsBefore: [Int32]

  public static let empty = TraceTree([])

  public init(_ spans: [SpanRow]) { self.init(spans, Links(spans)) }

  init(_ spans: [SpanRow], _ links: Links) {
    self.spans = spans
    rows = links.walk()
    orphanCount = links.orphanCount
    serviceCount = Set(spans.lazy.map(\.service)).count
    (start, end) = TraceTree.extent(of: spans)
    var errors: Int32 = 0
    errorsBefore = rows.map { row in
      defer { if let span = row.span, spans[span].hasError { errors += 1 } }
      return errors
    }
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
    let last = rows[row].subtreeEnd - 1
    guard last > row else { return false }
    let isLastError = span(at: last)?.hasError ?? false
    return isLastError || errorsBefore[last] > errorsBefore[row + 1]
  }

  /// The moments a row reaches from and to: the span's own, or those of the spans that wait for a
  /// missing parent.
  public func reach(of row: Int) -> (start: UnixNanos, end: UnixNanos) {
    if let span = span(at: row) { return (span.start, max(span.start, span.end)) }
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
    guard let span = span(at: row), let parent = rows[row].parent.flatMap({ self.span(at: $0) }),
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
