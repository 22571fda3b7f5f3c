import Store

/// A tag of Jaeger's: a key and a value of one of five types.
struct JaegerTag {
  enum Value {
    case string(WireBytes)
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case bytes(WireBytes)
  }

  var key: WireBytes
  var value: Value

  init(key: WireBytes, _ value: Value) {
    self.key = key
    self.value = value
  }

  /// With a key of the program's own.
  init(key: StaticString, _ value: Value) {
    // Safe: a literal lives for ever.
    self.init(key: unsafe WireBytes(key.utf8Start, count: key.utf8CodeUnitCount), value)
  }

  // MARK: - Reading

  static func list(
    _ reader: inout JSONReader, _ scratch: JSONScratch
  ) throws(JSONError) -> [JaegerTag] {
    var tags: [JaegerTag] = []
    if try reader.takeNull() { return tags }
    try reader.beginList()
    var isFirst = true
    while try reader.nextElement(&isFirst) {
      if let tag = try JaegerTag(&reader, scratch) { tags.append(tag) }
    }
    return tags
  }

  /// `{"key":…,"type":…,"value":…}`; nil for a tag without a value.
  private init?(_ reader: inout JSONReader, _ scratch: JSONScratch) throws(JSONError) {
    var key = WireBytes.empty
    var type = WireBytes.empty
    var place: JSONReader?
    try reader.beginObject()
    var isFirst = true
    while let name = try reader.nextKey(&isFirst) {
      if try reader.takeNull() { continue }
      if name.elementsEqual("key") {
        key = try reader.string()
      } else if name.elementsEqual("type") {
        type = try reader.string()
      } else {
        if name.elementsEqual("value") { place = reader }
        try reader.skipValue()
      }
    }
    guard var place else { return nil }
    self.init(key: key, try Self.value(&place, type: type, scratch))
  }

  private static func value(
    _ reader: inout JSONReader, type: WireBytes, _ scratch: JSONScratch
  ) throws(JSONError) -> Value {
    switch try reader.peek() {
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool(try reader.bool())
    case UInt8(ascii: "\""):
      if type.elementsEqual("binary") {
        var plain = reader
        // Jaeger's user interface shows binary tags as text of its own where it cannot read them.
        if let bytes = try? plain.base64(scratch) { return .bytes(bytes) }
      } else if type.elementsEqual("int64") {
        return .int(try reader.int64())
      } else if type.elementsEqual("float64") {
        return .double(try reader.double())
      } else if type.elementsEqual("bool") {
        return .bool(try reader.string().elementsEqual("true"))
      }
      return .string(try reader.string())
    case UInt8(ascii: "{"), UInt8(ascii: "["): throw reader.expected("a plain value")
    default:
      let number = try reader.numberToken()
      if !type.elementsEqual("float64"), let whole = number.signed { return .int(whole) }
      guard let double = number.double else { throw reader.error(.number) }
      return .double(double)
    }
  }

  // MARK: - Writing

  /// A `KeyValue` as a field of this number.
  func write(_ field: Int, into writer: inout WireWriter) {
    writer.message(field) { writer in
      writer.bytes(1, key)
      writer.message(2) { writer in
        switch value {
        case .string(let text): writer.bytes(1, text)
        case .bool(let flag): writer.varint(2, flag ? 1 : 0)
        case .int(let number): writer.varint(3, UInt64(bitPattern: number))
        case .double(let number): writer.fixed64(4, number.bitPattern)
        case .bytes(let bytes): writer.bytes(7, bytes)
        }
      }
    }
  }
}

extension [JaegerTag] {
  func first(_ key: StaticString) -> JaegerTag.Value? {
    first { $0.key.elementsEqual(key) }?.value
  }

  /// The text under a key, which is then a tag no more.
  mutating func take(text key: StaticString) -> WireBytes? {
    guard case .string(let text) = first(key) else { return nil }
    remove(key)
    return text
  }

  mutating func remove(_ key: StaticString) { removeAll { $0.key.elementsEqual(key) } }
}
