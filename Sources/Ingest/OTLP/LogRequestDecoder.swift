public import Store

/// Walks an `ExportLogsServiceRequest` once and fills a batch, as ``TraceRequestDecoder`` does for spans.
///
/// Source: opentelemetry/proto/collector/logs/v1/logs_service.proto and what it imports.
public struct LogRequestDecoder: RequestWalk {
  let common = CommonDecoder()
  private var scratch = WireWriter()

  public init() {}

  /// Fills `logs` with the request's records; on an error there is nothing to be appended.
  ///
  /// The batch points into `body`, which must live until the batch has been appended.
  public mutating func decode(
    _ body: UnsafeRawBufferPointer, into logs: LogBatch
  ) throws(WireError) {
    logs.removeAll()
    do throws(WireError) {
      unsafe try walk(body, into: logs)
    } catch {
      logs.removeAll()
      throw error
    }
  }

  // MARK: - RequestWalk

  static func lines(of logs: LogBatch) -> SpanBatch { logs.lines }

  // repeated LogRecord log_records = 2;
  mutating func item(_ message: WireReader, into logs: LogBatch) throws(WireError) {
    try record(message, into: logs.lines)
    logs.finishRecord()
  }

  // MARK: - LogRecord

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
        guard !batch.isFullOfAttributes else { throw reader.error(.tooLarge) }
        try common.attribute(reader.nested(run), depth: 95, of: .span, into: batch)
      // uint32 dropped_attributes_count = 7; and the number of a copy: see ``LogBatch/copyField``.
      case 56, 248:
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
