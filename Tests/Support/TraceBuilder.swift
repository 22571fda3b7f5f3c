public import Store

/// Makes the spans of one trace from how it looks as a tree.
///
///     let spans = TraceBuilder {
///       root("GET /cart", 40.ms) {
///         child("SELECT", 2.ms).attributes(["db.system": "sqlite"])
///         child("POST /v1/chat", 30.ms, service: "plano(llm)").status(.error)
///       }
///     }.spans
///
/// Ids count up from one, depth first. A child begins where the child before it ended, the first
/// one with its parent; `at:` says otherwise. A child has its parent's service unless it names one.
public struct TraceBuilder: Sendable {
  public var traceID: TraceID
  public var start: UnixNanos
  private let roots: [SpanNode]

  /// `number` becomes the low half of the trace id; the start is 2025-11-21 14:02:11 UTC.
  public init(
    number: UInt64 = 1, start: UnixNanos = UnixNanos(1_763_733_731_000_000_000),
    @SpanNodes _ roots: () -> [SpanNode]
  ) {
    traceID = TraceID(high: 0x5C1F, low: number)
    self.start = start
    self.roots = roots()
  }

  /// The spans, parents before their children.
  public var spans: [SpanRecord] {
    var spans: [SpanRecord] = []
    var next = start
    for root in roots { next = append(root, parent: nil, after: next, to: &spans) }
    return spans
  }

  /// Appends the node and those under it; gives its end.
  private func append(
    _ node: SpanNode, parent: SpanRecord?, after: UnixNanos, to spans: inout [SpanRecord]
  ) -> UnixNanos {
    var span = node.record
    span.traceID = traceID
    if span.spanID.isNone { span.spanID = SpanID(UInt64(spans.count + 1)) }
    if let parent, span.parentSpanID.isNone { span.parentSpanID = parent.spanID }
    span.start = node.offset.map { (parent?.start ?? start) + $0 } ?? after
    span.end = span.start + node.duration
    if span.resource.attributes.isEmpty, let parent { span.resource = parent.resource }
    spans.append(span)
    var next = span.start
    for child in node.children { next = append(child, parent: span, after: next, to: &spans) }
    return span.end
  }
}

/// A span without a parent; `TraceBuilder` shows the use.
public func root(
  _ name: String, _ duration: Nanoseconds = 10.ms, at offset: Nanoseconds? = nil,
  service: String? = nil, @SpanNodes _ children: () -> [SpanNode] = { [] }
) -> SpanNode {
  SpanNode(name, duration, at: offset, service: service, children())
}

/// A span under another.
public func child(
  _ name: String, _ duration: Nanoseconds = 1.ms, at offset: Nanoseconds? = nil,
  service: String? = nil, @SpanNodes _ children: () -> [SpanNode] = { [] }
) -> SpanNode {
  SpanNode(name, duration, at: offset, service: service, children())
}

@resultBuilder
public enum SpanNodes {
  public static func buildExpression(_ node: SpanNode) -> [SpanNode] { [node] }
  public static func buildBlock(_ parts: [SpanNode]...) -> [SpanNode] { parts.flatMap { $0 } }
  public static func buildArray(_ parts: [[SpanNode]]) -> [SpanNode] { parts.flatMap { $0 } }
  public static func buildOptional(_ part: [SpanNode]?) -> [SpanNode] { part ?? [] }
  public static func buildEither(first part: [SpanNode]) -> [SpanNode] { part }
  public static func buildEither(second part: [SpanNode]) -> [SpanNode] { part }
}

extension Int {
  public var ns: Nanoseconds { Nanoseconds(UInt64(self)) }
  public var us: Nanoseconds { .microseconds(UInt64(self)) }
  public var ms: Nanoseconds { .milliseconds(UInt64(self)) }
  public var s: Nanoseconds { .seconds(UInt64(self)) }
}
