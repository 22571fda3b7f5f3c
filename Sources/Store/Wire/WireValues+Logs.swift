/// Reading the content of log records (see ``LogRow/content``) back into plain values.
extension WireValues {
  /// The body of a `LogRecord`; nil where it has none.
  static func body(ofRecord bytes: WireBytes) -> AttributeValue? {
    var merged = WireWriter()
    var isThere = false
    fields(of: bytes) { tag, reader throws(WireError) in
      guard tag == 42 else { return false }
      // Two bodies of one record merge, which joining their bytes does.
      merged.raw(try reader.bytes())
      isThere = true
      return true
    }
    guard isThere else { return nil }
    return unsafe merged.bytes.withUnsafeBytes { unsafe value(WireBytes($0)) }
  }

  private static let copyTag = UInt32(LogBatch.copyField << 3)

  /// Whether a `LogRecord` has a number among those that are like it.
  static func hasCopyNumber(_ bytes: WireBytes) -> Bool {
    var isThere = false
    fields(of: bytes) { tag, reader throws(WireError) in
      guard tag == copyTag else { return false }
      _ = try reader.varint()
      isThere = true
      return true
    }
    return isThere
  }

  /// Severity text, body and rarer fields of a `LogRecord`, into a record.
  static func read(content bytes: WireBytes, into record: inout LogRecord) {
    record.body = body(ofRecord: bytes) ?? .empty
    fields(of: bytes) { tag, reader throws(WireError) in
      switch tag {
      case 26: record.severityText = try reader.bytes().text
      case 56: record.droppedAttributes = UInt32(truncatingIfNeeded: try reader.varint())
      case 98: record.eventName = try reader.bytes().text
      default: return false
      }
      return true
    }
  }

  /// A record's content with another body; texts beside it that are longer than `limit` are left out.
  static func record(
    _ bytes: WireBytes, withBody body: AttributeValue, cutTo limit: Int = .max
  ) -> [UInt8] {
    var writer = WireWriter()
    fields(of: bytes) { tag, reader throws(WireError) in
      switch tag {
      case 26, 98:
        let run = try reader.bytes()
        if run.count <= limit { writer.bytes(Int(tag >> 3), run) }
      case 56: writer.varint(7, try reader.varint())
      case copyTag: writer.varint(LogBatch.copyField, try reader.varint())
      default: return false
      }
      return true
    }
    writer.message(5) { writer in writer.value(body) }
    return writer.bytes
  }
}
