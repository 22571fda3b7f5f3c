public import Store

/// A span and those under it, before ids and times are given; see `TraceBuilder`.
public struct SpanNode: Sendable {
  var record: SpanRecord
  let duration: Nanoseconds
  /// From the parent's start; nil: where the sibling before it ended.
  let offset: Nanoseconds?
  let children: [SpanNode]

  init(
    _ name: String, _ duration: Nanoseconds, at offset: Nanoseconds?, service: String?,
    _ children: [SpanNode]
  ) {
    record = SpanRecord(
      traceID: TraceID(high: 0, low: 0), spanID: .none, name: name, start: UnixNanos(0),
      end: UnixNanos(0))
    if let service { record.resource.attributes = [Attribute("service.name", .string(service))] }
    self.duration = duration
    self.offset = offset
    self.children = children
  }

  // MARK: - Saying more

  /// Adds attributes, in order; keys may repeat.
  public func attributes(_ pairs: KeyValuePairs<String, AttributeValue>) -> SpanNode {
    with { $0.attributes += pairs.map { Attribute($0.key, $0.value) } }
  }

  /// Adds attributes to the resource, which children without one of their own share.
  public func resource(_ pairs: KeyValuePairs<String, AttributeValue>) -> SpanNode {
    with { $0.resource.attributes += pairs.map { Attribute($0.key, $0.value) } }
  }

  public func scope(
    _ name: String, version: String = "", _ pairs: KeyValuePairs<String, AttributeValue> = [:]
  ) -> SpanNode {
    with {
      $0.scope = Scope(
        name: name, version: version, attributes: pairs.map { Attribute($0.key, $0.value) })
    }
  }

  public func kind(_ kind: SpanKind) -> SpanNode { with { $0.kind = kind } }

  public func status(_ code: StatusCode, _ message: String = "") -> SpanNode {
    with {
      $0.statusCode = code
      $0.statusMessage = message
    }
  }

  /// Adds an event; its time is counted from 1970 until the caller says otherwise.
  public func event(
    _ name: String, _ pairs: KeyValuePairs<String, AttributeValue> = [:],
    time: UnixNanos = UnixNanos(0)
  ) -> SpanNode {
    with {
      $0.events.append(
        SpanEvent(time: time, name: name, attributes: pairs.map { Attribute($0.key, $0.value) }))
    }
  }

  /// Gives the span this id instead of the next one.
  public func id(_ id: UInt64) -> SpanNode { with { $0.spanID = SpanID(id) } }

  /// Gives the span this parent instead of the one it stands under: an orphan, a circle.
  public func parent(_ id: UInt64) -> SpanNode { with { $0.parentSpanID = SpanID(id) } }

  /// Changes anything else.
  public func with(_ change: (inout SpanRecord) -> Void) -> SpanNode {
    var node = self
    change(&node.record)
    return node
  }
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: AttributeValue...) { self = .array(elements) }
}
