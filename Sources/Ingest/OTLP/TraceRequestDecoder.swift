public import Store

/// Walks an `ExportTraceServiceRequest` once and fills a batch: no message objects, no copies of text.
///
/// Source: opentelemetry/proto/collector/trace/v1/trace_service.proto and what it imports. Accepts
/// what swift-protobuf accepts and means by it the same (fields in any order, repeated messages
/// merged, unknown fields passed over), but for strings that are not UTF-8: those are kept with
/// replacement characters and counted, because real proxies send them.
public struct TraceRequestDecoder: RequestWalk {
  let common = CommonDecoder()
  /// Runs of a span's rarer fields that do not stand side by side; kept for its memory.
  private var scratch = WireWriter()

  public init() {}

  /// Fills `batch` with the request's spans; on an error the batch holds nothing to be appended.
  ///
  /// The batch points into `body`, which must live until the batch has been appended.
  public mutating func decode(
    _ body: UnsafeRawBufferPointer, into batch: SpanBatch
  ) throws(WireError) {
    batch.removeAll()
    do throws(WireError) {
      unsafe try walk(body, into: batch)
    } catch {
      batch.removeAll()
      throw error
    }
  }

  // MARK: - RequestWalk

  static func lines(of batch: SpanBatch) -> SpanBatch { batch }

  // repeated Span spans = 2;
  @inline(__always)
  mutating func item(_ message: WireReader, into batch: SpanBatch) throws(WireError) {
    try span(message, into: batch)
    batch.finishSpan()
  }

  // MARK: - Span

  private mutating func span(_ whole: WireReader, into batch: SpanBatch) throws(WireError) {
    var reader = whole
    var extras = SpanExtras()
    while !reader.isAtEnd {
      let start = unsafe reader.position
      switch try reader.tag() {
      case 10: batch.set(traceID: try reader.bytes())  // bytes trace_id = 1;
      case 18: batch.set(spanID: try reader.bytes())  // bytes span_id = 2;
      case 34: batch.set(parentSpanID: try reader.bytes())  // bytes parent_span_id = 4;
      case 42: batch.set(name: common.mended(try reader.bytes(), batch))  // string name = 5;
      case 48:  // SpanKind kind = 6;
        batch.set(kind: Int32(truncatingIfNeeded: try reader.varint()))
      case 57: batch.set(start: try reader.fixed64())  // fixed64 start_time_unix_nano = 7;
      case 65: batch.set(end: try reader.fixed64())  // fixed64 end_time_unix_nano = 8;
      case 74:  // repeated KeyValue attributes = 9;
        let run = try reader.bytes()
        guard !batch.isFullOfAttributes else { throw reader.error(.tooLarge) }
        try common.attribute(reader.nested(run), depth: 95, of: .span, into: batch)
      case 90:  // repeated Event events = 11;
        let run = try reader.bytes()
        try event(reader.nested(run), &extras, batch)
        unsafe extras.take(reader.bytes(since: start), &scratch)
      case 106:  // repeated Link links = 13;
        let run = try reader.bytes()
        if try !WireSchema.link.isUTF8(reader.nested(run), depth: 95) { extras.isClean = false }
        unsafe extras.take(reader.bytes(since: start), &scratch)
      case 122:  // Status status = 15;
        let run = try reader.bytes()
        if try status(reader.nested(run), &extras, batch) {
          unsafe extras.take(reader.bytes(since: start), &scratch)
        }
      case 133: batch.set(flags: try reader.fixed32())  // fixed32 flags = 16;
      case 26:  // string trace_state = 3;
        let run = try reader.bytes()
        if !common.isUTF8(run) { extras.isClean = false }
        unsafe extras.take(reader.bytes(since: start), &scratch)
      case 80, 96, 112:  // uint32 dropped_attributes_count = 10, …events… = 12, …links… = 14;
        _ = try reader.varint()
        unsafe extras.take(reader.bytes(since: start), &scratch)
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 3)
      }
    }
    let run = extras.bytes(&scratch, batch.arena)
    guard !run.isEmpty else { return }
    batch.set(extras: try extras.isClean ? run : common.repaired(.span, run, batch))
  }

  private func event(
    _ whole: WireReader, _ extras: inout SpanExtras, _ batch: SpanBatch
  ) throws(WireError) {
    var reader = whole
    var name = WireBytes.empty
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 18:  // string name = 2;
        name = try reader.bytes()
        if !common.isUTF8(name) { extras.isClean = false }
      case 26:  // repeated KeyValue attributes = 3;
        let run = try reader.bytes()
        if try !WireSchema.keyValue.isUTF8(reader.nested(run), depth: 94) { extras.isClean = false }
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 4)
      }
    }
    batch.countEvent(named: name)
  }

  /// Whether the status says a message, which is kept with the rarer fields.
  private func status(
    _ whole: WireReader, _ extras: inout SpanExtras, _ batch: SpanBatch
  ) throws(WireError) -> Bool {
    var reader = whole
    var hasMessage = false
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 18:  // string message = 2;
        if !common.isUTF8(try reader.bytes()) { extras.isClean = false }
        hasMessage = true
      case 24:  // StatusCode code = 3;
        batch.set(statusCode: Int32(truncatingIfNeeded: try reader.varint()))
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 4)
      }
    }
    return hasMessage
  }
}
