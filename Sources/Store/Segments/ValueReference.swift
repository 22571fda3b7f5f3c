/// A value in 32 bits: what kind it is in the top three, and where or what it is in the rest.
///
/// Strings, bytes and nested values are ids in their segment's string table; small integers stand in
/// the reference itself. Two equal references in one segment are equal values; the converse holds
/// but for wide integers and doubles.
public struct ValueReference: Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt32

  public enum Kind: UInt32, Sendable {
    case string, smallInteger, wideInteger, double, constant, bytes, array, keyValues
  }

  static let payloadBits: UInt32 = 29
  static let payloadMask: UInt32 = 1 << payloadBits - 1

  @inline(__always) init(_ kind: Kind, _ payload: UInt32) {
    rawValue = kind.rawValue << ValueReference.payloadBits | payload
  }

  @inline(__always) public init(rawValue: UInt32) { self.rawValue = rawValue }

  static let empty = ValueReference(.constant, 0)
  static let no = ValueReference(.constant, 1)
  static let yes = ValueReference(.constant, 2)

  /// The reference that holds an integer itself, or nil where it is too wide for 29 bits.
  @inline(__always) static func small(_ integer: Int64) -> ValueReference? {
    guard integer >= -(1 << 28), integer < 1 << 28 else { return nil }
    return ValueReference(
      .smallInteger, UInt32(truncatingIfNeeded: integer) & ValueReference.payloadMask)
  }

  @inline(__always) var kind: Kind {
    // Safe to force by construction: three bits have eight values, and there are eight kinds.
    Kind(rawValue: rawValue >> ValueReference.payloadBits) ?? .constant
  }

  @inline(__always) var payload: UInt32 { rawValue & ValueReference.payloadMask }

  /// The integer of a ``Kind/smallInteger``.
  @inline(__always) var smallInteger: Int64 {
    Int64(Int32(bitPattern: rawValue << 3) >> 3)
  }
}
