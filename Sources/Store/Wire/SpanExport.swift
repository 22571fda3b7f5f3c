/// Writes held spans as `ExportTraceServiceRequest` bytes straight from their columns.
///
/// Spans stand in the order they are appended; neighbours with one resource and scope share a group.
/// What is read back from the bytes is what was received, every field and attribute, in order.
public struct SpanExport {
  private var request = WireWriter()
  private var spans = WireWriter()
  private var group: (view: SegmentView, resource: UInt16, scope: UInt16)?

  public init() {}

  /// Bytes so far, but for a few of the open group's frame.
  public var count: Int { request.bytes.count + spans.bytes.count }

  /// Appends a span; false where it is not held any more.
  public mutating func append(_ reference: SpanReference, of snapshot: Snapshot) -> Bool {
    guard let (view, row) = snapshot.place(reference.rawValue) else { return false }
    let number = snapshot.chunks.number(low: view.segment.rows.trace[row])
    guard let trace = snapshot.traceRecord(number) else { return false }
    let (resource, scope) = (view.segment.rows.resource[row], view.segment.rows.scope[row])
    if let group,
      group.view.segment !== view.segment || group.resource != resource || group.scope != scope
    {
      closeGroup()
    }
    group = (view, resource, scope)
    // repeated Span spans = 2;
    spans.message(2) { writer in
      SpanExport.write(row, of: view, trace.id, into: &writer)
    }
    return true
  }

  /// The request; afterwards the next one begins.
  public mutating func finish() -> [UInt8] {
    closeGroup()
    defer { request = WireWriter() }
    return request.bytes
  }

  private mutating func closeGroup() {
    guard let (view, resourceNumber, scopeNumber) = group else { return }
    let resource = view.directory.resources[Int(resourceNumber)]
    let scope = view.directory.scopes[Int(scopeNumber)]
    let spans = spans.bytes
    // repeated ResourceSpans resource_spans = 1; in it resource = 1, scope_spans = 2, schema_url = 3.
    request.message(1) { writer in
      writer.bytes(1, view.strings[resource.message])
      writer.message(2) { writer in
        writer.bytes(1, view.strings[scope.message])
        writer.raw(spans)
        if scope.schemaURL != 0 { writer.bytes(3, view.strings[scope.schemaURL]) }
      }
      if resource.schemaURL != 0 { writer.bytes(3, view.strings[resource.schemaURL]) }
    }
    self.spans.removeAll()
    group = nil
  }

  /// The fields of one `Span`.
  private static func write(
    _ row: Int, of view: SegmentView, _ trace: TraceID, into writer: inout WireWriter
  ) {
    let rows = view.segment.rows
    writer.tag(1, 2)
    writer.varint(16)
    writer.word(trace.high.byteSwapped, bytes: 8)
    writer.word(trace.low.byteSwapped, bytes: 8)
    writer.tag(2, 2)
    writer.varint(8)
    writer.word(rows.spanID[row].byteSwapped, bytes: 8)
    if rows.parentID[row] != 0 {
      writer.tag(4, 2)
      writer.varint(8)
      writer.word(rows.parentID[row].byteSwapped, bytes: 8)
    }
    if rows.name[row] != 0 { writer.bytes(5, view.strings[rows.name[row]]) }
    let spanClass = view.spanClass(row)
    if spanClass.kind != 0 { writer.varint(6, UInt64(bitPattern: Int64(spanClass.kind))) }
    if rows.start[row] != 0 { writer.fixed64(7, rows.start[row]) }
    if rows.end[row] != 0 { writer.fixed64(8, rows.end[row]) }
    for (key, value) in view.attributes(row) {
      writer.message(9) { writer in
        if key != 0 { writer.bytes(1, view.strings[key]) }
        writer.message(2) { writer in write(value, of: view, into: &writer) }
      }
    }
    if rows.extras[row] != 0 { writer.raw(view.strings.heap.bytes(at: rows.extras[row])) }
    // Behind the rarer fields: they may hold a status with a message, and the last code counts.
    if spanClass.statusCode != 0 {
      writer.message(15) { writer in
        writer.varint(3, UInt64(bitPattern: Int64(spanClass.statusCode)))
      }
    }
    if spanClass.flags != 0 { writer.fixed32(16, spanClass.flags) }
  }

  /// The oneof of an `AnyValue`.
  private static func write(
    _ value: ValueReference, of view: SegmentView, into writer: inout WireWriter
  ) {
    let payload = value.payload
    switch value.kind {
    case .string: writer.bytes(1, view.strings[payload])
    case .smallInteger: writer.varint(3, UInt64(bitPattern: value.smallInteger))
    case .wideInteger: writer.varint(3, view.segment.words[Int(payload)])
    case .double: writer.fixed64(4, view.segment.words[Int(payload)])
    case .array: writer.bytes(5, view.strings[payload])
    case .keyValues: writer.bytes(6, view.strings[payload])
    case .bytes: writer.bytes(7, view.strings[payload])
    case .constant:
      if value != .empty { writer.varint(2, value == .yes ? 1 : 0) }
    }
  }
}
