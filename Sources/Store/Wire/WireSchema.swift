/// The messages of OTLP that are kept as wire bytes, as far as checking and mending them needs.
///
/// Source: opentelemetry/proto/{common,resource,trace}/v1. Fields that are not named here are
/// scalars or unknown; both are passed over.
public enum WireSchema {
  case keyValue, anyValue, arrayValue, keyValueList, event, link, resource, scope, status, span
  case logRecord

  /// What a length-delimited field of a message holds.
  public enum Content {
    case string
    case message(WireSchema)
    case other
  }

  /// What stands in the length-delimited field with this number.
  @inlinable
  public func content(_ field: UInt32) -> Content {
    switch (self, field) {
    case (.keyValue, 1): .string
    case (.keyValue, 2): .message(.anyValue)
    case (.anyValue, 1): .string
    case (.anyValue, 5): .message(.arrayValue)
    case (.anyValue, 6): .message(.keyValueList)
    case (.arrayValue, 1): .message(.anyValue)
    case (.keyValueList, 1): .message(.keyValue)
    case (.event, 2): .string
    case (.event, 3): .message(.keyValue)
    case (.link, 3): .string
    case (.link, 4): .message(.keyValue)
    case (.resource, 1): .message(.keyValue)
    case (.resource, 3): .other
    case (.scope, 1), (.scope, 2): .string
    case (.scope, 3): .message(.keyValue)
    case (.status, 2): .string
    case (.span, 3): .string
    case (.span, 11): .message(.event)
    case (.span, 13): .message(.link)
    case (.span, 15): .message(.status)
    case (.logRecord, 3), (.logRecord, 12): .string
    case (.logRecord, 5): .message(.anyValue)
    default: .other
    }
  }

  /// Walks a message and says whether every string in it is UTF-8; throws where it is not protobuf.
  ///
  /// `depth` is how many more messages may be nested inside.
  public func isUTF8(_ reader: WireReader, depth: Int) throws(WireError) -> Bool {
    guard depth >= 0 else { throw reader.error(.nestedTooDeeply) }
    var reader = reader
    var isClean = true
    while !reader.isAtEnd {
      let tag = try reader.tag()
      guard tag & 7 == 2 else {
        try reader.skip(tag, depth: depth)
        continue
      }
      let run = try reader.bytes()
      switch content(tag >> 3) {
      case .string: unsafe isClean = Bytes.isUTF8(run.base, run.count) && isClean
      case .message(let inner):
        isClean = try inner.isUTF8(reader.nested(run), depth: depth - 1) && isClean
      case .other: break
      }
    }
    return isClean
  }

  /// Copies a well-formed message with replacement characters where strings are not UTF-8, and counts those strings.
  ///
  /// Only for messages that ``isUTF8(_:depth:)`` has walked without an error.
  public func repaired(
    _ bytes: WireBytes, into writer: inout WireWriter, count: inout Int
  ) throws(WireError) {
    var reader = WireReader(bytes)
    while !reader.isAtEnd {
      let start = unsafe reader.position
      let tag = try reader.tag()
      guard tag & 7 == 2 else {
        try reader.skip(tag, depth: WireReader.maximumDepth)
        unsafe writer.raw(reader.bytes(since: start))
        continue
      }
      let run = try reader.bytes()
      switch content(tag >> 3) {
      case .string where unsafe !Bytes.isUTF8(run.base, run.count):
        count += 1
        writer.string(Int(tag >> 3), run.text)
      case .message(let inner):
        try writer.message(Int(tag >> 3)) { (writer: inout WireWriter) throws(WireError) in
          try inner.repaired(run, into: &writer, count: &count)
        }
      default: unsafe writer.raw(reader.bytes(since: start))
      }
    }
  }
}
