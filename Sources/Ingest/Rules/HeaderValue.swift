import Store

/// The value of a header as Plano takes it from a request.
enum HeaderValue {
  /// The value that counts: of an attribute that lists several, the last one that is a header's value.
  ///
  /// One with anything but visible ASCII, blanks and tabs is passed over; blanks and tabs at the ends
  /// go. Numbers and the like are no headers.
  static func last(of value: BatchValue, _ arena: Arena) -> WireBytes? {
    switch value {
    case .string(let bytes): return trimmed(bytes, arena)
    case .array(let run):
      var last: WireBytes?
      var reader = WireReader(run)
      do throws(WireError) {
        while !reader.isAtEnd {
          let tag = try reader.tag()
          // repeated AnyValue values = 1;
          guard tag == 10 else {
            try reader.skip(tag, depth: WireReader.maximumDepth)
            continue
          }
          let element = try reader.bytes()
          if let text = try text(element), let value = trimmed(text, arena) { last = value }
        }
      } catch {
        // The decoder has been over these bytes; what could be read counts.
        return last
      }
      return last
    default: return nil
    }
  }

  /// The string of an `AnyValue`; nil for one of another kind.
  private static func text(_ value: WireBytes) throws(WireError) -> WireBytes? {
    var text: WireBytes?
    var reader = WireReader(value)
    while !reader.isAtEnd {
      let tag = try reader.tag()
      // string string_value = 1; the last field of the oneof holds.
      if tag == 10 {
        text = try reader.bytes()
      } else {
        try reader.skip(tag, depth: WireReader.maximumDepth)
        text = nil
      }
    }
    return text
  }

  private static func trimmed(_ bytes: WireBytes, _ arena: Arena) -> WireBytes? {
    for index in 0..<bytes.count where !isAllowed(bytes[index]) { return nil }
    guard !bytes.isEmpty, isBlank(bytes[0]) || isBlank(bytes[bytes.count - 1]) else { return bytes }
    var inner = bytes.array.drop(while: isBlank)
    while let last = inner.last, isBlank(last) { inner.removeLast() }
    return arena.keep(Array(inner))
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) || byte == UInt8(ascii: "\t")
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }
}
