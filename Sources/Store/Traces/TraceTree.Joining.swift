extension TraceTree {
  /// One of several traces that are drawn as one tree.
  public struct JoinedTrace: Sendable {
    public var id: TraceID
    public var spans: [SpanRow]

    public init(id: TraceID, spans: [SpanRow]) {
      self.id = id
      self.spans = spans
    }
  }

  /// The traces of one request as one tree, the leading one first.
  ///
  /// A span whose parent is in another trace stands under it. What is left of a trace that is not the
  /// leading one stands under the request's root, by time, below a row for the trace:
  ///
  ///     POST /v1/chat/completions        plano(inbound)
  ///       travel_agent                   plano(agent)
  ///       trace 84c0…d2ae                a row without a span
  ///         POST /v1/chat gpt-4o-mini    plano(llm)
  public init(joining parts: [JoinedTrace]) {
    var ranges: [Range<Int>] = []
    var spans: [SpanRow] = []
    for part in parts {
      ranges.append(spans.count..<spans.count + part.spans.count)
      spans += part.spans
    }
    self.init(spans, Links(spans, parts: zip(ranges, parts.map(\.id)).map { ($0, $1) }))
  }

  /// The key of the row that stands for a trace of the request.
  public static func key(ofTrace id: TraceID) -> RowKey {
    RowKey(SpanID(id.high ^ (id.low << 32 | id.low >> 32)), copy: -1)
  }
}

extension TraceTree.Links {
  /// Where each of several traces begins and ends among the spans.
  typealias Part = (range: Range<Int>, id: TraceID)

  /// Which part a span belongs to.
  func part(of span: Int) -> Int {
    parts.firstIndex { $0.range.contains(span) } ?? 0
  }

  /// The span above which nothing stands and under which other traces go: the leading trace's first,
  /// else the first of any.
  func anchor() -> Int32? {
    let tops = order.filter { parents[Int($0)] < 0 }
    return tops.first { part(of: Int($0)) == 0 } ?? tops.first
  }

  /// Puts what has no parent, in every trace but that of the anchor, below a row for its trace.
  mutating func hangParts() {
    guard parts.count > 1, let anchor = anchor() else { return }
    let home = part(of: Int(anchor))
    let known = parents.count
    // A missing parent belongs where its first child does.
    var partOf: [Int] = parts.indices.flatMap { part in parts[part].range.map { _ in part } }
    partOf += repeatElement(home, count: known - spans.count)
    for span in spans.indices.reversed() where Int(parents[span]) >= spans.count {
      partOf[Int(parents[span])] = partOf[span]
    }
    var rows: [Int: Int32] = [:]
    for node in 0..<known where parents[node] < 0 && partOf[node] != home {
      let row = rows[partOf[node]] ?? addRow(forPart: partOf[node], under: anchor)
      rows[partOf[node]] = row
      parents[node] = row
    }
    rank()
  }
}
