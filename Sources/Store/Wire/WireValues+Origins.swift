/// Reading resources and scopes back into plain values.
extension WireValues {
  /// A `Resource`.
  static func resource(_ message: WireBytes, schemaURL: String) -> Resource {
    var resource = Resource(schemaURL: schemaURL)
    fields(of: message) { tag, reader throws(WireError) in
      switch tag {
      case 10: resource.attributes.append(attribute(try reader.bytes()))
      case 16: resource.droppedAttributes = UInt32(truncatingIfNeeded: try reader.varint())
      default: return false
      }
      return true
    }
    return resource
  }

  /// An `InstrumentationScope`.
  static func scope(_ message: WireBytes, schemaURL: String) -> Scope {
    var scope = Scope(schemaURL: schemaURL)
    fields(of: message) { tag, reader throws(WireError) in
      switch tag {
      case 10: scope.name = try reader.bytes().text
      case 18: scope.version = try reader.bytes().text
      case 26: scope.attributes.append(attribute(try reader.bytes()))
      case 32: scope.droppedAttributes = UInt32(truncatingIfNeeded: try reader.varint())
      default: return false
      }
      return true
    }
    return scope
  }

  /// The version of an `InstrumentationScope`.
  static func version(ofScope bytes: WireBytes) -> String {
    var version = ""
    fields(of: bytes) { tag, reader throws(WireError) in
      guard tag == 18 else { return false }
      version = try reader.bytes().text
      return true
    }
    return version
  }

  /// The resource in the fields of a `ResourceLogs`.
  static func resource(inLogs bytes: WireBytes) -> Resource {
    let (message, schemaURL) = origin(bytes)
    return resource(message, schemaURL: schemaURL)
  }

  /// The scope in the fields of a `ScopeLogs`.
  static func scope(inLogs bytes: WireBytes) -> Scope {
    let (message, schemaURL) = origin(bytes)
    return scope(message, schemaURL: schemaURL)
  }

  /// What stands in field 1 and, as the `schema_url`, in field 3.
  private static func origin(_ bytes: WireBytes) -> (message: WireBytes, schemaURL: String) {
    var message = WireBytes.empty
    var schemaURL = ""
    fields(of: bytes) { tag, reader throws(WireError) in
      switch tag {
      case 10: message = try reader.bytes()
      case 26: schemaURL = try reader.bytes().text
      default: return false
      }
      return true
    }
    return (message, schemaURL)
  }
}
