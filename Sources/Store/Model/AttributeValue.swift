/// One attribute: a key and what stands under it (OTLP `KeyValue`). Keys may repeat; order counts.
public struct Attribute: Equatable, Sendable {
  public var key: String
  public var value: AttributeValue

  public init(_ key: String, _ value: AttributeValue) {
    self.key = key
    self.value = value
  }
}

/// A value as OTLP's `AnyValue` has it, every kind kept apart.
public enum AttributeValue: Equatable, Sendable {
  /// An `AnyValue` with nothing set.
  case empty
  case string(String)
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case bytes([UInt8])
  case array([AttributeValue])
  case keyValues([Attribute])

  /// Two NaNs are one value here, so that what went in can be compared with what came out.
  public static func == (left: AttributeValue, right: AttributeValue) -> Bool {
    switch (left, right) {
    case (.empty, .empty): true
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
    case (.bytes(let a), .bytes(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.keyValues(let a), .keyValues(let b)): a == b
    default: false
    }
  }
}
