/// One attribute of a ``SpanBatch``, to be handed back to it. Plain bits: copying one counts no references.
public struct BatchAttribute: BitwiseCopyable {
  var entry: SpanBatch.AttributeEntry

  /// The number of its key among the batch's keys.
  @inline(__always) public var key: Int { entry.key }

  /// What stands under the key; runs of bytes live as long as the request.
  public var value: BatchValue {
    switch entry.kind {
    case .string: .string(entry.bytes)
    case .bytes: .bytes(entry.bytes)
    case .array: .array(entry.bytes)
    case .keyValues: .keyValues(entry.bytes)
    case .smallInteger, .wideInteger: .integer(Int64(bitPattern: entry.payload))
    case .double: .double(Double(bitPattern: entry.payload))
    case .constant: constant
    }
  }

  private var constant: BatchValue {
    switch UInt32(truncatingIfNeeded: entry.payload) {
    case ValueReference.yes.rawValue: .boolean(true)
    case ValueReference.no.rawValue: .boolean(false)
    default: .empty
    }
  }

  /// The bytes of a string; nil for every other kind.
  @inline(__always) public var text: WireBytes? { entry.kind == .string ? entry.bytes : nil }

  /// Whether both hold the same value, whatever their keys.
  public func hasValue(of other: BatchAttribute) -> Bool {
    guard entry.kind == other.entry.kind else { return false }
    switch entry.kind {
    case .string, .bytes, .array, .keyValues:
      return entry.hash == other.entry.hash && entry.bytes.elementsEqual(other.entry.bytes)
    case .smallInteger, .wideInteger, .double, .constant:
      return entry.payload == other.entry.payload
    }
  }

  /// The same value under another key.
  public func renamed(_ key: Int) -> BatchAttribute {
    var renamed = self
    renamed.entry.keyAndKind = UInt32(truncatingIfNeeded: key) << 8 | entry.kind.rawValue
    return renamed
  }
}

/// A value as it stands in a batch; runs of bytes are not owned.
public enum BatchValue {
  case empty
  case string(WireBytes)
  case integer(Int64)
  case double(Double)
  case boolean(Bool)
  case bytes(WireBytes)
  /// The wire bytes of an `ArrayValue`.
  case array(WireBytes)
  /// The wire bytes of a `KeyValueList`.
  case keyValues(WireBytes)
}

extension BatchValue {
  /// The value as one that owns what it holds.
  public var attributeValue: AttributeValue {
    switch self {
    case .empty: .empty
    case .string(let bytes): .string(bytes.text)
    case .integer(let number): .int(number)
    case .double(let number): .double(number)
    case .boolean(let isTrue): .bool(isTrue)
    case .bytes(let bytes): .bytes(bytes.array)
    case .array(let bytes): WireValues.array(bytes)
    case .keyValues(let bytes): WireValues.keyValues(bytes)
    }
  }
}
