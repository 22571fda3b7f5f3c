/// Writes held log records as `ExportLogsServiceRequest` bytes.
///
/// Records stand in the order they are appended; neighbours with one resource and scope share a group.
public struct LogExport {
  private var request = WireWriter()
  private var records = WireWriter()
  private var group: (segment: LogSegment, resource: UInt32, scope: UInt32)?

  public init() {}

  /// Bytes so far, but for a few of the open group's frame.
  public var count: Int { request.bytes.count + records.bytes.count }

  /// Appends a record of a trace; does nothing where it is not held any more.
  public mutating func append(
    _ reference: LogReference, of trace: TraceNumber, in snapshot: Snapshot
  ) {
    guard let (segment, row) = snapshot.logs.place(reference.rawValue),
      let record = snapshot.traceRecord(trace.rawValue)
    else { return }
    if let group,
      group.segment !== segment || group.resource != row.resource || group.scope != row.scope
    {
      closeGroup()
    }
    group = (segment, row.resource, row.scope)
    // repeated LogRecord log_records = 2;
    records.message(2) { writer in
      LogExport.write(
        time: row.time, observed: row.observed, severity: row.severity, flags: row.flags,
        record.id, row.spanID, into: &writer)
      writer.raw(segment.strings[row.content])
      for position in 0..<Int(row.attributeCount) {
        // repeated KeyValue attributes = 6;
        writer.bytes(6, segment.strings[segment.attributes[Int(row.attributes) + position]])
      }
    }
  }

  /// The request; afterwards the next one begins.
  public mutating func finish() -> [UInt8] {
    closeGroup()
    defer { request = WireWriter() }
    return request.bytes
  }

  private mutating func closeGroup() {
    guard let (segment, resource, scope) = group else { return }
    let records = records.bytes
    // repeated ResourceLogs resource_logs = 1; in it resource = 1, scope_logs = 2, schema_url = 3.
    request.message(1) { writer in
      writer.raw(segment.strings[resource])
      writer.message(2) { writer in
        writer.raw(segment.strings[scope])
        writer.raw(records)
      }
    }
    self.records.removeAll()
    group = nil
  }

  /// The fields of a `LogRecord` that every record has.
  static func write(
    time: UInt64, observed: UInt64, severity: Int32, flags: UInt32, _ trace: TraceID,
    _ span: UInt64, into writer: inout WireWriter
  ) {
    if time != 0 { writer.fixed64(1, time) }
    writer.enumeration(2, severity)
    if flags != 0 { writer.fixed32(8, flags) }
    writer.id(9, trace)
    if span != 0 { writer.id(10, SpanID(span)) }
    if observed != 0 { writer.fixed64(11, observed) }
  }
}
