import Store

/// Writes messages of OTLP/JSON as protobuf wire bytes, field by field, as they come by.
///
/// For what is kept as wire bytes (resources, scopes, nested values, events and links), and for whole
/// requests where a viewer is to get them.
struct JSONTranscoder {
  let scratch: JSONScratch

  /// A whole request; what stands behind it is refused.
  func request(
    _ body: WireBytes, as type: OTLPMessage = .request
  ) throws(JSONError) -> [UInt8] {
    var reader = JSONReader(body, scratch: scratch)
    var writer = WireWriter(reserving: body.count / 2)
    try message(type, &reader, &writer)
    guard reader.isAtEnd() else { throw reader.error(.trailing) }
    return writer.bytes
  }

  /// A whole request as protobuf.
  static func request(_ body: MessageBytes) throws(JSONError) -> MessageBytes {
    let bytes = unsafe try body.withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(JSONError) -> [UInt8] in
      try JSONTranscoder(scratch: JSONScratch()).request(unsafe WireBytes(bytes))
    }
    return MessageBytes(bytes)
  }

  /// The fields of an object, without a tag or length of their own.
  func message(
    _ type: OTLPMessage, _ reader: inout JSONReader, _ writer: inout WireWriter
  ) throws(JSONError) {
    try reader.beginObject()
    var isFirst = true
    var hint = 0
    while let key = try reader.nextKey(&isFirst) {
      guard let field = type.field(key, &hint) else {
        try reader.skipValue()
        continue
      }
      if try !reader.takeNull() { try self.field(field, &reader, &writer) }
    }
  }

  /// A field whose value comes next and is not null.
  func field(
    _ field: OTLPMessage.Field, _ reader: inout JSONReader, _ writer: inout WireWriter
  ) throws(JSONError) {
    let number = field.number
    switch field.kind {
    case .string: writer.bytes(number, mended(try reader.string()))
    case .id: writer.bytes(number, try reader.hexadecimal(scratch))
    case .bytes: writer.bytes(number, try reader.base64(scratch))
    case .bool: writer.varint(number, try reader.bool() ? 1 : 0)
    case .int64: writer.varint(number, UInt64(bitPattern: try reader.int64()))
    case .uint32: writer.varint(number, UInt64(try reader.uint32()))
    case .fixed32: writer.fixed32(number, try reader.uint32())
    case .fixed64: writer.fixed64(number, try reader.uint64())
    case .double: writer.fixed64(number, try reader.double().bitPattern)
    case .enumeration(let names):
      guard let value = try reader.enumeration(names) else { return }
      writer.varint(number, UInt64(bitPattern: Int64(value)))
    case .message(let type): try nested(number, type, &reader, &writer)
    case .list(let type):
      try elements(&reader) { (reader: inout JSONReader) throws(JSONError) in
        try nested(number, type, &reader, &writer)
      }
    case .strings:
      try elements(&reader) { (reader: inout JSONReader) throws(JSONError) in
        writer.bytes(number, mended(try reader.string()))
      }
    }
  }

  /// The string itself, or a copy with replacement characters, counted.
  func mended(_ text: WireBytes) -> WireBytes {
    guard unsafe !Bytes.isUTF8(text.address, text.count) else { return text }
    scratch.repairedStrings += 1
    return scratch.keep(Array(text.text.utf8))
  }

  private func nested(
    _ number: Int, _ type: OTLPMessage, _ reader: inout JSONReader, _ writer: inout WireWriter
  ) throws(JSONError) {
    try writer.message(number) { (writer: inout WireWriter) throws(JSONError) in
      try message(type, &reader, &writer)
    }
  }

  private func elements(
    _ reader: inout JSONReader, _ element: (inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    try reader.beginList()
    var isFirst = true
    while try reader.nextElement(&isFirst) {
      if try reader.takeNull() { throw reader.error(.null) }
      try element(&reader)
    }
  }
}
