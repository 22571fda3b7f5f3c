public import Store

/// Spans as requests of about `maximumBytes` each, in order, made one at a time as they are asked for.
///
/// A request is closed before the span that would make it longer; one span that is longer by itself
/// goes alone, however long. Only the spans of one request are held at once.
public struct TraceRequestChunks<Spans: IteratorProtocol<SpanRecord>>: IteratorProtocol, Sequence {
  private var spans: Spans
  private let maximumBytes: Int
  private var encoder = TraceRequestEncoder()
  /// The span that did not fit into the request before.
  private var first: SpanRecord?

  public init(_ spans: Spans, maximumBytes: Int) {
    self.spans = spans
    self.maximumBytes = maximumBytes
    first = self.spans.next()
  }

  public init<Source: Sequence>(_ spans: Source, maximumBytes: Int)
  where Source.Iterator == Spans {
    self.init(spans.makeIterator(), maximumBytes: maximumBytes)
  }

  /// The bytes of the next request; nil when there are no more spans.
  public mutating func next() -> [UInt8]? {
    guard let first else { return nil }
    var chunk = [first]
    var size = encoder.measureAlone(first)
    self.first = nil
    while let span = spans.next() {
      size += encoder.measure(span, after: chunk[chunk.count - 1])
      guard size <= maximumBytes else {
        self.first = span
        break
      }
      chunk.append(span)
    }
    return encoder.encode(chunk)
  }
}

extension TraceRequestEncoder {
  /// The bytes of a request that holds this span only.
  mutating func measureAlone(_ span: SpanRecord) -> Int {
    lengths.removeAll(keepingCapacity: true)
    return measureResourceSpans(Run(scopes: [0..<1]), in: CollectionOfOne(span))
  }

  /// The bytes a span adds behind another: few where both have one resource and scope. The lengths of
  /// the groups themselves may grow by a few more.
  mutating func measure(_ span: SpanRecord, after neighbour: SpanRecord) -> Int {
    guard neighbour.resource == span.resource, neighbour.scope == span.scope else {
      return measureAlone(span)
    }
    lengths.removeAll(keepingCapacity: true)
    return measure(span)
  }
}
