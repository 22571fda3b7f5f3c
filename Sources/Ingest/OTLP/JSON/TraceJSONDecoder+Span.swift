import Store

/// Spans and their attributes, straight into the batch.
extension TraceJSONDecoder {
  mutating func span(_ reader: inout JSONReader, _ batch: SpanBatch) throws(JSONError) {
    extras.removeAll()
    try reader.beginObject()
    var isFirst = true
    var hint = 0
    while let key = try reader.nextKey(&isFirst) {
      guard let field = OTLPMessage.span.field(key, &hint) else {
        try reader.skipValue()
        continue
      }
      if try reader.takeNull() { continue }
      switch field.number {
      case 1: batch.set(traceID: try reader.hexadecimal(scratch))
      case 2: batch.set(spanID: try reader.hexadecimal(scratch))
      case 4: batch.set(parentSpanID: try reader.hexadecimal(scratch))
      case 5: batch.set(name: wireDecoder.mended(try reader.string(), batch))
      case 6: if let kind = try reader.enumeration(.spanKind) { batch.set(kind: kind) }
      case 7: batch.set(start: try reader.uint64())
      case 8: batch.set(end: try reader.uint64())
      case 9:
        try list(&reader) {
          (decoder: inout TraceJSONDecoder, reader: inout JSONReader) throws(JSONError) in
          guard !batch.isFullOfAttributes else { throw reader.error(.tooLarge) }
          try decoder.attribute(&reader, batch)
        }
      case 11:
        try list(&reader) {
          (decoder: inout TraceJSONDecoder, reader: inout JSONReader) throws(JSONError) in
          try decoder.event(&reader, batch)
        }
      case 15: try status(&reader, batch)
      case 16: batch.set(flags: try reader.uint32())
      default: try transcoder.field(field, &reader, &extras)
      }
    }
    if !extras.bytes.isEmpty { batch.set(extras: scratch.keep(extras.bytes)) }
  }

  private mutating func event(_ reader: inout JSONReader, _ batch: SpanBatch) throws(JSONError) {
    if try reader.takeNull() { throw reader.error(.null) }
    var name = WireBytes.empty
    try extras.message(11) { (writer: inout WireWriter) throws(JSONError) in
      try reader.beginObject()
      var isFirst = true
      var hint = 0
      while let key = try reader.nextKey(&isFirst) {
        guard let field = OTLPMessage.event.field(key, &hint) else {
          try reader.skipValue()
          continue
        }
        if try reader.takeNull() { continue }
        if field.number == 2 {
          name = transcoder.mended(try reader.string())
          writer.bytes(2, name)
        } else {
          try transcoder.field(field, &reader, &writer)
        }
      }
    }
    batch.countEvent(named: name)
  }

  /// The code is the span's; a message goes with the rarer fields.
  private mutating func status(_ reader: inout JSONReader, _ batch: SpanBatch) throws(JSONError) {
    var message: WireBytes?
    try reader.beginObject()
    var isFirst = true
    var hint = 0
    while let key = try reader.nextKey(&isFirst) {
      guard let field = OTLPMessage.status.field(key, &hint) else {
        try reader.skipValue()
        continue
      }
      if try reader.takeNull() { continue }
      if field.number == 2 {
        message = transcoder.mended(try reader.string())
      } else if let code = try reader.enumeration(.statusCode) {
        batch.set(statusCode: code)
      }
    }
    guard let message else { return }
    extras.message(15) { (writer: inout WireWriter) in writer.bytes(2, message) }
  }
}
