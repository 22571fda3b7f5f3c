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
      default: return false
      }
      return true
    }
    writer.message(5) { writer in writer.value(body) }
    return writer.bytes
  }

  /// The attributes of a `Resource` (field 1) or `InstrumentationScope` (field 3).
  static func attributes(in bytes: WireBytes, field: UInt32) -> [Attribute] {
    var attributes: [Attribute] = []
    fields(of: bytes) { tag, reader throws(WireError) in
      guard tag == field << 3 | 2 else { return false }
      attributes.append(attribute(try reader.bytes()))
      return true
    }
    return attributes
  }

  /// The resource in the fields of a `ResourceLogs`.
  static func resource(inLogs bytes: WireBytes) -> Resource {
    var resource = Resource()
    fields(of: bytes) { tag, reader throws(WireError) in
      switch tag {
      case 10:
        let run = try reader.bytes()
        resource.attributes = attributes(in: run, field: 1)
        resource.droppedAttributes = droppedAttributes(ofResource: run)
      case 26: resource.schemaURL = try reader.bytes().text
      default: return false
      }
      return true
    }
    return resource
  }

  /// The scope in the fields of a `ScopeLogs`.
  static func scope(inLogs bytes: WireBytes) -> Scope {
    var scope = Scope()
    fields(of: bytes) { tag, reader throws(WireError) in
      switch tag {
      case 10:
        let run = try reader.bytes()
        scope.attributes = attributes(in: run, field: 3)
        scope.droppedAttributes = droppedAttributes(ofScope: run)
        scope.version = version(ofScope: run)
        scope.name = name(ofScope: run)
      case 26: scope.schemaURL = try reader.bytes().text
      default: return false
      }
      return true
    }
    return scope
  }

  private static func name(ofScope bytes: WireBytes) -> String {
    var name = ""
    fields(of: bytes) { tag, reader throws(WireError) in
      guard tag == 10 else { return false }
      name = try reader.bytes().text
      return true
    }
    return name
  }
}

extension WireWriter {
  /// The oneof of an `AnyValue`.
  public mutating func value(_ value: AttributeValue) {
    switch value {
    case .empty: break
    case .string(let text): string(1, text)
    case .bool(let isTrue): varint(2, isTrue ? 1 : 0)
    case .int(let number): varint(3, UInt64(bitPattern: number))
    case .double(let number): fixed64(4, number.bitPattern)
    case .array(let values):
      message(5) { writer in
        for value in values { writer.message(1) { writer in writer.value(value) } }
      }
    case .keyValues(let pairs):
      message(6) { writer in
        for pair in pairs {
          writer.message(1) { writer in
            if !pair.key.isEmpty { writer.string(1, pair.key) }
            writer.message(2) { writer in writer.value(pair.value) }
          }
        }
      }
    case .bytes(let content): bytes(7, content)
    }
  }
}
