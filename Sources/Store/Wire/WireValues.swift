/// Reads the messages that are kept as wire bytes back into plain values.
///
/// They were checked when they came in; where that should not hold, what can be read is returned.
enum WireValues {
  static func array(_ bytes: WireBytes) -> AttributeValue {
    var values: [AttributeValue] = []
    fields(of: bytes) { tag, reader throws(WireError) in
      guard tag == 10 else { return false }
      values.append(value(try reader.bytes()))
      return true
    }
    return .array(values)
  }

  static func keyValues(_ bytes: WireBytes) -> AttributeValue {
    var values: [Attribute] = []
    fields(of: bytes) { tag, reader throws(WireError) in
      guard tag == 10 else { return false }
      values.append(attribute(try reader.bytes()))
      return true
    }
    return .keyValues(values)
  }

  /// A `KeyValue`.
  static func attribute(_ bytes: WireBytes) -> Attribute {
    var key = ""
    var merged = WireWriter()
    fields(of: bytes) { tag, reader throws(WireError) in
      switch tag {
      case 10: key = try reader.bytes().text
      // Two values of one attribute merge, which joining their bytes does.
      case 18: merged.raw(try reader.bytes())
      default: return false
      }
      return true
    }
    return Attribute(key, unsafe merged.bytes.withUnsafeBytes { unsafe value(WireBytes($0)) })
  }

  /// An `AnyValue`.
  static func value(_ bytes: WireBytes) -> AttributeValue {
    var value = AttributeValue.empty
    fields(of: bytes) { tag, reader throws(WireError) in
      switch tag {
      case 10: value = .string(try reader.bytes().text)
      case 16: value = .bool(try reader.varint() != 0)
      case 24: value = .int(Int64(bitPattern: try reader.varint()))
      case 33: value = .double(Double(bitPattern: try reader.fixed64()))
      case 42: value = joined(value, array(try reader.bytes()))
      case 50: value = joined(value, keyValues(try reader.bytes()))
      case 58: value = .bytes(try reader.bytes().array)
      default: return false
      }
      return true
    }
    return value
  }

  /// A nested value after another one of its kind in the same message.
  private static func joined(_ first: AttributeValue, _ second: AttributeValue) -> AttributeValue {
    switch (first, second) {
    case (.array(let a), .array(let b)): .array(a + b)
    case (.keyValues(let a), .keyValues(let b)): .keyValues(a + b)
    default: second
    }
  }

  static func event(_ bytes: WireBytes) -> SpanEvent {
    var event = SpanEvent(time: UnixNanos(0), name: "")
    fields(of: bytes) { tag, reader throws(WireError) in
      switch tag {
      case 9: event.time = UnixNanos(try reader.fixed64())
      case 18: event.name = try reader.bytes().text
      case 26: event.attributes.append(attribute(try reader.bytes()))
      case 32: event.droppedAttributes = UInt32(truncatingIfNeeded: try reader.varint())
      default: return false
      }
      return true
    }
    return event
  }

  static func link(_ bytes: WireBytes) -> SpanLink {
    var link = SpanLink(traceID: [], spanID: [])
    fields(of: bytes) { tag, reader throws(WireError) in
      switch tag {
      case 10: link.traceID = try reader.bytes().array
      case 18: link.spanID = try reader.bytes().array
      case 26: link.traceState = try reader.bytes().text
      case 34: link.attributes.append(attribute(try reader.bytes()))
      case 40: link.droppedAttributes = UInt32(truncatingIfNeeded: try reader.varint())
      case 53: link.flags = try reader.fixed32()
      default: return false
      }
      return true
    }
    return link
  }

  /// The fields of a span that few spans have, into its record.
  static func read(extras bytes: WireBytes, into record: inout SpanRecord) {
    fields(of: bytes) { tag, reader throws(WireError) in
      switch tag {
      case 26: record.traceState = try reader.bytes().text
      case 80: record.droppedAttributes = UInt32(truncatingIfNeeded: try reader.varint())
      case 90: record.events.append(event(try reader.bytes()))
      case 96: record.droppedEvents = UInt32(truncatingIfNeeded: try reader.varint())
      case 106: record.links.append(link(try reader.bytes()))
      case 112: record.droppedLinks = UInt32(truncatingIfNeeded: try reader.varint())
      case 122:
        let run = try reader.bytes()
        fields(of: run) { tag, reader throws(WireError) in
          guard tag == 18 else { return false }
          record.statusMessage = try reader.bytes().text
          return true
        }
      default: return false
      }
      return true
    }
  }

  /// Calls `body` with the name of each event among a span's fields.
  static func eachEventName(inSpan bytes: WireBytes, _ body: (WireBytes) -> Void) {
    fields(of: bytes) { tag, reader throws(WireError) in
      guard tag == 90 else { return false }
      var name = WireBytes.empty
      fields(of: try reader.bytes()) { tag, reader throws(WireError) in
        guard tag == 18 else { return false }
        name = try reader.bytes()
        return true
      }
      body(name)
      return true
    }
  }

  /// The message of the status among a span's rarer fields.
  static func statusMessage(inSpan bytes: WireBytes) -> WireBytes? {
    var message: WireBytes?
    fields(of: bytes) { tag, reader throws(WireError) in
      guard tag == 122 else { return false }
      fields(of: try reader.bytes()) { tag, reader throws(WireError) in
        guard tag == 18 else { return false }
        message = try reader.bytes()
        return true
      }
      return true
    }
    return message
  }

  /// The number that an event of a name has under a key, among a span's rarer fields.
  static func number(
    inSpan bytes: WireBytes, event wanted: StaticString, key: StaticString
  ) -> Double? {
    var found: Double?
    fields(of: bytes) { tag, reader throws(WireError) in
      guard tag == 90 else { return false }
      let run = try reader.bytes()
      var name = WireBytes.empty
      fields(of: run) { tag, reader throws(WireError) in
        guard tag == 18 else { return false }
        name = try reader.bytes()
        return true
      }
      if found == nil, name.elementsEqual(wanted) {
        found = event(run).attributes.number("\(key)")
      }
      return true
    }
    return found
  }

  /// Calls `body` for each field of a message; it reads the field's payload and says so, or leaves it to be passed over.
  static func fields(
    of bytes: WireBytes, _ body: (UInt32, inout WireReader) throws(WireError) -> Bool
  ) {
    var reader = WireReader(bytes)
    do throws(WireError) {
      while !reader.isAtEnd {
        let tag = try reader.tag()
        if try !body(tag, &reader) { try reader.skip(tag, depth: WireReader.maximumDepth) }
      }
    } catch {
      return
    }
  }
}
