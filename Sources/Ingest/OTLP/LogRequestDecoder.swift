public import Store

/// Walks an `ExportLogsServiceRequest` once and fills a batch, as ``TraceRequestDecoder`` does for spans.
///
/// Source: opentelemetry/proto/collector/logs/v1/logs_service.proto and what it imports. `ResourceLogs`
/// and `ScopeLogs` number their fields as `ResourceSpans` and `ScopeSpans` do.
public struct LogRequestDecoder {
  private var scratch = WireWriter()
  /// Reads what both signals have: resources, scopes, attributes.
  private let common = TraceRequestDecoder()

  public init() {}

  /// Fills `logs` with the request's records; on an error there is nothing to be appended.
  ///
  /// The batch points into `body`, which must live until the batch has been appended.
  public mutating func decode(
    _ body: UnsafeRawBufferPointer, into logs: LogBatch
  ) throws(WireError) {
    logs.removeAll()
    do throws(WireError) {
      // Safe: the batch is appended before the body goes; see above.
      var reader = unsafe WireReader(WireBytes(body))
      guard body.count < 1 << 31 else { throw reader.error(.tooLarge) }
      while !reader.isAtEnd {
        let tag = try reader.tag()
        // repeated ResourceLogs resource_logs = 1;
        if tag == 10 {
          let run = try reader.bytes()
          guard !logs.lines.isFull else { throw reader.error(.tooLarge) }
          try resourceLogs(reader.nested(run), into: logs)
        } else {
          try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
    } catch {
      logs.removeAll()
      throw error
    }
  }

  private mutating func resourceLogs(
    _ whole: WireReader, into logs: LogBatch
  ) throws(WireError) {
    let batch = logs.lines
    // The resource and the schema may stand behind the records they belong to: look for them first.
    var reader = whole
    var resource = WireBytes.empty
    var schemaURL = WireBytes.empty
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10:  // Resource resource = 1;
        resource = try common.join(
          resource, try reader.bytes(), .resource, whole, depth: 97, batch)
      case 26: schemaURL = try reader.bytes()  // string schema_url = 3;
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 1)
      }
    }
    let number = try common.resource(resource, common.mended(schemaURL, batch), whole, batch)
    reader = whole
    while !reader.isAtEnd {
      let tag = try reader.tag()
      // repeated ScopeLogs scope_logs = 2;
      if tag == 18 {
        let run = try reader.bytes()
        guard !batch.isFull else { throw reader.error(.tooLarge) }
        try scopeLogs(reader.nested(run), resource: number, into: logs)
      } else {
        try reader.skip(tag, depth: WireReader.maximumDepth - 1)
      }
    }
  }

  private mutating func scopeLogs(
    _ whole: WireReader, resource: Int, into logs: LogBatch
  ) throws(WireError) {
    let batch = logs.lines
    let number = batch.beginScope()
    var reader = whole
    var scope = WireBytes.empty
    var schemaURL = WireBytes.empty
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10:  // InstrumentationScope scope = 1;
        scope = try common.join(scope, try reader.bytes(), .scope, whole, depth: 96, batch)
      case 18:  // repeated LogRecord log_records = 2;
        let run = try reader.bytes()
        guard !batch.isFull else { throw reader.error(.tooLarge) }
        batch.beginSpan(resource: resource, scope: number)
        try record(reader.nested(run), into: batch)
        logs.finishRecord()
      case 26: schemaURL = try reader.bytes()  // string schema_url = 3;
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 2)
      }
    }
    try common.scope(number, scope, common.mended(schemaURL, batch), whole, batch)
  }

  private mutating func record(_ whole: WireReader, into batch: SpanBatch) throws(WireError) {
    var reader = whole
    var content = SpanExtras()
    while !reader.isAtEnd {
      let start = unsafe reader.position
      switch try reader.tag() {
      case 9: batch.set(start: try reader.fixed64())  // fixed64 time_unix_nano = 1;
      case 16:  // SeverityNumber severity_number = 2;
        batch.set(kind: Int32(truncatingIfNeeded: try reader.varint()))
      case 26, 98:  // string severity_text = 3; string event_name = 12;
        if !common.isUTF8(try reader.bytes()) { content.isClean = false }
        unsafe content.take(reader.bytes(since: start), &scratch)
      case 42:  // AnyValue body = 5;
        let run = try reader.bytes()
        if try !WireSchema.anyValue.isUTF8(reader.nested(run), depth: 95) {
          content.isClean = false
        }
        unsafe content.take(reader.bytes(since: start), &scratch)
      case 50:  // repeated KeyValue attributes = 6;
        let run = try reader.bytes()
        guard !batch.isFull else { throw reader.error(.tooLarge) }
        try common.attribute(reader.nested(run), depth: 95, of: .span, into: batch)
      case 56:  // uint32 dropped_attributes_count = 7;
        _ = try reader.varint()
        unsafe content.take(reader.bytes(since: start), &scratch)
      case 69: batch.set(flags: try reader.fixed32())  // fixed32 flags = 8;
      case 74: batch.set(traceID: try reader.bytes())  // bytes trace_id = 9;
      case 82: batch.set(spanID: try reader.bytes())  // bytes span_id = 10;
      case 89: batch.set(end: try reader.fixed64())  // fixed64 observed_time_unix_nano = 11;
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 3)
      }
    }
    let run = content.bytes(&scratch, batch.arena)
    guard !run.isEmpty else { return }
    batch.set(extras: try content.isClean ? run : common.repaired(.logRecord, run, batch))
  }
}
