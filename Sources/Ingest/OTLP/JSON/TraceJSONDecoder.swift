public import Store

/// Walks an `ExportTraceServiceRequest` in OTLP/JSON and fills a batch: no document, no copies of
/// text that has no escapes.
///
/// Source: the OTLP specification, "JSON Protobuf Encoding", and protobuf's JSON mapping: ids are
/// hexadecimal, 64-bit numbers are strings or numbers, enumerations are numbers or names, null is
/// absent, unknown members are passed over. Strings that are not UTF-8 are kept with replacement
/// characters and counted, as in protobuf.
public struct TraceJSONDecoder {
  let scratch = JSONScratch()
  let transcoder: JSONTranscoder
  /// Reads resources and scopes, which are kept as wire bytes, once they are written as such.
  let wireDecoder = CommonDecoder()
  /// A span's rarer fields as wire bytes; kept for its memory.
  var extras = WireWriter()
  /// Whether the request decoded last has members that are not spans and were passed over.
  private(set) var hasOtherMembers = false

  public init() { transcoder = JSONTranscoder(scratch: scratch) }

  /// Fills `batch` with the request's spans; on an error the batch holds nothing to be appended.
  ///
  /// The batch points into `body` and into the decoder's own memory: it must be appended before
  /// either the body goes or the next one is decoded.
  public mutating func decode(
    _ body: UnsafeRawBufferPointer, into batch: SpanBatch
  ) throws(JSONError) {
    unsafe try decode(body, as: .request, into: batch)
  }

  /// What a text is.
  enum Part {
    case request
    /// One element of a request's `resourceSpans`.
    case resourceSpans
  }

  /// The same for a part of a request.
  mutating func decode(
    _ body: UnsafeRawBufferPointer, as part: Part, into batch: SpanBatch
  ) throws(JSONError) {
    scratch.removeAll()
    batch.removeAll()
    hasOtherMembers = false
    do throws(JSONError) {
      // Safe: the batch is appended before the body goes; see above.
      var reader = JSONReader(unsafe WireBytes(body), scratch: scratch)
      guard body.count < 1 << 31 else { throw reader.error(.tooLarge) }
      switch part {
      case .request: try request(&reader, batch)
      case .resourceSpans: try resourceSpans(&reader, batch)
      }
      guard reader.isAtEnd() else { throw reader.error(.trailing) }
      batch.repairedStrings += scratch.repairedStrings
    } catch {
      batch.removeAll()
      throw error
    }
  }

  // MARK: - Lists

  /// Calls `element` for each element of a list of messages; null is an empty list.
  @inline(__always)
  mutating func list(
    _ reader: inout JSONReader,
    _ element: (inout TraceJSONDecoder, inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    if try reader.takeNull() { return }
    try reader.beginList()
    var isFirst = true
    while try reader.nextElement(&isFirst) { try element(&self, &reader) }
  }

  // MARK: - The request, ResourceSpans

  private mutating func request(
    _ reader: inout JSONReader, _ batch: SpanBatch
  ) throws(JSONError) {
    try reader.beginObject()
    var isFirst = true
    while let key = try reader.nextKey(&isFirst) {
      guard OTLPMessage.request.field(key) != nil else {
        hasOtherMembers = true
        try reader.skipValue()
        continue
      }
      try list(&reader) {
        (decoder: inout TraceJSONDecoder, reader: inout JSONReader) throws(JSONError) in
        guard !batch.isFullOfResources else { throw reader.error(.tooLarge) }
        try decoder.resourceSpans(&reader, batch)
      }
    }
  }

  private mutating func resourceSpans(
    _ reader: inout JSONReader, _ batch: SpanBatch
  ) throws(JSONError) {
    var resource: WireWriter?
    var schemaURL = WireBytes.empty
    var number: Int?
    // Lists of spans that stand before their resource: where to come back to.
    var deferred: [JSONReader] = []
    try reader.beginObject()
    var isFirst = true
    var hint = 0
    while let key = try reader.nextKey(&isFirst) {
      guard let field = OTLPMessage.resourceSpans.field(key, &hint) else {
        try reader.skipValue()
        continue
      }
      if try reader.takeNull() { continue }
      switch field.number {
      case 1:
        var writer = resource ?? WireWriter()
        try transcoder.message(.resource, &reader, &writer)
        resource = writer
      case 2:
        if let resource {
          if number == nil { number = try self.resource(resource, reader, batch) }
          try scopeSpansList(&reader, resource: number ?? 0, batch)
        } else {
          deferred.append(reader)
          try reader.skipValue()
        }
      default: schemaURL = try reader.string()
      }
    }
    if number == nil { number = try self.resource(resource ?? WireWriter(), reader, batch) }
    let place = number ?? 0
    batch.set(schemaURL: wireDecoder.mended(schemaURL, batch), ofResource: place)
    for var earlier in deferred { try scopeSpansList(&earlier, resource: place, batch) }
  }

  private func resource(
    _ writer: WireWriter, _ reader: JSONReader, _ batch: SpanBatch
  ) throws(JSONError) -> Int {
    let message = scratch.keep(writer.bytes)
    do throws(WireError) {
      return try wireDecoder.resource(message, .empty, WireReader(message), batch)
    } catch {
      throw reader.error(error.reason == .nestedTooDeeply ? .nestedTooDeeply : .tooLarge)
    }
  }

  // MARK: - ScopeSpans

  private mutating func scopeSpansList(
    _ reader: inout JSONReader, resource: Int, _ batch: SpanBatch
  ) throws(JSONError) {
    try list(&reader) {
      (decoder: inout TraceJSONDecoder, reader: inout JSONReader) throws(JSONError) in
      guard !batch.isFullOfScopes else { throw reader.error(.tooLarge) }
      try decoder.scopeSpans(&reader, resource: resource, batch)
    }
  }

  private mutating func scopeSpans(
    _ reader: inout JSONReader, resource: Int, _ batch: SpanBatch
  ) throws(JSONError) {
    // The scope and the schema may stand behind the spans, whose number for them is given before.
    let number = batch.beginScope()
    var scope = WireWriter()
    var schemaURL = WireBytes.empty
    try reader.beginObject()
    var isFirst = true
    var hint = 0
    while let key = try reader.nextKey(&isFirst) {
      guard let field = OTLPMessage.scopeSpans.field(key, &hint) else {
        try reader.skipValue()
        continue
      }
      if try reader.takeNull() { continue }
      switch field.number {
      case 1: try transcoder.message(.scope, &reader, &scope)
      case 2:
        try list(&reader) {
          (decoder: inout TraceJSONDecoder, reader: inout JSONReader) throws(JSONError) in
          guard !batch.isFullOfSpans else { throw reader.error(.tooLarge) }
          batch.beginSpan(resource: resource, scope: number)
          try decoder.span(&reader, batch)
          batch.finishSpan()
        }
      default: schemaURL = try reader.string()
      }
    }
    let message = scratch.keep(scope.bytes)
    do throws(WireError) {
      try wireDecoder.scope(
        number, message, wireDecoder.mended(schemaURL, batch), WireReader(message), batch)
    } catch {
      throw reader.error(error.reason == .nestedTooDeeply ? .nestedTooDeeply : .tooLarge)
    }
  }
}
