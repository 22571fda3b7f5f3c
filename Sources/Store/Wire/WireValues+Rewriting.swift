/// What becomes of an attribute of an event.
public enum EventAttributeChange: Equatable, Sendable {
  case stay, go
  /// It gets this text for its value.
  case become(String)
}

/// Changing the attributes of events where they are kept, as wire bytes.
extension WireValues {
  /// Whether any event among a span's rarer fields has an attribute under a key that `holds`.
  static func anyEventKey(inSpan bytes: WireBytes, _ holds: (WireBytes) -> Bool) -> Bool {
    var isFound = false
    each(90, in: bytes) { event in
      guard !isFound else { return }
      each(26, in: event) { attribute in isFound = isFound || holds(key(ofAttribute: attribute)) }
    }
    return isFound
  }

  /// A span's rarer fields with the attributes of its events changed; everything else byte for byte.
  static func rewritingEvents(
    inSpan bytes: WireBytes, _ change: (WireBytes, AttributeValue) -> EventAttributeChange
  ) -> [UInt8] {
    var writer = WireWriter(reserving: bytes.count)
    copy(bytes, to: &writer, but: 90) { event, writer in
      writer.message(11) { writer in
        copy(event, to: &writer, but: 26) { attribute, writer in
          let key = key(ofAttribute: attribute)
          switch change(key, WireValues.attribute(attribute).value) {
          case .stay: writer.bytes(3, attribute)
          case .go: break
          case .become(let text):
            writer.message(3) { writer in
              writer.bytes(1, key)
              writer.message(2) { $0.string(1, text) }
            }
          }
        }
      }
    }
    return writer.bytes
  }

  /// The key of a `KeyValue`; the last one counts where there are several.
  private static func key(ofAttribute attribute: WireBytes) -> WireBytes {
    var key = WireBytes.empty
    each(10, in: attribute) { key = $0 }
    return key
  }

  private static func each(_ wanted: UInt32, in bytes: WireBytes, _ body: (WireBytes) -> Void) {
    var reader = WireReader(bytes)
    do throws(WireError) {
      while !reader.isAtEnd {
        let tag = try reader.tag()
        if tag == wanted {
          body(try reader.bytes())
        } else {
          try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
    } catch {
      // What a decoder took is well-formed.
      return
    }
  }

  /// Copies the fields of a message but for those with one tag, which `body` writes.
  private static func copy(
    _ bytes: WireBytes, to writer: inout WireWriter, but wanted: UInt32,
    _ body: (WireBytes, inout WireWriter) -> Void
  ) {
    var reader = WireReader(bytes)
    do throws(WireError) {
      while !reader.isAtEnd {
        let start = unsafe reader.position
        let tag = try reader.tag()
        if tag == wanted {
          body(try reader.bytes(), &writer)
        } else {
          try reader.skip(tag, depth: WireReader.maximumDepth)
          writer.raw(unsafe reader.bytes(since: start))
        }
      }
    } catch {
      return
    }
  }
}
