import Store

/// Attributes of spans, straight into the batch.
extension TraceJSONDecoder {
  /// An `AnyValue` as its members come by: the last one holds.
  enum Value {
    case empty
    case string(WireBytes)
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case bytes(WireBytes)
    case array(WireBytes)
    case keyValues(WireBytes)
  }

  @inline(__always)
  func attribute(_ reader: inout JSONReader, _ batch: SpanBatch) throws(JSONError) {
    if let (key, value) = try reader.usualAttribute() {
      add(key, value, batch)
    } else {
      try anyAttribute(&reader, batch)
    }
  }

  private func anyAttribute(_ reader: inout JSONReader, _ batch: SpanBatch) throws(JSONError) {
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

  @inline(__always)
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
