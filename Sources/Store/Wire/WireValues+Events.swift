/// Looking into the events of a span without making them values.
extension WireValues {
  /// Whether any event among a span's rarer fields satisfies `holds`, which gets the event's bytes.
  static func anyEvent(in extras: WireBytes, _ holds: (WireBytes) -> Bool) -> Bool {
    any(90, in: extras, holds)
  }

  /// The name of an `Event`; empty where it has none.
  static func name(ofEvent event: WireBytes) -> WireBytes {
    var name = WireBytes.empty
    _ = any(18, in: event) { run in
      name = run
      return false
    }
    return name
  }

  /// Whether an attribute of an `Event` has this key, and a value that satisfies `holds`.
  static func anyAttribute(
    ofEvent event: WireBytes, _ key: String, _ holds: (AttributeValue) -> Bool
  ) -> Bool {
    any(26, in: event) { run in
      // The last key counts where there are several.
      var isWanted = key.isEmpty
      _ = any(10, in: run) { found in
        isWanted = found.withSpan { Comparison.order($0, key.utf8.span) == 0 }
        return false
      }
      return isWanted && holds(attribute(run).value)
    }
  }

  /// Whether any length-delimited field with this tag satisfies `holds`.
  private static func any(
    _ wanted: UInt32, in bytes: WireBytes, _ holds: (WireBytes) -> Bool
  ) -> Bool {
    var reader = WireReader(bytes)
    do throws(WireError) {
      while !reader.isAtEnd {
        let tag = try reader.tag()
        if tag == wanted {
          if holds(try reader.bytes()) { return true }
        } else {
          try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
    } catch {
      return false
    }
    return false
  }
}
