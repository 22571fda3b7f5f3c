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
          guard !batch.isFull else { throw reader.error(.tooLarge) }
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

  // MARK: - Attributes

  /// An `AnyValue` as its members come by: the last one holds.
  private enum Value {
    case empty
    case string(WireBytes)
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case bytes(WireBytes)
    case array(WireBytes)
    case keyValues(WireBytes)
  }

  private func attribute(_ reader: inout JSONReader, _ batch: SpanBatch) throws(JSONError) {
    var key = WireBytes.empty
    var value = Value.empty
    try reader.beginObject()
    var isFirst = true
    while let name = try reader.nextKey(&isFirst) {
      if name.elementsEqual("key") {
        key = try reader.takeNull() ? .empty : try reader.string()
      } else if name.elementsEqual("value") {
        if try !reader.takeNull() { try self.value(&reader, &value) }
      } else {
        try reader.skipValue()
      }
    }
    add(key, value, batch)
  }

  private func add(_ key: WireBytes, _ value: Value, _ batch: SpanBatch) {
    switch value {
    case .string(let text):
      if !batch.add(key, text: text, of: .span) {
        batch.add(
          wireDecoder.mended(key, batch), .string, wireDecoder.mended(text, batch), of: .span)
      }
    case .int(let number):
      if !batch.add(key, count: number, of: .span) {
        batch.add(wireDecoder.mended(key, batch), integer: number, of: .span)
      }
    case .bool(let flag):
      batch.add(wireDecoder.mended(key, batch), boolean: flag, of: .span)
    case .double(let number):
      batch.add(wireDecoder.mended(key, batch), double: number, of: .span)
    case .bytes(let run): batch.add(wireDecoder.mended(key, batch), .bytes, run, of: .span)
    case .array(let run): batch.add(wireDecoder.mended(key, batch), .array, run, of: .span)
    case .keyValues(let run):
      batch.add(wireDecoder.mended(key, batch), .keyValues, run, of: .span)
    case .empty: batch.addEmpty(wireDecoder.mended(key, batch))
    }
  }

  private func value(
    _ reader: inout JSONReader, _ value: inout Value
  ) throws(JSONError) {
    try reader.beginObject()
    var isFirst = true
    var hint = 0
    while let name = try reader.nextKey(&isFirst) {
      // Most values are strings.
      if name.elementsEqual("stringValue"), try reader.peek() == UInt8(ascii: "\"") {
        value = .string(try reader.string())
        continue
      }
      guard let field = OTLPMessage.anyValue.field(name, &hint) else {
        try reader.skipValue()
        continue
      }
      if try reader.takeNull() { continue }
      switch field.number {
      case 1: value = .string(try reader.string())
      case 2: value = .bool(try reader.bool())
      case 3: value = .int(try reader.int64())
      case 4: value = .double(try reader.double())
      case 5: value = .array(try nested(.array, &reader))
      case 6: value = .keyValues(try nested(.keyValues, &reader))
      default: value = .bytes(try reader.base64(scratch))
      }
    }
  }

  private func nested(
    _ type: OTLPMessage, _ reader: inout JSONReader
  ) throws(JSONError) -> WireBytes {
    var writer = WireWriter()
    try transcoder.message(type, &reader, &writer)
    return scratch.keep(writer.bytes)
  }
}
