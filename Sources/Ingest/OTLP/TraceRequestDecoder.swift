public import Store

/// Walks an `ExportTraceServiceRequest` once and fills a batch: no message objects, no copies of text.
///
/// Source: opentelemetry/proto/collector/trace/v1/trace_service.proto and what it imports. Accepts
/// what swift-protobuf accepts and means by it the same (fields in any order, repeated messages
/// merged, unknown fields passed over), but for strings that are not UTF-8: those are kept with
/// replacement characters and counted, because real proxies send them.
public struct TraceRequestDecoder {
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
      // Safe: the batch is appended before the body goes; see above.
      var reader = unsafe WireReader(WireBytes(body))
      guard body.count < 1 << 31 else { throw reader.error(.tooLarge) }
      while !reader.isAtEnd {
        let tag = try reader.tag()
        // repeated ResourceSpans resource_spans = 1;
        if tag == 10 {
          let run = try reader.bytes()
          guard !batch.isFull else { throw reader.error(.tooLarge) }
          try resourceSpans(reader.nested(run), into: batch)
        } else {
          try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
    } catch {
      batch.removeAll()
      throw error
    }
  }

  // MARK: - ResourceSpans, ScopeSpans

  private mutating func resourceSpans(
    _ whole: WireReader, into batch: SpanBatch
  ) throws(WireError) {
    // The resource and the schema may stand behind the spans they belong to: look for them first.
    var reader = whole
    var resource = WireBytes.empty
    var schemaURL = WireBytes.empty
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10:  // Resource resource = 1;
        resource = try join(resource, try reader.bytes(), .resource, whole, depth: 97, batch)
      case 26: schemaURL = try reader.bytes()  // string schema_url = 3;
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 1)
      }
    }
    let number = try self.resource(resource, mended(schemaURL, batch), whole, batch)
    reader = whole
    while !reader.isAtEnd {
      let tag = try reader.tag()
      // repeated ScopeSpans scope_spans = 2;
      if tag == 18 {
        let run = try reader.bytes()
        guard !batch.isFull else { throw reader.error(.tooLarge) }
        try scopeSpans(reader.nested(run), resource: number, into: batch)
      } else {
        try reader.skip(tag, depth: WireReader.maximumDepth - 1)
      }
    }
  }

  private mutating func scopeSpans(
    _ whole: WireReader, resource: Int, into batch: SpanBatch
  ) throws(WireError) {
    // The scope and the schema may stand behind the spans, whose number for them is given before.
    let number = batch.beginScope()
    var reader = whole
    var scope = WireBytes.empty
    var schemaURL = WireBytes.empty
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10:  // InstrumentationScope scope = 1;
        scope = try join(scope, try reader.bytes(), .scope, whole, depth: 96, batch)
      case 18:  // repeated Span spans = 2;
        let run = try reader.bytes()
        guard !batch.isFull else { throw reader.error(.tooLarge) }
        batch.beginSpan(resource: resource, scope: number)
        try span(reader.nested(run), into: batch)
        batch.finishSpan()
      case 26: schemaURL = try reader.bytes()  // string schema_url = 3;
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 2)
      }
    }
    try self.scope(number, scope, mended(schemaURL, batch), whole, batch)
  }

  func resource(
    _ message: WireBytes, _ schemaURL: WireBytes, _ place: WireReader, _ batch: SpanBatch
  ) throws(WireError) -> Int {
    let mark = batch.beginOrigin()
    let message = try mended(.resource, message, place, depth: 97, batch)
    var reader = place.nested(message)
    while !reader.isAtEnd {
      let tag = try reader.tag()
      // repeated KeyValue attributes = 1;
      if tag == 10 {
        let run = try reader.bytes()
        guard !batch.isFull else { throw reader.error(.tooLarge) }
        try attribute(reader.nested(run), depth: 96, of: .resource, into: batch)
      } else {
        try reader.skip(tag, depth: WireReader.maximumDepth - 2)
      }
    }
    return batch.finishResource(from: mark, message: message, schemaURL: schemaURL)
  }

  func scope(
    _ number: Int, _ message: WireBytes, _ schemaURL: WireBytes, _ place: WireReader,
    _ batch: SpanBatch
  ) throws(WireError) {
    let mark = batch.beginOrigin()
    let message = try mended(.scope, message, place, depth: 96, batch)
    var reader = place.nested(message)
    var name = WireBytes.empty
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10: name = try reader.bytes()  // string name = 1;
      case 26:  // repeated KeyValue attributes = 3;
        let run = try reader.bytes()
        guard !batch.isFull else { throw reader.error(.tooLarge) }
        try attribute(reader.nested(run), depth: 95, of: .scope, into: batch)
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 3)
      }
    }
    batch.finishScope(
      number, from: mark, message: message, schemaURL: schemaURL, name: name)
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
      case 42: batch.set(name: mended(try reader.bytes(), batch))  // string name = 5;
      case 48:  // SpanKind kind = 6;
        batch.set(kind: Int32(truncatingIfNeeded: try reader.varint()))
      case 57: batch.set(start: try reader.fixed64())  // fixed64 start_time_unix_nano = 7;
      case 65: batch.set(end: try reader.fixed64())  // fixed64 end_time_unix_nano = 8;
      case 74:  // repeated KeyValue attributes = 9;
        let run = try reader.bytes()
        guard !batch.isFull else { throw reader.error(.tooLarge) }
        try attribute(reader.nested(run), depth: 95, of: .span, into: batch)
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
        if !isUTF8(run) { extras.isClean = false }
        unsafe extras.take(reader.bytes(since: start), &scratch)
      case 80, 96, 112:  // uint32 dropped_attributes_count = 10, …events… = 12, …links… = 14;
        _ = try reader.varint()
        unsafe extras.take(reader.bytes(since: start), &scratch)
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 3)
      }
    }
    let run = extras.bytes(&scratch, batch.arena)
    guard !run.isEmpty else { return }
    batch.set(extras: try extras.isClean ? run : repaired(.span, run, batch))
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
        if !isUTF8(name) { extras.isClean = false }
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
        if !isUTF8(try reader.bytes()) { extras.isClean = false }
        hasMessage = true
      case 24:  // StatusCode code = 3;
        batch.set(statusCode: Int32(truncatingIfNeeded: try reader.varint()))
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth - 4)
      }
    }
    return hasMessage
  }
}
